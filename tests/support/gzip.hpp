// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace nightshift::tests {

// `content` as a gzip file of one member.
inline std::string gzip(std::string_view content) {
  z_stream stream{};
  constexpr int k_gzip = 16 + MAX_WBITS;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, k_gzip, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string packed(deflateBound(&stream, content.size()), '\0');
  std::string input(content); // zlib does not take const
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<unsigned>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<unsigned>(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (!done) {
    throw std::runtime_error("deflate");
  }
  return packed;
}

} // namespace nightshift::tests

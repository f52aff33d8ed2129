// SPDX-License-Identifier: Apache-2.0

#include "core/base/gzip.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>

namespace nightshift {

namespace {

constexpr std::size_t k_input_size = 65'536;
constexpr std::string_view k_magic = "\x1F\x8B";
constexpr int k_gzip_only = 16 + MAX_WBITS; // as zlib.h has it: no zlib format, no guess

void end_inflating(z_stream* stream) {
  inflateEnd(stream);
  delete stream;
}

z_stream* begin_inflating() {
  auto stream = std::make_unique<z_stream>();
  if (inflateInit2(stream.get(), k_gzip_only) != Z_OK) {
    throw std::bad_alloc();
  }
  return stream.release();
}

} // namespace

bool is_gzip(std::string_view front) noexcept {
  return front.starts_with(k_magic);
}

GzipBytes::GzipBytes(ByteSource& packed)
    : packed_(packed),
      input_(k_input_size),
      stream_(begin_inflating(), end_inflating) {}

std::size_t GzipBytes::read(std::span<char> buffer) {
  const auto room = static_cast<unsigned>(
      std::min<std::size_t>(buffer.size(), std::numeric_limits<unsigned>::max()));
  stream_->next_out = reinterpret_cast<Bytef*>(buffer.data());
  stream_->avail_out = room;
  while (stream_->avail_out == room && room > 0) {
    if (!in_member_ && !begin_member()) {
      return 0;
    }
    if (stream_->avail_in == 0 && !fill()) {
      fail("ends in the midst of its compressed data: it was cut short; copy it or make it anew");
    }
    const int result = inflate(stream_.get(), Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      in_member_ = false;
    } else if (result == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail("is damaged: its compressed data do not unpack; copy it or make it anew");
    }
  }
  return room - stream_->avail_out;
}

// False at the end of the file.
bool GzipBytes::begin_member() {
  if (stream_->avail_in == 0 && !fill()) {
    return false;
  }
  if (any_member_ && *stream_->next_in != static_cast<unsigned char>(k_magic.front())) {
    fail("goes on behind the end of its compressed data: it is damaged; copy it or make it anew");
  }
  inflateReset(stream_.get());
  in_member_ = true;
  any_member_ = true;
  return true;
}

bool GzipBytes::fill() {
  const std::size_t count = packed_.read(input_);
  stream_->next_in = reinterpret_cast<Bytef*>(input_.data());
  stream_->avail_in = static_cast<unsigned>(count);
  return count > 0;
}

void GzipBytes::fail(std::string_view what) const {
  throw permanent_error(error_code::k_bad_data, fmt::format("{} {}", name(), what));
}

} // namespace nightshift

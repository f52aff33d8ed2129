// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/file_uri.hpp"

#include "core/storage/path_uri.hpp"
#include "core/storage/source_uri.hpp"

namespace nightshift {

namespace {

constexpr PathUriForm k_form{"file:",
                             "a local folder is written with three slashes: file:///srv/captures"};

std::string without_final_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

} // namespace

tl::expected<std::string, std::string> parse_file_uri(std::string_view uri) {
  if (uri.starts_with(k_form.scheme)) {
    return parse_path_uri(uri, k_form).map(without_final_slashes);
  }
  if (!uri.starts_with('/')) {
    return tl::unexpected(no_absolute_path(k_form));
  }
  if (uri.find('\0') != std::string_view::npos) {
    return tl::unexpected(std::string("has a zero byte, which no path can hold"));
  }
  return without_final_slashes(std::string(uri));
}

std::string make_file_uri(std::string_view path) {
  return "file://" + percent_encode_path(path);
}

} // namespace nightshift

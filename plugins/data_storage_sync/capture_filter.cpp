// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/capture_filter.hpp"

#include "plugins/data_storage_sync/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nightshift::data_storage_sync {

namespace {

bool ends_with(std::string_view text, std::string_view lower_suffix) noexcept {
  return text.size() >= lower_suffix.size() &&
         std::equal(lower_suffix.rbegin(), lower_suffix.rend(), text.rbegin(),
                    [](char s, char c) { return lower(c) == s; });
}

} // namespace

std::vector<std::string> default_extensions() {
  return {"jpg", "jpeg", "png", "gif", "webp", "svg", "bmp", "ico", "tiff", "tif"};
}

CaptureFilter::CaptureFilter(std::vector<std::string> extensions, const Pattern* wanted,
                             const Pattern* excluded)
    : extensions_(std::move(extensions)),
      wanted_(wanted),
      excluded_(excluded) {
  for (std::string& extension : extensions_) {
    std::transform(extension.begin(), extension.end(), extension.begin(), lower);
  }
}

// A name is enough to tell: an extension holds no '/', and a key without a name ends with one.
bool CaptureFilter::has_extension(std::string_view name) const noexcept {
  return extensions_.empty() ||
         std::any_of(extensions_.begin(), extensions_.end(),
                     [&](const std::string& extension) { return ends_with(name, extension); });
}

std::optional<Skip> CaptureFilter::operator()(std::string_view folder,
                                              std::string_view name) const {
  if (folder.empty() && name.empty()) {
    return Skip::empty_key;
  }
  if (!has_extension(name)) {
    return Skip::extension;
  }
  if (name.empty()) {
    return Skip::folder_marker;
  }
  if (wanted_ == nullptr && excluded_ == nullptr) {
    return std::nullopt;
  }
  fmt::basic_memory_buffer<char, 1024> key; // as long as a key in an object store may be
  key.append(folder);
  key.append(name);
  const std::string_view text(key.data(), key.size());
  const bool taken = (wanted_ == nullptr || wanted_->found_in(text)) &&
                     (excluded_ == nullptr || !excluded_->found_in(text));
  return taken ? std::nullopt : std::optional(Skip::pattern);
}

} // namespace nightshift::data_storage_sync

// SPDX-License-Identifier: Apache-2.0
//
// One request over HTTP, for those who tell something to a server and want no more of it. A URL may
// hold a secret in every part but its scheme and host, so nothing else of it is ever shown.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

struct HttpTimeouts {
  std::chrono::milliseconds connect{5000};
  std::chrono::milliseconds total{10000};
};

// "https://example.org": what may be shown of a URL. Nothing if it is no http:// or https:// URL
// with a host.
[[nodiscard]] std::optional<std::string> http_origin(const std::string& url);

// POST `body`, a text, and wait for the answer; its status. Redirections are not followed. Throws
// `JobError` (transient, `unavailable`) that names the origin if there is no answer, and permanent
// `config` if `url` is none.
[[nodiscard]] int http_post(const std::string& url, std::string_view body,
                            const HttpTimeouts& timeouts = {});

} // namespace nightshift

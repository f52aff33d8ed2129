// SPDX-License-Identifier: Apache-2.0

#include "core/base/http_connection.hpp"

#include "core/base/curl_library.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace nightshift {
namespace {

// A page of a listing has some hundred KiB.
constexpr long k_buffer = 256L * 1024;
// A name's address is good for so many seconds.
constexpr long k_name_seconds = 60;
// Less than so many bytes a second is next to nothing.
constexpr long k_stalled_rate = 64;

struct Failure {
  CURLcode code;
  ErrorClass error_class;
  const char* sentence; // "{0}" is the server, "{1}" what libcurl says
};

constexpr std::array k_failures{
    Failure{CURLE_COULDNT_RESOLVE_HOST, ErrorClass::transient,
            "there is no address for {0}: check the endpoint's name and this machine's DNS"},
    Failure{CURLE_COULDNT_RESOLVE_PROXY, ErrorClass::transient,
            "there is no address for the proxy to {0}: check http_proxy and https_proxy"},
    Failure{CURLE_COULDNT_CONNECT, ErrorClass::transient,
            "cannot connect to {0}: check that the endpoint is right and its server runs"},
    Failure{CURLE_OPERATION_TIMEDOUT, ErrorClass::transient,
            "{0} does not answer in time: check that the endpoint is right and its server is well"},
    Failure{CURLE_SSL_CONNECT_ERROR, ErrorClass::transient,
            "no encrypted connection to {0} comes about ({1}): check that the endpoint is one of "
            "https and not of http"},
    Failure{CURLE_PEER_FAILED_VERIFICATION, ErrorClass::permanent,
            "the certificate of {0} is not trusted: name the file of the authority that signed it "
            "as ca_bundle, and check the endpoint's name"},
};

JobError error_of_connection(const std::string& server, CURLcode code) {
  const char* const words = curl().easy_strerror(code);
  const auto* const known =
      std::find_if(k_failures.begin(), k_failures.end(),
                   [&](const Failure& failure) { return failure.code == code; });
  if (known == k_failures.end()) {
    return transient_error(
        error_code::k_unavailable,
        fmt::format("the connection to {} failed ({}): check the network, and any "
                    "proxy on the way to it",
                    server, words));
  }
  return {known->error_class, error_code::k_unavailable,
          fmt::format(fmt::runtime(known->sentence), server, words)};
}

JobError error_of_proxy(const std::string& server, long status) {
  const bool comes_again = status / 100 == 4;
  return {
      comes_again ? ErrorClass::permanent : ErrorClass::transient, error_code::k_unavailable,
      fmt::format("the proxy that https_proxy names does not connect to {} ({}{}): check it, or "
                  "name the server in no_proxy",
                  server, status, status == 407 ? ", it wants a name and a password" : "")};
}

std::string_view without_blanks(std::string_view text) noexcept {
  constexpr std::string_view k_blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(k_blank);
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(k_blank) - begin + 1);
}

} // namespace

std::optional<std::string_view> HttpAnswer::header(std::string_view name) const noexcept {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const HttpHeader& header) { return header.name == name; });
  return found != headers.end() ? std::optional<std::string_view>(found->value) : std::nullopt;
}

// A handle of libcurl's "multi" interface with one transfer at a time: it can be woken, so that a
// stop need not wait for the server.
struct HttpConnection::Transfer {
  explicit Transfer(HttpSettings given) : settings(std::move(given)) {
    if (!easy || !multi) {
      throw transient_error(error_code::k_unavailable, "libcurl does not start");
    }
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_NOSIGNAL, 1L);   // other threads are running
    set(CURLOPT_QUICK_EXIT, 1L); // who gives up does not wait for a name that is being looked up
    set(CURLOPT_USERAGENT, "nightshift");
    set(CURLOPT_BUFFERSIZE, k_buffer);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings.total_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, k_stalled_rate);
    set(CURLOPT_LOW_SPEED_TIME,
        static_cast<long>(std::max<std::chrono::milliseconds::rep>(
            std::chrono::ceil<std::chrono::seconds>(settings.stall_timeout).count(), 1)));
    if (!settings.ca_bundle.empty()) {
      set(CURLOPT_CAINFO, settings.ca_bundle.c_str());
    }
    set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_CLOSESOCKETFUNCTION, &Transfer::close_socket);
    set(CURLOPT_CLOSESOCKETDATA, this);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    curl().easy_setopt(easy.get(), option, value);
  }

  void prepare(const HttpRequest& request) {
    answer.status = 0;
    answer.headers.clear();
    answer.body.clear();
    too_large = false;
    curl_slist* list = nullptr;
    for (const std::string& header : request.headers) {
      list = curl().slist_append(list, header.c_str());
    }
    for (const Secret& header : request.secret_headers) {
      SecretBytes line(header.reveal().begin(), header.reveal().end());
      line.push_back('\0');
      list = curl().slist_append(list, line.data());
    }
    headers.reset(list);
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_NOBODY, request.head ? 1L : 0L);
    if (!request.head) {
      set(CURLOPT_HTTPGET, 1L); // NOBODY leaves the method at HEAD
    }
  }

  // CURLE_ABORTED_BY_CALLBACK if it was stopped.
  CURLcode run(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { curl().multi_wakeup(multi.get()); });
    curl().multi_add_handle(multi.get(), easy.get());
    const CURLcode result = drive(stop);
    curl().multi_remove_handle(multi.get(), easy.get());
    return result;
  }

  CURLcode drive(const std::stop_token& stop) {
    constexpr int k_longest_wait_ms = 1000;
    while (!stop.stop_requested()) {
      int running = 0;
      if (curl().multi_perform(multi.get(), &running) != CURLM_OK) {
        return CURLE_FAILED_INIT;
      }
      int left = 0;
      while (const CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
          return message->data.result;
        }
      }
      if (curl().multi_poll(multi.get(), nullptr, 0, k_longest_wait_ms, nullptr) != CURLM_OK) {
        return CURLE_FAILED_INIT;
      }
    }
    return CURLE_ABORTED_BY_CALLBACK;
  }

  [[nodiscard]] JobError error_of(CURLcode code) const {
    if (code == CURLE_ABORTED_BY_CALLBACK) {
      return cancelled_error();
    }
    if (const long status = refusal_of_proxy(); status != 0) {
      return error_of_proxy(settings.server, status);
    }
    if (code == CURLE_SSL_CACERT_BADFILE) {
      return permanent_error(error_code::k_config,
                             fmt::format("the ca_bundle {} for {} cannot be read, or holds no "
                                         "certificate",
                                         settings.ca_bundle.string(), settings.server));
    }
    if (code == CURLE_WRITE_ERROR && too_large) {
      return transient_error(
          error_code::k_unavailable,
          fmt::format("{} sends more than any answer should have: check that the endpoint is right",
                      settings.server));
    }
    return error_of_connection(settings.server, code);
  }

  // Of a proxy that was asked for a tunnel; 0 if it agreed, or there is none.
  [[nodiscard]] long refusal_of_proxy() const {
    long status = 0;
    curl().easy_getinfo(easy.get(), CURLINFO_HTTP_CONNECTCODE, &status);
    return status / 100 != 2 ? status : 0;
  }

  // Some servers send an answer's head and body as two small packets, and hold the second back
  // until the first is acknowledged (Nagle), which the kernel delays by 40 ms in the hope of data
  // to send along. So it is told to acknowledge at once; it forgets that, and is told again and
  // again.
  void acknowledge_at_once() const noexcept {
    for (const curl_socket_t socket : sockets) {
      const int on = 1;
      (void)setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
  }

  static std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.acknowledge_at_once();
    if (transfer.answer.body.size() + size * count > transfer.settings.largest_body) {
      transfer.too_large = true;
      return 0;
    }
    transfer.answer.body.append(bytes, size * count);
    return size * count;
  }

  static std::size_t take_header(const char* bytes, std::size_t size, std::size_t count,
                                 void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.acknowledge_at_once();
    const std::string_view line(bytes, size * count);
    if (line.starts_with("HTTP/")) { // of the answer itself, after that of a proxy or a 100
      transfer.answer.headers.clear();
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      std::string name(line.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      transfer.answer.headers.push_back(
          {std::move(name), std::string(without_blanks(line.substr(colon + 1)))});
    }
    return size * count;
  }

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0) {
      static_cast<Transfer*>(self)->sockets.push_back(fd);
    }
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
  }

  static int close_socket(void* self, curl_socket_t socket) {
    std::erase(static_cast<Transfer*>(self)->sockets, socket);
    return close(socket);
  }

  HttpSettings settings;
  HttpAnswer answer;
  bool too_large = false;
  std::vector<curl_socket_t> sockets; // open ones: to closing they are still known
  std::unique_ptr<curl_slist, CurlFree> headers;
  std::unique_ptr<CURLM, CurlFree> multi{curl().multi_init()};
  std::unique_ptr<CURL, CurlFree> easy{curl().easy_init()}; // last: it goes before its connection
};

HttpConnection::HttpConnection(HttpSettings settings)
    : transfer_(std::make_unique<Transfer>(std::move(settings))) {}

HttpConnection::~HttpConnection() = default;

const std::string& HttpConnection::server() const noexcept {
  return transfer_->settings.server;
}

const HttpAnswer& HttpConnection::send(const HttpRequest& request, const std::stop_token& stop) {
  Transfer& transfer = *transfer_;
  transfer.prepare(request);
  const CURLcode code = transfer.run(stop);
  // Where nobody answered, the server may have moved: its name is asked for anew.
  transfer.set(CURLOPT_DNS_CACHE_TIMEOUT, code == CURLE_OK ? k_name_seconds : 0L);
  if (code != CURLE_OK) {
    throw transfer.error_of(code);
  }
  long status = 0;
  curl().easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  return transfer.answer;
}

} // namespace nightshift

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_CURL_TRANSFER_HPP
#define MDE_EXAMPLES_2_PLUG_CURL_TRANSFER_HPP

/// @file
/// One request in the hands of libcurl: what both transports of libcurl have in common. libcurl
/// knows HTTP and TLS; what the `Transport` concept asks for beyond that is added here: bounds on
/// heads, the framing that is refused, a body that waits for its reader, errors that say whether
/// the request may have left.
///
/// It is a libcurl that was built with OpenSSL.
/// What stays libcurl's own: chunk framing has its bounds, not ours; a certificate without any
/// alternative name may name its host in the common name; its buffers are not wiped.

#include <mde/adapter/transport_options.hpp>
#include <mde/adapter/verify_result.hpp>
#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/secret.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/request_head.hpp>

#include <curl/curl.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace example {

/// What all requests of a transport share. Only the authorities in `ca_pem` are trusted; without
/// any, those of the system.
struct CurlSetup {
    std::string ca_pem;
    mde::TransportOptions options;
};

inline void begin_using_curl() {
    static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(begun);
}

class CurlTransfer {
    struct Cleanup {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };

  public:
    /// `on_change` is called whenever the head, a part of the body or the end has come: from
    /// within libcurl, so it only takes a note.
    CurlTransfer(const CurlSetup& setup, const mde::HttpRequest& request,
                 std::function<void()> on_change)
        : on_change_(std::move(on_change)) {
        if (request.scheme != mde::Scheme::https)
            error_ = make_error_code(mde::errc::cleartext_refused);
        else if (!mde::wire::is_safe(request))
            error_ = make_error_code(mde::errc::unsafe_request);
        ended_ = static_cast<bool>(error_);
        if (ended_) return;
        set_request(request);
        set_limits(setup.options, request.time_limit);
        set_way(setup, request.host);
        set_callbacks();
    }
    CurlTransfer(const CurlTransfer&) = delete;

    CURL* handle() const noexcept { return handle_.get(); }
    const mde::ResponseHead& head() const noexcept { return head_; }
    const mde::error_code& error() const noexcept { return error_; }
    bool ended() const noexcept { return ended_; }
    bool head_came() const noexcept { return head_came_ || ended_; }
    bool body_came() const noexcept { return filled_ != 0 || ended_; }

    /// Room for the next of the body; libcurl goes on if it had to wait for that.
    void make_room(std::span<std::byte> bytes) {
        room_ = bytes;
        if (!rest_.empty()) fill(rest_.expose());
        if (ended_ || filled_ != 0) return on_change_();
        if (std::exchange(paused_, false)) curl_easy_pause(handle(), CURLPAUSE_CONT);
    }

    /// Takes the room away again: how much of it is filled.
    std::size_t take() noexcept {
        room_ = {};
        return std::exchange(filled_, 0);
    }

    /// libcurl is done with this one.
    static void finish(const CURLMsg& message) {
        char* self = nullptr;
        curl_easy_getinfo(message.easy_handle, CURLINFO_PRIVATE, &self);
        reinterpret_cast<CurlTransfer*>(self)->end(message.data.result);
    }

  private:
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(handle(), option, value);
    }
    template <class Value>
    Value info(CURLINFO what) const {
        Value value{};
        curl_easy_getinfo(handle(), what, &value);
        return value;
    }
    /// Never too early: a deadline that is not there yet would be taken for something else.
    static long milliseconds(mde::Duration span) {
        using std::chrono::milliseconds;
        const auto count = std::chrono::duration_cast<milliseconds>(span).count();
        return static_cast<long>(std::clamp<long long>(count, 0, 1'000'000'000)) + 2;
    }

    void set_request(const mde::HttpRequest& request) {
        const std::string port = ':' + std::to_string(request.port);
        set(CURLOPT_URL, ("https://" + std::string(request.host) + port + '/').c_str());
        // Not as a part of the URL: there libcurl would take it apart and put it together again.
        set(CURLOPT_REQUEST_TARGET, std::string(request.target).c_str());
        set(CURLOPT_PROTOCOLS_STR, "https");
        set(CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_USERAGENT, mde::wire::user_agent.data());
        if (request.method == mde::Method::post) {
            set(CURLOPT_POST, 1L);
            set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.data());
            // On an old connection libcurl would send it a second time if that has gone.
            set(CURLOPT_FRESH_CONNECT, 1L);
        }
        // Fields that libcurl would add of its own accord are taken off first.
        for (const char* name : {"Accept:", "Expect:", "Content-Type:"}) add(fields_, name);
        for (const mde::HeaderField& field : request.fields) {
            const std::string name(field.name);
            const std::string line =
                field.value.empty() ? name + ';' : name + ": " + std::string(field.value);
            add(fields_, line.c_str());
        }
        set(CURLOPT_HTTPHEADER, fields_.get());
    }

    void set_limits(const mde::TransportOptions& options, mde::Duration time_limit) {
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, milliseconds(time_limit));
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_limit + options.tls_limit));
        set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options.speed_floor));
        set(CURLOPT_LOW_SPEED_TIME, (milliseconds(options.idle_limit) + 999) / 1000);
    }

    void set_way(const CurlSetup& setup, std::string_view host) {
        set(CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
        if (!setup.ca_pem.empty()) {
            curl_blob authorities{const_cast<char*>(setup.ca_pem.data()), setup.ca_pem.size(),
                                  CURL_BLOB_COPY};
            set(CURLOPT_CAINFO_BLOB, &authorities);
            set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
        }
        const mde::Proxy& proxy = setup.options.proxy;
        // An empty name: what the environment says about proxies does not count either.
        if (!proxy.applies_to(host)) return set(CURLOPT_PROXY, "");
        set(CURLOPT_PROXY, ("http://" + proxy.host()).c_str());
        set(CURLOPT_PROXYPORT, long(proxy.port()));
        set(CURLOPT_HTTPPROXYTUNNEL, 1L);
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        // Fields for the proxy and fields for the server are two lists.
        set(CURLOPT_HEADEROPT, long(CURLHEADER_SEPARATE));
        if (proxy.authorization().empty()) return;
        mde::Secret line("Proxy-Authorization: ");
        line.append(proxy.authorization().expose());
        add(proxy_fields_, std::string(line.expose()).c_str());
        set(CURLOPT_PROXYHEADER, proxy_fields_.get());
    }

    void set_callbacks() {
        set(CURLOPT_PRIVATE, static_cast<void*>(this));
        set(CURLOPT_HEADERDATA, static_cast<void*>(this));
        set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
        set(CURLOPT_WRITEDATA, static_cast<void*>(this));
        set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
        set(CURLOPT_BUFFERSIZE, static_cast<long>(mde::bounds::stream_buffer));
    }

    static void add(std::unique_ptr<curl_slist, Cleanup>& list, const char* line) {
        list.reset(curl_slist_append(list.release(), line));
    }

    static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self) {
        auto& transfer = *static_cast<CurlTransfer*>(self);
        // Behind the head come trailers, which nobody asked for.
        if (transfer.head_came_ || transfer.take_line({text, size * count})) return size * count;
        transfer.error_ = make_error_code(mde::errc::malformed_head);
        return 0;
    }

    /// False for a head that breaks HTTP or its bounds.
    bool take_line(std::string_view line) {
        while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
        if (head_.status() == 0) return take_status(line);
        if (line.empty()) return end_head();
        const std::size_t colon = line.find(':');
        const std::string_view name = line.substr(0, colon);
        if (colon == line.npos || name.empty() || !mde::ascii::all(name, mde::ascii::is_token_char))
            return false;
        return head_.add_field(name, mde::ascii::trimmed(line.substr(colon + 1)));
    }

    bool take_status(std::string_view line) {
        const auto is_digit = mde::ascii::is_digit;
        if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return false;
        const std::string_view digits = line.substr(9, 3);
        if (!mde::ascii::all(digits, is_digit) || (line.size() > 12 && line[12] != ' '))
            return false;
        head_.set_status(static_cast<unsigned>(std::stoul(std::string(digits))));
        return head_.status() >= 100 && head_.status() <= 599 && head_.status() != 101;
    }

    bool end_head() {
        if (head_.status() < 200) {
            head_.clear();
            return ++interim_ <= mde::bounds::interim_answers;
        }
        const auto framing = mde::wire::body_framing(head_);
        if (!framing) return false;
        if (framing->end == mde::wire::BodyEnd::by_close) listen_for_goodbye();
        head_came_ = true;
        on_change_();
        return true;
    }

    /// libcurl takes a connection that was cut for one that has ended, and a body without a length
    /// would look whole: so what TLS itself says is listened to.
    void listen_for_goodbye() {
        ends_with_connection_ = true;
        SSL* tls = static_cast<SSL*>(info<curl_tlssessioninfo*>(CURLINFO_TLS_SSL_PTR)->internals);
        SSL_set_app_data(tls, this);
        SSL_set_info_callback(tls, [](const SSL* from, int where, int alert) {
            if (where == SSL_CB_READ_ALERT && (alert & 0xff) == SSL_AD_CLOSE_NOTIFY)
                static_cast<CurlTransfer*>(SSL_get_app_data(from))->goodbye_came_ = true;
        });
    }

    /// Nothing is taken without room for it: so a slow store slows the server down.
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
        auto& transfer = *static_cast<CurlTransfer*>(self);
        const std::string_view bytes(data, size * count);
        const bool fits = bytes.size() <= transfer.room_.size() - transfer.filled_;
        if (!fits && (transfer.filled_ != 0 || transfer.room_.empty())) {
            transfer.paused_ = true;
            return CURL_WRITEFUNC_PAUSE;
        }
        transfer.fill(bytes);
        transfer.on_change_();
        return bytes.size();
    }

    /// libcurl hands over all of a piece or nothing; what is too much for a small room waits.
    void fill(std::string_view bytes) {
        const std::size_t size = (std::min)(bytes.size(), room_.size() - filled_);
        std::memcpy(room_.data() + filled_, bytes.data(), size);
        filled_ += size;
        if (rest_.empty() && size == bytes.size()) return;
        mde::Secret rest{bytes.substr(size)};
        rest_ = std::move(rest);
    }

    void end(CURLcode code) {
        ended_ = true;
        if (!error_ && code != CURLE_OK) error_ = make_error_code(meaning_of(code));
        if (!error_ && !head_came_) error_ = make_error_code(mde::errc::malformed_head);
        if (!error_ && ends_with_connection_ && !goodbye_came_)
            error_ = make_error_code(mde::errc::body_truncated);
        on_change_();
    }

    /// Only what says for certain that nothing of the request has left may sound like that.
    mde::errc meaning_of(CURLcode code) const {
        const bool connected = info<curl_off_t>(CURLINFO_CONNECT_TIME_T) > 0;
        const bool shook_hands = info<curl_off_t>(CURLINFO_APPCONNECT_TIME_T) > 0;
        const bool reused = info<long>(CURLINFO_NUM_CONNECTS) == 0;
        switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST: return mde::errc::host_not_found;
        case CURLE_COULDNT_CONNECT: return mde::errc::unreachable;
        case CURLE_PEER_FAILED_VERIFICATION: return certificate_error();
        case CURLE_SSL_CONNECT_ERROR: return mde::errc::tls_failed;
        case CURLE_PARTIAL_FILE: return mde::errc::body_truncated;
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_FILESIZE_EXCEEDED:
        case CURLE_OUT_OF_MEMORY: return mde::errc::malformed_head;
        default: break;
        }
        if (info<long>(CURLINFO_HTTP_CONNECTCODE) >= 300) return mde::errc::proxy_refused;
        if (!reused && !connected) return mde::errc::unreachable;
        if (!reused && !shook_hands) return mde::errc::tls_failed;
        if (code == CURLE_OPERATION_TIMEDOUT) return mde::errc::timed_out;
        const bool cut = head_came_ && info<long>(CURLINFO_OS_ERRNO) != ECONNRESET;
        return cut ? mde::errc::body_truncated : mde::errc::connection_lost;
    }

    /// Whose name it is libcurl looks at itself, after OpenSSL was content.
    mde::errc certificate_error() const {
        const long verify = info<long>(CURLINFO_SSL_VERIFYRESULT);
        return verify == X509_V_OK ? mde::errc::certificate_wrong_host
                                   : mde::errc_of_verify_result(verify);
    }

    std::function<void()> on_change_;
    std::unique_ptr<curl_slist, Cleanup> fields_;
    std::unique_ptr<curl_slist, Cleanup> proxy_fields_;
    std::unique_ptr<CURL, Cleanup> handle_{curl_easy_init()};
    mde::ResponseHead head_;
    mde::error_code error_;
    std::span<std::byte> room_;
    std::size_t filled_ = 0;
    mde::Secret rest_;
    unsigned interim_ = 0;
    bool head_came_ = false;
    bool paused_ = false;
    bool ends_with_connection_ = false;
    bool goodbye_came_ = false;
    bool ended_ = false;
};

} // namespace example

#endif

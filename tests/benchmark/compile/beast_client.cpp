// SPDX-License-Identifier: BSL-1.0
// The least that one writes with Beast to GET a page over TLS: callbacks, the certificate checked,
// a time limit, no retry, no sign-in, nothing stored. What mde/https.hpp is compared with.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <cstdio>
#include <string>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = net::ip::tcp;

class Get {
  public:
    Get(net::io_context& context, net::ssl::context& tls, const std::string& host,
        const std::string& target)
        : resolver_(context),
          stream_(context, tls),
          host_(host),
          request_(http::verb::get, target, 11) {
        request_.set(http::field::host, host);
        stream_.set_verify_mode(net::ssl::verify_peer);
        stream_.set_verify_callback(net::ssl::host_name_verification(host));
        SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
    }

    void start() {
        resolver_.async_resolve(host_, "443", [this](error_code ec, const auto& found) {
            if (ec) return finish(ec);
            connect(found);
        });
    }

  private:
    void connect(const tcp::resolver::results_type& found) {
        beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(30));
        beast::get_lowest_layer(stream_).async_connect(
            found, [this](error_code ec, const tcp::endpoint&) {
                if (ec) return finish(ec);
                stream_.async_handshake(net::ssl::stream_base::client, [this](error_code shaken) {
                    if (shaken) return finish(shaken);
                    send();
                });
            });
    }

    void send() {
        http::async_write(stream_, request_, [this](error_code ec, std::size_t) {
            if (ec) return finish(ec);
            http::async_read(stream_, buffer_, response_,
                             [this](error_code read, std::size_t) { finish(read); });
        });
    }

    void finish(error_code ec) {
        if (ec) std::fprintf(stderr, "%s\n", ec.message().c_str());
        std::printf("%u %zu\n", response_.result_int(), response_.body().size());
    }

    tcp::resolver resolver_;
    beast::ssl_stream<beast::tcp_stream> stream_;
    std::string host_;
    http::request<http::empty_body> request_;
    beast::flat_buffer buffer_;
    http::response<http::string_body> response_;
};

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    net::io_context context;
    net::ssl::context tls(net::ssl::context::tls_client);
    tls.set_default_verify_paths();
    Get get(context, tls, argv[1], argv[2]);
    get.start();
    context.run();
    return 0;
}

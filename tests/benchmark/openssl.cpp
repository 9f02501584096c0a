// SPDX-License-Identifier: BSL-1.0
// The least that a download with SHA-256 can be: a blocking socket, SSL_read, EVP, write.
//
//   openssl PORT TARGET CA-FILE OUT-FILE
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "openssl: %s\n", what);
    std::exit(1);
}

SSL* connect_to(std::uint16_t port, const char* authority) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<::sockaddr*>(&address), sizeof address) != 0)
        fail("connect");
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context, authority, nullptr) != 1) fail("authority");
    SSL* ssl = SSL_new(context);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
    SSL_set_fd(ssl, socket);
    if (SSL_connect(ssl) != 1) fail("handshake");
    return ssl;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5) fail("PORT TARGET CA-FILE OUT-FILE");
    SSL* ssl = connect_to(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[3]);
    const std::string request =
        std::string("GET ") + argv[2] + " HTTP/1.1\r\nHost: 127.0.0.1:" + argv[1] + "\r\n\r\n";
    if (SSL_write(ssl, request.data(), static_cast<int>(request.size())) <= 0) fail("request");

    // OpenSSL hands out one record, 16 KiB, at a time: a larger buffer would not be filled.
    std::vector<char> buffer(16 * 1024);
    std::string head;
    std::size_t end = std::string::npos;
    while ((end = head.find("\r\n\r\n")) == std::string::npos) {
        const int size = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
        if (size <= 0) fail("head");
        head.append(buffer.data(), static_cast<std::size_t>(size));
    }
    const std::size_t field = head.find("Content-Length: ");
    if (head.compare(0, 12, "HTTP/1.1 200") != 0 || field == std::string::npos) fail("answer");
    std::uint64_t left = std::strtoull(head.c_str() + field + 16, nullptr, 10);
    const std::string first = head.substr(end + 4);

    const int file = ::open(argv[4], O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    EVP_MD_CTX* digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest, EVP_sha256(), nullptr);
    const auto take = [&](const char* data, std::size_t size) {
        EVP_DigestUpdate(digest, data, size);
        if (::write(file, data, size) != static_cast<::ssize_t>(size)) fail("write");
        left -= size;
    };
    take(first.data(), first.size());
    while (left != 0) {
        const int size = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
        if (size <= 0) fail("body");
        take(buffer.data(), static_cast<std::size_t>(size));
    }
    unsigned char sum[32];
    EVP_DigestFinal_ex(digest, sum, nullptr);
    if (::fsync(file) != 0 || ::close(file) != 0) fail("file");
    for (const unsigned char byte : sum) std::printf("%02x", byte);
    std::printf("\n");
    return 0;
}

// SPDX-License-Identifier: BSL-1.0
// The same work by libcurl.
//
//   libcurl download CA-FILE URL OUT-FILE    with EVP in the write callback
//   libcurl easy CA-FILE URL COUNT           calls one after the other, over one connection
//   libcurl multi CA-FILE URL COUNT          64 at once on one thread
//   libcurl fresh CA-FILE URL COUNT          a connection for each call
//
// Answers are received, and not decoded: that is less than what the SDK does.
#include <curl/curl.h>
#include <openssl/evp.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int in_flight = 64;
const std::string authorization = "Authorization: Bearer " + std::string(1500, 't');

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "libcurl: %s\n", what);
    std::exit(1);
}

struct Sink {
    int file = -1;
    EVP_MD_CTX* digest = nullptr;
};

std::size_t store(char* data, std::size_t, std::size_t size, void* user) {
    const auto* sink = static_cast<Sink*>(user);
    EVP_DigestUpdate(sink->digest, data, size);
    return ::write(sink->file, data, size) == static_cast<::ssize_t>(size) ? size : 0;
}

std::size_t collect(char* data, std::size_t, std::size_t size, void* user) {
    static_cast<std::string*>(user)->append(data, size);
    return size;
}

CURL* make(const char* authority, const char* url) {
    CURL* curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, authority);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    return curl;
}

int download(const char* authority, const char* url, const char* path) {
    Sink sink{::open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), EVP_MD_CTX_new()};
    EVP_DigestInit_ex(sink.digest, EVP_sha256(), nullptr);
    CURL* curl = make(authority, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &store);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    // The largest that it takes; its default is 16 KiB.
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L * 1024);
    if (curl_easy_perform(curl) != CURLE_OK) fail("download");
    unsigned char sum[32];
    EVP_DigestFinal_ex(sink.digest, sum, nullptr);
    if (::fsync(sink.file) != 0) fail("file");
    for (const unsigned char byte : sum) std::printf("%02x", byte);
    std::printf("\n");
    return 0;
}

curl_slist* headers() {
    curl_slist* list = curl_slist_append(nullptr, authorization.c_str());
    return curl_slist_append(list, "Accept: application/json");
}

void check(CURL* curl, const std::string& body) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || body.empty()) fail("answer");
}

int easy(const char* authority, const char* url, long count, bool fresh) {
    CURL* curl = make(authority, url);
    std::string body;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (fresh) curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    for (long i = 0; i < count; ++i) {
        body.clear();
        if (curl_easy_perform(curl) != CURLE_OK) fail("call");
        check(curl, body);
    }
    return 0;
}

int multi(const char* authority, const char* url, long count) {
    CURLM* all = curl_multi_init();
    curl_multi_setopt(all, CURLMOPT_MAXCONNECTS, long(in_flight));
    std::vector<std::string> bodies(in_flight);
    long begun = 0;
    for (std::string& body : bodies) {
        CURL* curl = make(authority, url);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers());
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &collect);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
        curl_easy_setopt(curl, CURLOPT_PRIVATE, &body);
        curl_multi_add_handle(all, curl);
        ++begun;
    }
    for (long done = 0; done < count;) {
        int running = 0;
        curl_multi_perform(all, &running);
        int waiting = 0;
        while (const CURLMsg* message = curl_multi_info_read(all, &waiting)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* curl = message->easy_handle;
            if (message->data.result != CURLE_OK) fail("call");
            std::string* body = nullptr;
            curl_easy_getinfo(curl, CURLINFO_PRIVATE, &body);
            check(curl, *body);
            body->clear();
            ++done;
            curl_multi_remove_handle(all, curl);
            if (begun == count) continue;
            ++begun;
            curl_multi_add_handle(all, curl);
        }
        if (done < count) curl_multi_poll(all, nullptr, 0, 1000, nullptr);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5) fail("download|easy|multi|fresh CA-FILE URL OUT-FILE|COUNT");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const std::string_view what = argv[1];
    if (what == "download") return download(argv[2], argv[3], argv[4]);
    const long count = std::strtol(argv[4], nullptr, 10);
    if (what == "multi") return multi(argv[2], argv[3], count);
    return easy(argv[2], argv[3], count, what == "fresh");
}

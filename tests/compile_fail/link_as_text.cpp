// EXPECT: a link is a PackageUri, not text
// SPDX-License-Identifier: BSL-1.0
#include <mde/async/client.hpp>
#include <mde/async/run_blocking.hpp>

#include <boost/asio/system_executor.hpp>

using namespace mde;

/// The smallest asynchronous transport in form.
struct SomeTransport {
    using executor_type = net::system_executor;
    struct Exchange {
        ResponseHead answer;
        const ResponseHead& head() const { return answer; }
        void async_read_some(std::span<std::byte>, auto) {}
    };
    executor_type get_executor() const { return {}; }
    void async_send(const HttpRequest&, auto) {}
};

using SomeClient = Client<exemplar::NoHasher, SomeTransport&, exemplar::FixedToken&, LocalQuotas,
                          SystemClock, NoObserver>;

[[maybe_unused]] void download(SomeClient& client, PackageUri uri, const PackageKey& key,
                               exemplar::NoStore& store) {
    const auto done = [](error_code, Receipt) {};
#ifdef EXPECT_FAIL
    static_cast<void>(uri);
    client.async_download("https://userrequests-us.securitycenter.windows.com/x", key, store, done);
#else
    client.async_download(std::move(uri), key, store, done);
#endif
}

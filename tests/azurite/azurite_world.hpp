// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_AZURITE_AZURITE_WORLD_HPP
#define MDE_TESTS_AZURITE_AZURITE_WORLD_HPP

/// @file
/// A blob server that is not ours behind a wire that can be cut, the API that hands out links to
/// it, and clients that trust only the authority of the run.

#include "azurite/owner.hpp"
#include "azurite/relay.hpp"
#include "support/temporary_directory.hpp"

#include <mde/adapter/credential.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/adapter/https_server.hpp>
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/mde.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/generated_package.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace mde_test {

using Executor = boost::asio::io_context::executor_type;

inline constexpr std::string_view tenant = "11111111-2222-4333-8444-555555555555";
inline constexpr std::string_view machine = "00112233445566778899aabbccddeeff00112233";
inline constexpr std::size_t mebi = 1024u * 1024u;
/// Of the blobs whose transfer is broken, and how much of one passes before.
inline constexpr std::size_t whole = 8 * mebi;
inline constexpr std::size_t first_piece = 3 * mebi;

/// What a link that a person has leads to.
inline mde::PackageKey adopted_key() {
    return mde::PackageKey(*mde::MachineActionId::parse("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"));
}

/// A valid zip of so many bytes; another one for each seed.
inline std::string package_bytes(std::size_t size, std::uint64_t seed = 1) {
    const mde::service::GeneratedPackage made(size, seed);
    std::string bytes(static_cast<std::size_t>(made.size()), '\0');
    made.read(0, std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

inline mde::Sha256Digest digest_of(std::string_view bytes) {
    mde::OpensslSha256 hasher;
    hasher.update(std::as_bytes(std::span(bytes)));
    return *hasher.finish();
}

/// The emulator's API; its links are replaced by the owner's.
struct LinkApi {
    mde::service::Emulator<mde::OpensslHmac> emulator{mde::OpensslHmac::with_random_key()};
    /// Makes the nth link, counted from 0.
    std::function<std::string(unsigned)> make_link;
    unsigned links = 0;

    mde::HttpReply handle(const mde::IncomingRequest& request, const mde::Now& now) {
        using Codec = mde::wire::Codec<mde::PackageUri>;
        mde::HttpReply reply = emulator.handle(request, now);
        const mde::Stage stage = mde::service::route_request(request.method, request.target).stage;
        const bool is_link =
            stage == mde::Stage::get_link || stage == mde::Stage::get_live_response_link;
        if (is_link && reply.status == 200)
            reply.body = Codec::encode(make_link(links++), Codec::Quoting::plain,
                                       emulator.settings().base_url);
        return reply;
    }
};

/// Looks at how much of a package is in the store.
struct ProgressWatch {
    std::function<void(std::uint64_t)> stored;

    void notify(const mde::ObserverEvent& event) {
        const auto* progress = std::get_if<mde::observed::Progress>(&event);
        if (progress != nullptr && stored) stored(progress->stored);
    }
};

struct Fetched {
    bool done = false;
    mde::error_code error;
    mde::Receipt receipt;
    mde::Diagnostics diagnostics;
};

/// A client with a transport and a store of its own, as a process has after its start.
class Downloader {
    using Credential = mde::Credential<Transport>;

  public:
    Downloader(boost::asio::io_context& io, const mde::Settings& settings,
               const std::string& folder, ProgressWatch watch = {})
        : io_(io),
          transport_(io, trust()),
          credential_(settings, mde::client_secret(mde::Secret(application().client_secret)),
                      transport_),
          store_(*mde::FileStore::in(folder)),
          client_(mde::make_client<mde::OpensslSha256>(settings, transport_, credential_,
                                                       mde::LocalQuotas(), mde::SystemClock(),
                                                       std::move(watch))) {}

    static mde::service::Application application() {
        mde::service::Application app;
        app.tenant = tenant;
        app.client_id = "app-1";
        app.client_secret = "https world client secret";
        return app;
    }

    Fetched download(const Link& link, const mde::PackageKey& key) {
        return run([&](const mde::CallOptions& options, auto handler) {
            client_.async_download(adopt(link), key, store_, options, std::move(handler));
        });
    }
    Fetched fetch(const mde::MachineActionId& action) {
        return run([&](const mde::CallOptions& options, auto handler) {
            client_.async_fetch(action, store_, options, std::move(handler));
        });
    }
    Fetched fetch(const mde::GetLiveResponseResultLink& request) {
        return run([&](const mde::CallOptions& options, auto handler) {
            client_.async_fetch_live_response_result(request, store_, options, std::move(handler));
        });
    }

    /// Asks the running call to end.
    void cancel() {
        boost::asio::post(io_, [this] { signal_.emit(boost::asio::cancellation_type::terminal); });
    }

    mde::PackageUri adopt(const Link& link) const {
        return *mde::wire::adopt_link(mde::Secret(link.url), mde::SystemClock().now(),
                                      client_.settings().expiry, mde::LinkLife::declared);
    }

  private:
    template <class Start>
    Fetched run(Start start) {
        Fetched fetched;
        mde::CallOptions options;
        options.diagnostics = &fetched.diagnostics;
        options.time_limit = 40s;
        start(options, boost::asio::bind_cancellation_slot(
                           signal_.slot(), [&](mde::error_code ec, mde::Receipt receipt) {
                               fetched.done = true;
                               fetched.error = ec;
                               fetched.receipt = std::move(receipt);
                           }));
        const auto end = std::chrono::steady_clock::now() + 50s;
        io_.restart();
        while (!fetched.done && std::chrono::steady_clock::now() < end) io_.run_one_for(100ms);
        // Nothing that still runs may outlive what it refers to.
        if (!fetched.done) throw std::runtime_error("the call does not end");
        return fetched;
    }

    boost::asio::io_context& io_;
    Transport transport_;
    Credential credential_;
    mde::FileStore store_;
    boost::asio::cancellation_signal signal_;
    decltype(mde::make_client<mde::OpensslSha256>(
        std::declval<mde::Settings>(), std::declval<Transport&>(), std::declval<Credential&>(),
        mde::LocalQuotas(), mde::SystemClock(), ProgressWatch())) client_;
};

struct AzuriteWorld {
    boost::asio::io_context io;
    TemporaryDirectory folder;
    Relay relay{io, told_port("MDE_AZURITE_PORT")};
    LinkApi api;
    mde::HttpsServer<Executor, LinkApi, mde::SystemClock> server = *mde::serve_https(
        io.get_executor(), "127.0.0.1", 0,
        *mde::TlsServerContext::identity(key_file("server.pem"), key_file("server.key")), api,
        mde::SystemClock());
    mde::Settings settings;

    AzuriteWorld() {
        api.emulator.add(Downloader::application());
        settings =
            mde::Settings::for_cloud(mde::clouds().front(), *mde::TenantId::parse(tenant), "app-1");
        settings.api = settings.authority =
            *mde::Endpoint::parse("https://127.0.0.1:" + std::to_string(server.port()));
        settings.retry.least = settings.retry.first = 1ms;
        settings.retry.most = 5ms;
        REQUIRE(settings.links.allow("127.0.0.1:" + std::to_string(relay.port())).has_value());
    }

    /// One that has ended.
    mde::MachineActionId finished_action(mde::MachineActionType type) {
        mde::Now past = mde::SystemClock().now();
        past.monotonic -= 1min;
        return api.emulator.add_action(std::string(tenant), type, std::string(machine), {}, past);
    }

    Downloader downloader() { return Downloader(io, settings, folder.path()); }

    Link link(const std::string& blob, int life = 60) const {
        return Owner::link(blob, relay.port(), life);
    }

    std::string stored(const mde::PackageKey& key) const { return folder.read(file_name(key)); }
    bool has_part(const mde::PackageKey& key) const {
        return folder.names().count(file_name(key) + ".part") == 1;
    }
    static std::string file_name(const mde::PackageKey& key) {
        return std::string(key.name().view()) + std::string(key.extension());
    }
};

/// The whole blob lies under its final name, beside a receipt of it and nothing else.
inline void check_stored(const AzuriteWorld& world, const mde::PackageKey& key,
                         const std::string& bytes, const Fetched& fetched) {
    REQUIRE_MESSAGE(!fetched.error, fetched.error.message());
    CHECK(world.stored(key) == bytes);
    CHECK(fetched.receipt.length == bytes.size());
    CHECK(fetched.receipt.sha256 == digest_of(bytes));
    const std::set<std::string> expected{world.file_name(key),
                                         std::string(key.name().view()) + ".receipt.json"};
    CHECK(world.folder.names() == expected);
}

} // namespace mde_test

#endif

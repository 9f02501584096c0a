// SPDX-License-Identifier: BSL-1.0
// What a core dump would show of a process whose job has ended: none of the secrets that the job
// worked with, in no spelling. The process is a child that never sees them in any other way than a
// program would; its whole memory is read from outside, freed memory and stacks included.
#include "support/any_handler.hpp"
#include "support/connect_proxy.hpp"
#include "support/process_memory.hpp"

#include <mde/adapter/detail/read_buffer.hpp>
#include <mde/adapter/memory_store.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/wire/stored_token_codec.hpp>

#include <doctest/doctest.h>

#include <openssl/rand.h>

#include <sys/wait.h>

#include <array>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

/// Texts of fixed size over a pipe, without a buffer that would keep a copy.
class Channel {
  public:
    Channel() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
    Channel(const Channel&) = delete;
    ~Channel() {
        for (const int end : ends_) ::close(end);
    }
    void write(std::string_view text) const {
        const auto size = static_cast<std::uint32_t>(text.size());
        REQUIRE(::write(ends_[1], &size, sizeof size) == sizeof size);
        REQUIRE(::write(ends_[1], text.data(), size) == static_cast<::ssize_t>(size));
    }
    /// For the child, which must not run into the framework of the tests.
    Secret read() const {
        std::uint32_t size = 0;
        Secret text;
        if (::read(ends_[0], &size, sizeof size) != sizeof size) ::_exit(3);
        if (::read(ends_[0], text.prepare(size).data(), size) != static_cast<::ssize_t>(size))
            ::_exit(3);
        text.commit(size);
        return text;
    }
    void signal() const { static_cast<void>(!::write(ends_[1], "!", 1)); }
    bool wait() const {
        ::pollfd ready{ends_[0], POLLIN, 0};
        char byte = 0;
        return ::poll(&ready, 1, 60'000) == 1 && ::read(ends_[0], &byte, 1) == 1;
    }

  private:
    std::array<int, 2> ends_{};
};

struct Orders {
    Channel to_child;
    Channel from_child;
    Secret read() const { return to_child.read(); }
    void say(std::string_view text) const { to_child.write(text); }
    bool wait() const { return from_child.wait(); }
};

/// A process that does one thing and then stands still, until the object goes.
class Child {
  public:
    Child(const Orders& orders, void (*work)(const Orders&)) : process_(::fork()) {
        if (process_ != 0) return;
        // The dynamic linker saves vector registers, and what was copied through them, to the stack
        // when it looks up a function for its first call: these are called now.
        static_cast<void>(!::write(-1, "", 0));
        ::poll(nullptr, 0, 0);
        work(orders);
        orders.from_child.signal();
        for (;;) ::poll(nullptr, 0, -1);
    }
    Child(const Child&) = delete;
    ~Child() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    ::pid_t id() const noexcept { return process_; }

  private:
    ::pid_t process_;
};

void do_nothing(const Orders&) {}

/// What a client is made of, told by the test. The orders come in this order.
struct ClientParts {
    Secret ca;
    Secret port;
    Secret proxy;
    Secret action;
    net::io_context io{};
    BeastTransport<Executor> transport;
    HttpsWorld::Credential credential;

    explicit ClientParts(const Orders& orders)
        : ca(orders.read()),
          port(orders.read()),
          proxy(orders.read()),
          action(orders.read()),
          transport(io, *TlsContext::trusting(ca.expose()), options()),
          credential(settings(), client_secret(orders.read()), transport) {}

    TransportOptions options() const {
        TransportOptions made;
        made.proxy = *Proxy::parse(proxy.expose());
        return made;
    }
    Settings settings() const {
        Settings made =
            Settings::for_cloud(clouds().front(), *TenantId::parse(HttpsWorld::tenant), "app-1");
        const std::string place = "127.0.0.1:" + std::string(port.expose());
        made.api = made.authority = *Endpoint::parse("https://" + place);
        static_cast<void>(made.links.allow(place));
        return made;
    }
    void run_until_told(const std::optional<error_code>& outcome) {
        while (!outcome && io.run_one_for(20s) == 1) {
        }
        if (!outcome || *outcome) ::_exit(4);
    }
};

/// A package is fetched through a proxy, then everything goes that was made for it.
void fetch_a_package(const Orders& orders) {
    ClientParts parts(orders);
    auto client = make_client<OpensslSha256>(parts.settings(), parts.transport, parts.credential);
    MemoryStore store;
    std::optional<error_code> outcome;
    client.async_fetch(*MachineActionId::parse(parts.action.expose()), store,
                       [&](error_code ec, Receipt) { outcome = ec; });
    parts.run_until_told(outcome);
    // The client lives: it may be used again, and holds what it signs in with.
    orders.from_child.signal();
    static_cast<void>(orders.read());
}

/// Nothing follows that would overwrite what the sign-in left.
void only_sign_in(const Orders& orders) {
    ClientParts parts(orders);
    Diagnostics diagnostics;
    std::optional<error_code> outcome;
    parts.credential.async_get_token({}, diagnostics, [&](error_code ec, AccessToken token) {
        const AccessToken dropped = std::move(token);
        outcome = ec;
    });
    parts.run_until_told(outcome);
}

/// The same for a link that is not used.
void only_ask_for_a_link(const Orders& orders) {
    ClientParts parts(orders);
    auto client = make_client<OpensslSha256>(parts.settings(), parts.transport, parts.credential);
    std::optional<error_code> outcome;
    client.async_mint_link(*MachineActionId::parse(parts.action.expose()),
                           [&](error_code ec, PackageUri uri) {
                               const PackageUri dropped = std::move(uri);
                               outcome = ec;
                           });
    parts.run_until_told(outcome);
}

/// What a secret meets on its way, one after the other, each of it dropped.
void handle(std::string_view text) {
    {
        Secret grown;
        for (const char& c : text) grown.append(std::string_view(&c, 1));
        Secret moved = std::move(grown);
        Secret over("over");
        over = std::move(moved);
        const AccessToken token(over.clone(), no_deadline);
        const AccessToken copy = token.clone();
        over.keep(3, 5);
    }
    {
        // An answer with the link in it, escaped: the parser cannot take it as it lies there.
        Secret body;
        body.append(R"({"value":"\"https:\/\/h\/p?token=)");
        body.append(text);
        body.append(R"(\""})");
        wire::Answer answer;
        answer.body = body.expose();
        auto uri = wire::Codec<PackageUri>::decode(answer);
        if (!uri) ::_exit(5);
        const auto live = std::move(*uri).redeem(MonotonicTime());
        if (!live) ::_exit(6);
    }
    {
        Secret body;
        body.append(R"({"token_type":"Bearer","expires_in":3599,"x":["\u0041"],"access_token":")");
        body.append(text);
        body.append(R"(","refresh_token":"\u0041)");
        body.append(text);
        body.append(R"("})");
        wire::Answer answer;
        answer.body = body.expose();
        const auto tokens = wire::Codec<wire::TokenSet>::decode(answer);
        if (!tokens) ::_exit(7);
        StoredToken stored;
        stored.access_token = tokens->access.secret().clone();
        stored.refresh_token = tokens->refresh.clone();
        const Secret encoded = wire::encode_stored_token(stored);
        if (!wire::decode_stored_token(encoded.expose())) ::_exit(8);
    }
    {
        mde::detail::ReadBuffer buffer;
        const auto put = [&](std::string_view bytes) {
            const auto room = buffer.room(bytes.size(), 64 * bounds::kib);
            std::memcpy(room.data(), bytes.data(), bytes.size());
            buffer.filled(bytes.size());
        };
        for (int i = 0; i < 40; ++i) put(text);
        buffer.consume(text.size() * 3 / 2);
        for (int i = 0; i < 40; ++i) put(text);
    }
    {
        ResponseHead head(302);
        Secret location("https://h/p?token=");
        location.append(text);
        if (!head.add_field("Location", location.expose())) ::_exit(9);
        for (int i = 0; i < 20; ++i) head.add_field("X-More", "to make it grow");
        const ResponseHead copy = head;
    }
    {
        Secret url("http://user:");
        wire::append_percent_encoded(url, text);
        url.append("@127.0.0.1:8080");
        if (!Proxy::parse(url.expose())) ::_exit(10);
        // One that is refused was looked at, too.
        url.append("x");
        if (Proxy::parse(url.expose())) ::_exit(11);
    }
    {
        AssertionSigner signer;
        signer.sign = [&](std::string_view) { return result<std::string>(std::string(text)); };
        signer.random = [] {
            return result<std::array<std::byte, 16>>(std::array<std::byte, 16>());
        };
        Settings settings =
            Settings::for_cloud(clouds().front(), *TenantId::parse(HttpsWorld::tenant), "app-1");
        const Grant grant = signed_assertion(std::move(signer));
        TokenAsk ask;
        ask.settings = &settings;
        if (!std::get<TokenRequestMaker>(grant)(ask)) ::_exit(12);
    }
}

/// Once without the secret, so that every function has been looked up; see `Child`.
void handle_one_secret(const Orders& orders) {
    handle("nothing-that-is-looked-for-in-the-memory-of-this-process");
    const Secret secret = orders.read();
    handle(secret.expose());
}

std::string random_text(std::string_view front) {
    std::array<unsigned char, 24> bytes{};
    REQUIRE(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    return std::string(front) + "~/+-" +
           spelt::hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                      "0123456789abcdef");
}

/// The service, which writes down what it is shown.
struct WatchingService {
    boost::asio::io_context io;
    HttpsWorld::Emulator emulator{OpensslHmac::with_random_key()};
    std::string authorization;
    std::string link_target;
    std::string form;
    std::string token_answer;
    std::string link_answer;
    AnyHandler handler{[this](const IncomingRequest& request, const Now& now) {
        if (const auto seen = request.field("Authorization"); !seen.empty()) authorization = seen;
        if (request.target.find("/safedownload/") == 0) link_target = request.target;
        if (!request.body.empty()) form = request.body;
        HttpReply reply = emulator.handle(request, now);
        if (request.target.find("/token") != std::string_view::npos) token_answer = reply.body;
        if (request.target.ends_with("/getPackageUri")) link_answer = reply.body;
        return reply;
    }};
    AnyServer server =
        *serve_https(io.get_executor(), "127.0.0.1", 0, identity(), handler, SystemClock());
    MachineActionId action;
    std::thread thread;

    explicit WatchingService(const std::string& client_secret) {
        service::Application app = HttpsWorld::application();
        app.client_secret = client_secret;
        emulator.add(app);
        emulator.settings().link_host = "127.0.0.1";
        emulator.settings().link_port = server.port();
        Now past = SystemClock().now();
        past.monotonic -= 1min;
        action = emulator.add_action(std::string(HttpsWorld::tenant),
                                     MachineActionType::collect_investigation_package,
                                     std::string(HttpsWorld::machine), {}, past);
        thread = std::thread([this] { io.run(); });
    }
    ~WatchingService() { stop(); }
    void stop() {
        io.stop();
        if (thread.joinable()) thread.join();
    }
};

std::string listed(const std::vector<std::string>& found) {
    std::string text;
    for (const std::string& one : found) text += "\n  " + one;
    return text;
}

} // namespace

TEST_CASE("secrets are found in a process that holds them") {
    // The search itself: whatever spelling, and although the allocator has taken the first bytes.
    const Orders orders;
    const MarkedSecret secret{"planted", random_text("planted")};
    for (const std::string& spelling : spellings_of(secret.text)) {
        std::vector<char> freed(spelling.begin(), spelling.end());
        std::fill_n(freed.begin(), 16, '\0');
        const Child child(orders, do_nothing);
        std::fill(freed.begin(), freed.end(), '\0');
        CHECK_FALSE(ProcessMemory(child.id()).find({secret}).empty());
    }
}

TEST_CASE("nothing that a secret passes through keeps a piece of it") {
    const Orders orders;
    const Child child(orders, handle_one_secret);
    const std::string secret = random_text("one");
    orders.say(secret);
    REQUIRE(orders.wait());
    const auto left = ProcessMemory(child.id()).find({{"secret", secret}});
    CHECK_MESSAGE(left.empty(), listed(left));
}

namespace {

/// A child at work with a service in this process. What is made here the child knows only if it is
/// told, since it was there before.
struct Scene {
    Orders orders;
    Child child;
    std::string secret = random_text("client");
    std::string password = random_text("pw");
    WatchingService service{secret};
    ConnectProxy proxy{"HTTP/1.1 200 Connection established\r\n\r\n", service.server.port()};

    explicit Scene(void (*work)(const Orders&)) : child(orders, work) {
        orders.say(authority().ca_pem());
        orders.say(std::to_string(service.server.port()));
        orders.say("http://user:" + spelt::percent_encoded_all(password, "0123456789ABCDEF") +
                   "@127.0.0.1:" + std::to_string(proxy.port()));
        orders.say(service.action.text());
        orders.say(secret);
        REQUIRE(orders.wait());
    }

    std::string token() const {
        const std::size_t begin = service.token_answer.find("eyJ");
        return service.token_answer.substr(begin, service.token_answer.find('"', begin) - begin);
    }
    std::string link() const {
        const std::size_t begin = service.link_answer.find("token=");
        return service.link_answer.substr(begin, service.link_answer.find('\\', begin) - begin);
    }
    /// Of a token and a link the signature, which no other one has: what was made for an earlier
    /// test begins alike, and a child is born with it.
    static MarkedSecret end_of(const std::string& name, const std::string& text) {
        return {name, text.substr(text.size() - 40)};
    }
    std::vector<MarkedSecret> all() const {
        std::vector<MarkedSecret> secrets{{"client secret", secret},
                                          {"proxy password", password},
                                          end_of("access token", token())};
        if (!service.link_answer.empty()) secrets.push_back(end_of("link", link()));
        return secrets;
    }
    void check_nothing_left(const std::vector<MarkedSecret>& secrets) const {
        const auto left = ProcessMemory(child.id()).find(secrets);
        CHECK_MESSAGE(left.empty(), listed(left));
    }
};

} // namespace

TEST_CASE("nothing secret is left in memory when a job has ended") {
    Scene scene(fetch_a_package);
    REQUIRE(scene.service.authorization == "Bearer " + scene.token());
    REQUIRE(scene.service.link_target.ends_with(scene.link()));
    REQUIRE(scene.link().size() > 100);
    REQUIRE(scene.service.form.find("client_secret=client") != std::string::npos);
    REQUIRE(scene.proxy.requests().find("Proxy-Authorization: Basic ") != std::string::npos);
    // While the client lives it holds its secret and its token; the link is spent.
    scene.check_nothing_left({Scene::end_of("link", scene.link())});
    CHECK_FALSE(ProcessMemory(scene.child.id())
                    .find({Scene::end_of("access token", scene.token())})
                    .empty());
    scene.orders.say("!");
    REQUIRE(scene.orders.wait());
    REQUIRE(scene.all().size() == 4);
    scene.check_nothing_left(scene.all());
}

TEST_CASE("nothing is left of a token that was asked for and not used") {
    const Scene scene(only_sign_in);
    REQUIRE(scene.token().size() > 100);
    scene.check_nothing_left(scene.all());
}

TEST_CASE("nothing is left of a link that was asked for and not used") {
    const Scene scene(only_ask_for_a_link);
    REQUIRE(scene.all().size() == 4);
    scene.check_nothing_left(scene.all());
}

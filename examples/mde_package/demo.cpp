// SPDX-License-Identifier: BSL-1.0
// The whole job in one process: a service of our own, a client that knows nothing of that, and a
// proof at the end that does not ask either of them.

#include "commands.hpp"
#include "exit_codes.hpp"
#include "remote.hpp"
#include "service.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

constexpr std::string_view demo_comment = "mde-package demo";

mde::Secret random_secret() {
    std::array<unsigned char, 24> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no random bytes");
    mde::Secret secret;
    for (const unsigned char byte : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        const std::array<char, 2> pair{digits[byte >> 4], digits[byte & 15]};
        secret.append({pair.data(), pair.size()});
    }
    return secret;
}

/// `--out`, or a directory that did not exist before.
std::optional<std::string> demo_directory(const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    const char* base = std::getenv("TMPDIR");
    std::string path = (base != nullptr && *base != '\0' ? std::string(base) : std::string("."));
    path += "/mde-demo-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return std::nullopt;
    return path;
}

/// Reads the stored file again, from the disk and by nobody's leave.
std::optional<ServedPackage> read_back(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return std::nullopt;
    mde::OpensslSha256 hasher;
    std::vector<std::byte> piece(1024 * 1024);
    ServedPackage stored;
    ::ssize_t size = 0;
    while ((size = ::read(file, piece.data(), piece.size())) > 0) {
        hasher.update(std::span(piece).first(static_cast<std::size_t>(size)));
        stored.length += static_cast<std::uint64_t>(size);
    }
    ::close(file);
    const auto digest = hasher.finish();
    if (size < 0 || !digest) return std::nullopt;
    stored.sha256 = *digest;
    return stored;
}

/// The client's side: what a user would have given on the command line.
Access access_to(const Service& service, const ServiceOptions& options) {
    Access access;
    mde::Settings& settings = access.settings;
    settings.api = mde::Endpoint::parse(service.url()).value();
    settings.authority = settings.api;
    settings.audience = std::string(mde::clouds().front().audience);
    settings.tenant = mde::TenantId::parse(options.tenant).value();
    settings.client_id = options.client_id;
    settings.links.allow(service.link_host()).value();
    settings.poll = {std::chrono::milliseconds(400), std::chrono::milliseconds(800)};
    access.chain = {mde::client_secret(options.client_secret.clone())};
    access.deadline = std::chrono::minutes(5);
    return access;
}

class Demo {
  public:
    Demo(Stage& stage, const Options& options) : stage_(stage), json_(options.json) {}

    int run(const Options& options) {
        const auto directory = demo_directory(options.out);
        if (!directory) return fail("demo: a fresh directory", mde::errc::store_denied, {});
        auto store = mde::FileStore::in(*directory);
        if (!store) return fail("demo", store.error(), {});
        directory_ = *directory;
        ServiceOptions own;
        own.package_size = options.service.package_size;
        own.collect_time = std::chrono::milliseconds(1500);
        own.client_secret = random_secret();
        Service service(stage_.context, own);
        const std::string machine = machine_id();
        service.add_machine(machine, "demo-machine.example");
        say("1. A service of our own listens at " + service.url() +
            ", with a certificate made a moment ago");
        auto remote = Remote::connect(stage_.context, access_to(service, own), service.ca_pem(),
                                      stage_.progress, stage_.stop);
        if (!remote) return fail("demo", remote.error(), {});
        return job(service, *remote, *store, machine);
    }

  private:
    int job(Service& service, Remote& remote, mde::FileStore& store, const std::string& machine) {
        const mde::CollectInvestigationPackage request{mde::MachineId::parse(machine).value(),
                                                       std::string(demo_comment)};
        say("2. Signing in with a secret made a moment ago, and asking for a collection on " +
            machine);
        const auto collected = remote.collect(request);
        if (collected.error) return fail("demo: collect", collected.error, collected.diagnostics);
        const mde::MachineActionId id = collected.value.id;
        say("   The service began action " + std::string(id.text()) + ": " +
            status_text(collected.value.status));
        say("3. Waiting until the machine has done it");
        const auto waited = remote.wait(id);
        if (waited.error) return fail("demo: wait", waited.error, waited.diagnostics);
        say("   It has: " + status_text(waited.value.status));
        say("4. Asking for the link, which lives a minute, and downloading at once");
        const auto fetched = remote.fetch(id, store);
        if (fetched.error) return fail("demo: fetch", fetched.error, fetched.diagnostics);
        return prove(service, fetched.value, id);
    }

    int prove(Service& service, const mde::Receipt& receipt, const mde::MachineActionId& id) {
        const std::string path = stored_path(directory_, mde::PackageKey(id));
        say("   " + receipt_text(receipt, path));
        say("   The receipt lies beside it: " + path.substr(0, path.size() - 4) + ".receipt.json");
        say("5. Reading the file again and comparing it with what the service has");
        const auto served = service.served_package(id);
        const auto stored = read_back(path);
        if (!served || !stored) return fail("demo: prove", mde::errc::store_failed, {});
        const bool equal = served->sha256 == stored->sha256 && served->length == stored->length &&
                           receipt.sha256 == stored->sha256 && receipt.length == stored->length;
        const std::string served_hex(served->sha256.hex());
        const std::string stored_hex(stored->sha256.hex());
        say("   served SHA-256: " + served_hex + "  (" + std::to_string(served->length) +
            " bytes)");
        say("   stored SHA-256: " + stored_hex + "  (" + std::to_string(stored->length) +
            " bytes)");
        say(equal ? "   equal: yes" : "   equal: no");
        if (json_)
            stage_.out.line(boost::json::serialize(boost::json::object{
                {"path", path},
                {"servedSha256", served_hex},
                {"storedSha256", stored_hex},
                {"equal", equal},
                {"receipt", boost::json::parse(mde::wire::encode_receipt(receipt))}}));
        if (equal) return exits::success;
        show_error(stage_, "mde-package: demo: the stored package is not the served one; "
                           "report it");
        return exits::not_a_package;
    }

    /// 40 hexadecimal digits that no machine has: it was made up.
    static std::string machine_id() {
        std::string id;
        while (id.size() < 40) id += "d3700ac1";
        return id;
    }

    void say(const std::string& text) {
        stage_.progress.clear();
        if (!json_) stage_.out.line(text);
    }

    int fail(std::string_view what, const mde::error_code& error,
             const mde::Diagnostics& diagnostics) {
        show_error(stage_, error_line(what, error, diagnostics));
        return exit_code_of(error);
    }

    Stage& stage_;
    bool json_;
    std::string directory_;
};

} // namespace

int run_demo(Stage& stage, const Options& options) { return Demo(stage, options).run(options); }

} // namespace mde_package

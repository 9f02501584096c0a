// SPDX-License-Identifier: BSL-1.0
// Every way to sign in, against the emulated service, by options and by Azure's variables.

#include "cli/server.hpp"

#include <mde/adapter/certificate_authority.hpp>
#include <mde/wire/json.hpp>

#include <string>
#include <string_view>

using namespace mde_test;

namespace {

struct Certificate {
    explicit Certificate(const TemporaryDirectory& directory)
        : certificate(directory.file("certificate.pem")),
          key(directory.file("key.pem")),
          both(directory.file("both.pem")) {
        const auto issued = mde::CertificateAuthority().issue(
            {.key_type = mde::KeyType::rsa_2048, .issued_by = mde::IssuedBy::itself});
        directory.write("certificate.pem", issued.certificate_pem);
        directory.write("key.pem", issued.private_key_pem);
        directory.write("both.pem", issued.private_key_pem + issued.certificate_pem);
    }

    std::string certificate;
    std::string key;
    std::string both;
};

/// Whom to talk to, with nothing about who asks.
Words reach(const Server& server) {
    return server.servers() + server.trust() + server.link_hosts() + Server::brief();
}

Setting with(const Words& variables) {
    Setting setting;
    setting.environment = variables;
    return setting;
}

Run sign_in(const Server& server, const Words& more, const Setting& setting = {}) {
    return run(Words{"sign-in"} + reach(server) + more, setting);
}

/// It is the service's own application, and a command can be made with it.
void check_works(const Server& server, const Words& more, const Setting& setting = {}) {
    const Run signed_in = sign_in(server, more, setting);
    INFO(signed_in.error);
    REQUIRE(signed_in.status == 0);
    CHECK(signed_in.error == "");
    CHECK(signed_in.out.starts_with("signed in: tenant=" + server.tenant + " client="));
    CHECK(has(signed_in.out, " for=application permissions=Machine.Read.All,"));
    CHECK(std::count(signed_in.out.begin(), signed_in.out.end(), '\n') == 1);
    const Run listed = run(Words{"list"} + reach(server) + more, setting);
    CHECK(listed.status == 0);
    CHECK(has(listed.out, finished_action));
}

} // namespace

TEST_CASE("a secret signs in at both forms of the token endpoint") {
    const Server server;
    check_works(server, server.identity(), with_secret());
    check_works(server, server.identity() + Words{"--auth", "secret"}, with_secret());
    check_works(server, server.identity() + Words{"--token-endpoint", "v1"}, with_secret());
    check_works(server, {"--token-endpoint", "v2", "--auth", "environment"},
                with({"AZURE_CLIENT_SECRET=" + std::string(client_secret),
                      "AZURE_TENANT_ID=" + server.tenant, "AZURE_CLIENT_ID=" + server.client}));
    CHECK(server.log.count("sign-in") == server.log.count("sign-in", 200));
}

TEST_CASE("a certificate signs in with either algorithm") {
    const TemporaryDirectory directory;
    const Certificate own(directory);
    const Server server({"--accept-certificate", own.certificate});
    const Words who = server.identity();
    check_works(server, who + Words{"--client-certificate", own.both});
    check_works(server, who + Words{"--client-certificate", own.both, "--assertion-algorithm",
                                    "RS256", "--token-endpoint", "v1"});
    check_works(server,
                who + Words{"--client-certificate", own.certificate, "--client-certificate-key",
                            own.key, "--assertion-algorithm", "PS256"});
}

TEST_CASE("a certificate may come from Azure's own variable") {
    const TemporaryDirectory directory;
    const Certificate own(directory);
    const Server server({"--accept-certificate", own.certificate});
    const Setting setting = with({"AZURE_CLIENT_CERTIFICATE_PATH=" + own.both});
    check_works(server, server.identity(), setting);
    check_works(server, server.identity() + Words{"--assertion-algorithm", "RS256"}, setting);
}

TEST_CASE("a certificate that the service does not know is refused") {
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    const Certificate known(directory);
    const Certificate other(elsewhere);
    const Server server({"--accept-certificate", known.certificate});
    const Run refused =
        sign_in(server, server.identity() + Words{"--client-certificate", other.both});
    CHECK(refused.status == 3);
    CHECK(has(one_line(refused), "sign-in: sign in: sign-in was refused [code=invalid_client"));
}

TEST_CASE("a certificate that cannot be used is a usage error") {
    const TemporaryDirectory directory;
    const Certificate own(directory);
    const Server server;
    for (const std::string& path : {own.certificate, own.key, directory.file("missing")}) {
        const Run refused =
            sign_in(server, server.identity() + Words{"--client-certificate", path});
        CHECK(refused.status == 2);
        CHECK(has(one_line(refused), "--client-certificate: "));
    }
    CHECK(server.log.count() == 0);
}

TEST_CASE("a workload signs in with the token that its cluster gave it") {
    const TemporaryDirectory directory;
    directory.write("token", std::string(federated_token) + "\n");
    directory.write("other", "not.the.token\n");
    const std::string token = directory.file("token");
    const Server server({"--accept-federated-token", token});
    check_works(server, server.identity() + Words{"--federated-token-file", token});
    const Setting setting = with({"AZURE_FEDERATED_TOKEN_FILE=" + token});
    check_works(server, server.identity() + Words{"--auth", "workload-identity"}, setting);
    check_works(server, server.identity(), setting);
    const Run refused = sign_in(
        server, server.identity() + Words{"--federated-token-file", directory.file("other")});
    CHECK(refused.status == 3);
    CHECK(has(one_line(refused), "code=invalid_client"));
}

TEST_CASE("a machine signs in with its own identity") {
    const Server server({"--metadata-port", "0"});
    const Words metadata{"--metadata-endpoint", server.metadata};
    // Who it is and whose tenant it is in, its metadata service knows.
    check_works(server, metadata + Words{"--auth", "managed-identity"});
    check_works(server, metadata);
    check_works(server, metadata, with({"AZURE_CLIENT_ID=" + server.client}));
    const Run other = sign_in(server, metadata + Words{"--client-id", "somebody-else"});
    CHECK(other.status == 3);
    CHECK(has(one_line(other), "there is no credential of this kind"));
}

TEST_CASE("a chain goes on where something is not there") {
    const TemporaryDirectory directory;
    const Server server({"--metadata-port", "0"});
    check_works(server, server.identity() + Words{"--metadata-endpoint", server.metadata},
                with({"AZURE_FEDERATED_TOKEN_FILE=" + directory.file("missing")}));
    CHECK(server.log.count("sign-in") == 2);
    CHECK(server.log.count("sign-in", 200) == 2);
}

TEST_CASE("a chain does not go on after a refusal") {
    const Server server({"--metadata-port", "0"});
    const Run refused =
        sign_in(server, server.identity() + Words{"--metadata-endpoint", server.metadata},
                with_secret(wrong_secret));
    CHECK(refused.status == 3);
    CHECK(server.log.count("sign-in", 200) == 0);
    CHECK(server.log.count("sign-in") == 1);
}

TEST_CASE("a user signs in with a device code that is shown even if all else is quiet") {
    const Server server({"--approve-device-codes-after", "0", "--device-code-interval", "1"});
    const Run signed_in = sign_in(server, server.identity() + Words{"--auth", "device-code"});
    CHECK(signed_in.status == 0);
    CHECK(has(signed_in.error,
              "to sign in, open https://microsoft.com/devicelogin and enter the code "));
    CHECK(has(signed_in.out, " for=user permissions=Machine.Read,Machine.CollectForensics\n"));
}

TEST_CASE("a declined device code is a refusal") {
    const Server server({"--decline-device-codes", "--device-code-interval", "1"});
    const Run declined = sign_in(server, server.identity() + Words{"--auth", "device-code"});
    CHECK(declined.status == 3);
    CHECK(has(declined.error, "sign-in was declined [code=authorization_declined, "));
    CHECK(declined.out == "");
}

TEST_CASE("a device code that nobody enters expires") {
    const Server server({"--device-code-lifetime", "2", "--device-code-interval", "1"});
    const Run expired = sign_in(server, server.identity() + Words{"--auth", "device-code"});
    CHECK(expired.status == 3);
    CHECK(has(expired.error, "nobody signed in while the device code was good"));
}

TEST_CASE("a token outlives its process where it may") {
    const Server server;
    const TemporaryDirectory directory;
    const Words cached = server.identity() + Words{"--token-cache", directory.file("tokens")};
    for (int i = 0; i < 3; ++i) check_works(server, cached, with_secret());
    CHECK(server.log.count("sign-in") == 1);
    CHECK(server.log.count("list-actions", 200) == 3);
    CHECK(names_in(directory.file("tokens")).size() == 1);
}

TEST_CASE("a token cache in an impossible place is an error of the store") {
    const Server server;
    const TemporaryDirectory directory;
    directory.write("file", "");
    const Run refused = sign_in(
        server, server.identity() + Words{"--token-cache", directory.file("file")}, with_secret());
    CHECK(refused.status == 10);
    CHECK(has(one_line(refused), "--token-cache: store: "));
}

TEST_CASE("what a token lacks is told before a command is refused") {
    const Server server({"--drop-permission", "Machine.CollectForensics"});
    const Words who = server.identity();
    const Run told = sign_in(server, who, with_secret());
    CHECK(told.status == 0);
    CHECK(has(told.out, "\nwithout Machine.CollectForensics these will probably be refused: "
                        "collect, collect-many, cancel\n"));
    const Run spelt = sign_in(server, who + Words{"--json"}, with_secret());
    CHECK(spelt.status == 0);
    const auto document = mde::wire::parse_json_object(spelt.out);
    REQUIRE(document);
    CHECK(document->at("tenantId").as_string() == server.tenant);
    CHECK(document->at("subject").as_string() == "application");
    const auto& lacking = document->at("lacking").as_array();
    REQUIRE(lacking.size() == 3);
    CHECK(lacking[0].as_object().at("command").as_string() == "collect");
    CHECK(lacking[0].as_object().at("oneOf").as_array()[0].as_string() ==
          "Machine.CollectForensics");
}

TEST_CASE("with nothing to sign in with the error names the ways") {
    const Server server;
    // Nobody is a metadata service there.
    const Run refused =
        sign_in(server, server.identity() + Words{"--metadata-endpoint", "127.0.0.1:1"});
    CHECK(refused.status == 3);
    const std::string line = one_line(refused);
    CHECK(has(line, "there is no credential of this kind"));
    CHECK(has(line, "--auth"));
    CHECK(server.log.count() == 0);
}

TEST_CASE("ways that make no sense are usage errors") {
    const TemporaryDirectory directory;
    directory.write("secret", "not.the.token");
    const Words who{"--tenant-id", "a.example", "--client-id", "b"};
    const std::string file = directory.file("secret");
    const std::vector<std::pair<Words, std::string>> cases{
        {{"--auth", "password"}, "--auth: must be secret"},
        {{"--client-secret-file", file, "--federated-token-file", file}, "--auth: say which"},
        {{"--auth", "certificate"}, "AZURE_CLIENT_CERTIFICATE_PATH"},
        {{"--auth", "workload-identity"}, "AZURE_FEDERATED_TOKEN_FILE"},
        {{"--auth", "secret"}, "AZURE_CLIENT_SECRET"},
        {{"--assertion-algorithm", "none", "--client-certificate", file}, "--client-certificate"},
        {{"--metadata-endpoint", "http://127.0.0.1"}, "--metadata-endpoint"},
        {{"--token-endpoint", "v3"}, "--token-endpoint"},
    };
    for (const auto& [words, expected] : cases) {
        const Run refused = run(Words{"sign-in"} + who + words);
        CHECK(refused.status == 2);
        INFO(refused.error);
        CHECK(has(one_line(refused), expected));
    }
    const Run nobody = run({"sign-in", "--tenant-id", "a.example"}, with_secret());
    CHECK(nobody.status == 2);
    CHECK(has(one_line(nobody), "--client-id: is missing"));
}

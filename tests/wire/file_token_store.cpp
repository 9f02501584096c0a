// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/file_token_store.hpp>
#include <mde/model/identifier.hpp>

#include "support/obstacles.hpp"
#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using namespace mde;
using namespace mde_test;
using namespace std::chrono_literals;

namespace {

const UtcTime begun(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1));

TokenKey key() { return {"login.example", "contoso.example", "app-1", "https://api.example"}; }

StoredToken token(const std::string& text, const std::string& refresh = {}) {
    return {Secret(text), begun, begun + 1h, Secret(refresh)};
}

std::string text_of(const result<StoredToken>& loaded) {
    REQUIRE(loaded.has_value());
    return std::string(loaded->access_token.expose());
}

std::string only_name(const TemporaryDirectory& directory) {
    REQUIRE(directory.names().size() == 1);
    return *directory.names().begin();
}

} // namespace

TEST_CASE("a token comes back as it was saved") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    CHECK(store.load(key())->empty());
    REQUIRE_FALSE(store.save(key(), token("abc.def", "re \"fresh\"")));
    const auto loaded = FileTokenStore::in(directory.path())->load(key());
    REQUIRE(loaded.has_value());
    CHECK(loaded->access_token.expose() == "abc.def");
    CHECK(loaded->refresh_token.expose() == "re \"fresh\"");
    CHECK(loaded->obtained_at == begun);
    CHECK(loaded->expires_at == begun + 1h);
    REQUIRE_FALSE(store.forget(key()));
    CHECK(store.load(key())->empty());
    CHECK_FALSE(store.forget(key()));
}

TEST_CASE("the file is private and named by a hash and alone") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    REQUIRE_FALSE(store.save(key(), token("abc")));
    REQUIRE_FALSE(store.save(key(), token("def")));
    const std::string name = only_name(directory);
    CHECK(name.size() == 64 + 6);
    CHECK(name.ends_with(".token"));
    CHECK(is_hex_run(std::string_view(name).substr(0, 64), 64));
    CHECK(directory.mode(name) == 0600);
    CHECK(text_of(store.load(key())) == "def");
}

TEST_CASE("each key has a file of its own") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    TokenKey authority = key();
    authority.authority = "login.other";
    TokenKey elsewhere = key();
    elsewhere.tenant = "other.example";
    TokenKey client = key();
    client.client_id = "app-2";
    TokenKey audience = key();
    audience.audience = "https://other.example";
    TokenKey delegated = key();
    delegated.delegated = true;
    // The same letters, cut elsewhere.
    TokenKey shifted = key();
    shifted.tenant = "contoso.exampleapp";
    shifted.client_id = "-1";
    const std::vector<TokenKey> keys{key(),    authority, elsewhere, client,
                                     audience, delegated, shifted};
    for (std::size_t i = 0; i < keys.size(); ++i)
        REQUIRE_FALSE(store.save(keys[i], token("token-" + std::to_string(i))));
    for (std::size_t i = 0; i < keys.size(); ++i)
        CHECK(text_of(store.load(keys[i])) == "token-" + std::to_string(i));
    CHECK(directory.names().size() == keys.size());
}

TEST_CASE("a directory is made for its owner only and refused if others may write") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("tokens");
    REQUIRE(FileTokenStore::in(path).has_value());
    CHECK(directory.mode("tokens") == 0700);
    REQUIRE(::chmod(path.c_str(), 0770) == 0);
    CHECK(FileTokenStore::in(path).error() == errc::store_denied);
    REQUIRE(::chmod(path.c_str(), 0700) == 0);
    REQUIRE(::symlink(path.c_str(), directory.file("link").c_str()) == 0);
    CHECK_FALSE(FileTokenStore::in(directory.file("link")).has_value());
}

TEST_CASE("a file that others can read is not believed and is replaced") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    REQUIRE_FALSE(store.save(key(), token("abc")));
    const std::string name = only_name(directory);
    for (const ::mode_t mode : {0640u, 0604u, 0620u}) {
        REQUIRE(::chmod(directory.file(name).c_str(), mode) == 0);
        CHECK(store.load(key()).error() == errc::store_denied);
    }
    REQUIRE_FALSE(store.save(key(), token("def")));
    CHECK(directory.mode(name) == 0600);
    CHECK(text_of(store.load(key())) == "def");
}

TEST_CASE("a link is neither followed nor written through") {
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    REQUIRE_FALSE(store.save(key(), token("abc")));
    const std::string name = only_name(directory);
    elsewhere.write("target", directory.read(name));
    REQUIRE(::chmod(elsewhere.file("target").c_str(), 0600) == 0);
    REQUIRE(::unlink(directory.file(name).c_str()) == 0);
    REQUIRE(::symlink(elsewhere.file("target").c_str(), directory.file(name).c_str()) == 0);
    CHECK(store.load(key()).error() == errc::store_denied);
    const std::string before = elsewhere.read("target");
    REQUIRE_FALSE(store.save(key(), token("def")));
    CHECK(elsewhere.read("target") == before);
    CHECK(text_of(store.load(key())) == "def");
}

TEST_CASE("a pipe in place of a file does not block") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    REQUIRE_FALSE(store.save(key(), token("abc")));
    const std::string name = only_name(directory);
    REQUIRE(::unlink(directory.file(name).c_str()) == 0);
    REQUIRE(::mkfifo(directory.file(name).c_str(), 0600) == 0);
    CHECK(store.load(key())->empty());
}

TEST_CASE("whatever lies at the name of a token nothing outside is touched") {
    for (const Obstacle obstacle : all_obstacles) {
        CAPTURE(name_of(obstacle));
        const Watchdog watchdog;
        const Elsewhere elsewhere;
        const TemporaryDirectory directory;
        FileTokenStore store = FileTokenStore::in(directory.path()).value();
        REQUIRE_FALSE(store.save(key(), token("abc")));
        const std::string name = only_name(directory);
        REQUIRE(::unlink(directory.file(name).c_str()) == 0);
        elsewhere.put(obstacle, directory.file(name));
        const auto loaded = store.load(key());
        CHECK((!loaded || loaded->empty()));
        const error_code error = store.save(key(), token("def"));
        CHECK(elsewhere.is_untouched());
        CHECK(directory.names() == std::set<std::string>{name});
        const bool is_directory =
            obstacle == Obstacle::directory || obstacle == Obstacle::full_directory;
        CHECK((error == errc::store_failed) == is_directory);
        if (is_directory) continue;
        CHECK(is_plain_file(directory.file(name)));
        CHECK(text_of(store.load(key())) == "def");
        CHECK_FALSE(store.forget(key()));
        CHECK(elsewhere.is_untouched());
    }
}

TEST_CASE("a directory of tokens is refused unless it is a directory of the user's own") {
    for (const Obstacle obstacle : all_obstacles) {
        if (obstacle == Obstacle::directory || obstacle == Obstacle::full_directory) continue;
        CAPTURE(name_of(obstacle));
        const Watchdog watchdog;
        const Elsewhere elsewhere;
        const TemporaryDirectory directory;
        elsewhere.put(obstacle, directory.file("tokens"));
        CHECK_FALSE(FileTokenStore::in(directory.file("tokens")));
        CHECK(elsewhere.is_untouched());
    }
}

TEST_CASE("a directory of tokens that is swapped afterwards is written to all the same") {
    const TemporaryDirectory parent;
    const Elsewhere elsewhere;
    FileTokenStore store = FileTokenStore::in(parent.file("tokens")).value();
    std::filesystem::rename(parent.file("tokens"), parent.file("moved"));
    elsewhere.put(Obstacle::link_to_directory, parent.file("tokens"));
    REQUIRE_FALSE(store.save(key(), token("abc")));
    CHECK(text_of(store.load(key())) == "abc");
    CHECK(elsewhere.is_untouched());
    CHECK(names_in(parent.file("moved")).size() == 1);
}

TEST_CASE("a file that is not a token of this store counts as none") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    REQUIRE_FALSE(store.save(key(), token("abc")));
    const std::string name = only_name(directory);
    const std::string good = directory.read(name);
    for (const std::string& bad :
         {std::string(), std::string("{}"), std::string("abc"), good.substr(0, good.size() - 1),
          good + good, std::string(2 * bounds::json_text, ' ')}) {
        directory.write(name, bad);
        REQUIRE(::chmod(directory.file(name).c_str(), 0600) == 0);
        CHECK(store.load(key())->empty());
    }
    directory.write(name, good);
    CHECK(text_of(store.load(key())) == "abc");
}

TEST_CASE("a failed save leaves the old token and nothing beside it") {
    const TemporaryDirectory directory;
    FileTokenStore store = FileTokenStore::in(directory.path()).value();
    REQUIRE_FALSE(store.save(key(), token("abc")));
    const std::string name = only_name(directory);
    // A directory of that name cannot be replaced by a file, whoever the user is.
    REQUIRE(::unlink(directory.file(name).c_str()) == 0);
    REQUIRE(::mkdir(directory.file(name).c_str(), 0700) == 0);
    CHECK(store.save(key(), token("def")) == errc::store_failed);
    CHECK(directory.names() == std::set<std::string>{name});
    CHECK(store.load(key())->empty());
}

TEST_CASE("many writers and readers at once see whole tokens only") {
    const TemporaryDirectory directory;
    std::atomic<int> torn{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            // As another process would have it.
            FileTokenStore own = FileTokenStore::in(directory.path()).value();
            const std::string text(3000, static_cast<char>('a' + i));
            for (int n = 0; n < 25; ++n) {
                if (own.save(key(), token(text))) ++failed;
                const auto loaded = own.load(key());
                const std::string_view seen =
                    loaded ? loaded->access_token.expose() : std::string_view();
                if (seen.size() != 3000 || seen.find_first_not_of(seen.front()) != seen.npos)
                    ++torn;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(torn == 0);
    CHECK(directory.names().size() == 1);
}

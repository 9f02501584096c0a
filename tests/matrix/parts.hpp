// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_MATRIX_PARTS_HPP
#define MDE_TESTS_MATRIX_PARTS_HPP

/// @file
/// What can be plugged in, each under a short name: transports, executors and stores. None knows of
/// the others.

#include "support/https_world.hpp"
#include "support/posting_transport.hpp"
#include "support/service_thread.hpp"
#include "support/temporary_directory.hpp"

#include "2_plug/curl_multi_transport.hpp"
#include "2_plug/folder_store.hpp"
#include "2_plug/loop_executor.hpp"

#include <mde/adapter/beast_transport.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/adapter/memory_store.hpp>
#include <mde/adapter/tee_store.hpp>
#include <mde/service/in_process_transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace mde_test::matrix {

namespace net = boost::asio;

/// The one service that all combinations talk to, and another one that has no socket.
struct World {
    using Tokens = mde::exemplar::FixedToken;

    World() {
        prepare(real.emulator);
        prepare(unreal.emulator);
        const auto token = real.emulator.make_token(HttpsWorld::application(), now());
        unreal_token = unreal.emulator.make_token(HttpsWorld::application(), now());
        real_token = token;
    }

    static mde::Now now() { return mde::SystemClock().now(); }
    static void prepare(HttpsWorld::Emulator& emulator) {
        emulator.settings().quotas = mde::service::Feature::off;
        emulator.packages().put_for_all(mde::service::GeneratedPackage(300'001, 5));
    }
    static Tokens tokens(const std::string& text) {
        return {mde::AccessToken(mde::Secret(text), mde::no_deadline)};
    }

    HttpsWorld real;
    HttpsWorld unreal;
    std::string real_token;
    std::string unreal_token;
    ServiceThread service{real};
};

inline World& world() {
    static World one;
    return one;
}

/// SHA-256 of what is served.
inline mde::Sha256Digest served() {
    static const mde::Sha256Digest one = [] {
        std::vector<std::byte> bytes(300'001);
        mde::service::GeneratedPackage(300'001, 5).read(0, bytes);
        mde::OpensslSha256 hasher;
        hasher.update(bytes);
        return *hasher.finish();
    }();
    return one;
}

// Executors: each runs as long as the object is there.

class io_context {
  public:
    ~io_context() {
        work_.reset();
        io_.stop();
        thread_.join();
    }
    auto executor() { return io_.get_executor(); }

  private:
    net::io_context io_{1};
    net::executor_work_guard<net::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_{[this] { io_.run(); }};
};

class strand : public io_context {
  public:
    auto executor() { return strand_; }

  private:
    net::strand<net::io_context::executor_type> strand_{io_context::executor()};
};

class any_io_executor : public io_context {
  public:
    auto executor() { return net::any_io_executor(io_context::executor()); }
};

class thread_pool {
  public:
    ~thread_pool() {
        pool_.stop();
        pool_.join();
    }
    auto executor() { return pool_.get_executor(); }

  private:
    net::thread_pool pool_{3};
};

struct system_executor {
    auto executor() { return net::system_executor(); }
};

class own_class {
  public:
    ~own_class() {
        loop_.stop();
        thread_.join();
    }
    auto executor() { return loop_.get_executor(); }

  private:
    example::Loop loop_;
    std::thread thread_{[this] { loop_.run(); }};
};

// Transports: `made` lives as long as the executor's object.

template <class Executor>
struct beast {
    using Type = mde::BeastTransport<Executor>;

    explicit beast(const Executor& executor) : made(executor, trust()) {}
    static mde::MachineActionId action() {
        return world().service.ask([] { return world().real.finished_action(); });
    }
    static auto tokens() { return World::tokens(world().real_token); }
    static const mde::Settings& settings() { return world().real.settings; }

    Type made;
};

template <class Executor>
struct curl_multi : beast<Executor> {
    using Type = example::CurlMultiTransport<Executor>;

    explicit curl_multi(const Executor& executor)
        : beast<Executor>(executor), made(executor, authority().ca_pem()) {}

    Type made;
};

template <class Executor>
struct in_process {
    using Inner = mde::service::InProcessTransport<HttpsWorld::Emulator, mde::SystemClock>;
    using Type = PostingTransport<Inner, Executor>;

    explicit in_process(const Executor& executor) : made(inner, executor) {}
    static mde::MachineActionId action() { return world().unreal.finished_action(); }
    static auto tokens() { return World::tokens(world().unreal_token); }
    static const mde::Settings& settings() { return world().unreal.settings; }

    Inner inner{world().unreal.emulator, mde::SystemClock()};
    Type made;
};

// Stores: `stored` is what lies there in the end.

struct memory {
    mde::MemoryStore made;
    std::string stored(const mde::PackageKey& key) const {
        const auto found = made.find(key);
        if (!found) return {};
        return {reinterpret_cast<const char*>(found->bytes.data()), found->bytes.size()};
    }
};

struct file {
    TemporaryDirectory directory;
    mde::FileStore made = *mde::FileStore::in(directory.path());
    std::string stored(const mde::PackageKey& key) const {
        return directory.read(std::string(key.name().view()) + ".zip");
    }
};

struct tee {
    memory first;
    file second;
    mde::TeeStore<mde::MemoryStore, mde::FileStore> made{first.made, second.made};
    std::string stored(const mde::PackageKey& key) const {
        const std::string one = first.stored(key);
        return one == second.stored(key) ? one : std::string();
    }
};

struct own {
    TemporaryDirectory directory;
    example::FolderStore made{directory.path()};
    std::string stored(const mde::PackageKey& key) const {
        return directory.read(std::string(key.name().view()) + ".zip");
    }
};

/// Each step comes back by way of a thread of its own.
struct async {
    class Store {
      public:
        Store() = default;
        Store(const Store&) = delete;
        Store& operator=(const Store&) = delete;
        /// What the thread did for the handlers of this store, and their executors with it, is gone
        /// before the executors' contexts go.
        ~Store() { net::post(thread(), net::use_future).wait(); }

        class Writer {
          public:
            Writer() = default;
            explicit Writer(Store& store) : store_(&store) {}
            template <class Token>
            auto async_begin(const mde::PackagePart&, Token&& token) {
                return store_->later([](std::string& text) { text.clear(); },
                                     std::forward<Token>(token));
            }
            template <class Token>
            auto async_write(std::uint64_t, std::span<const std::byte> bytes, Token&& token) {
                return store_->later(
                    [bytes](std::string& text) {
                        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                    },
                    std::forward<Token>(token));
            }
            template <class Token>
            auto async_commit(const mde::Receipt&, Token&& token) {
                return store_->later([](std::string&) {}, std::forward<Token>(token));
            }
            void abort() noexcept {}

          private:
            Store* store_ = nullptr;
        };

        template <class Token>
        auto async_open(const mde::PackageKey&, Token&& token) {
            return net::async_initiate<Token, void(mde::error_code, Writer)>(
                [this](auto handler) {
                    net::post(thread(),
                              net::append(std::move(handler), mde::error_code(), Writer(*this)));
                },
                token);
        }

        /// All that was written.
        std::string kept;

      private:
        template <class Work, class Token>
        auto later(Work work, Token&& token) {
            return net::async_initiate<Token, void(mde::error_code)>(
                [this, work](auto handler) {
                    net::post(thread(), [this, work, handler = std::move(handler)]() mutable {
                        work(kept);
                        net::post(thread(), net::append(std::move(handler), mde::error_code()));
                    });
                },
                token);
        }

        /// One for all: somebody may still be waking it up when a store goes.
        static net::thread_pool& thread() {
            static net::thread_pool one(1);
            return one;
        }
    };

    Store made;
    std::string stored(const mde::PackageKey&) const { return made.kept; }
};

} // namespace mde_test::matrix

#endif

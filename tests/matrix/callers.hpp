// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_MATRIX_CALLERS_HPP
#define MDE_TESTS_MATRIX_CALLERS_HPP

/// @file
/// The same few operations over each transport, so that a list of cases is written once.

#include "support/https_world.hpp"
#include "support/service_thread.hpp"

#include "2_plug/blocking_tokens.hpp"
#include "2_plug/curl_easy_transport.hpp"
#include "2_plug/curl_multi_transport.hpp"

#include <mde/adapter/memory_store.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mde_test {

/// Whom a caller trusts, as what it signs in, and how it reaches the service.
struct CallerSetup {
    std::string ca_pem = authority().ca_pem();
    std::string secret = HttpsWorld::application().client_secret;
    mde::TransportOptions options;
};

/// What came of an operation, in words and numbers that all of them have.
struct Outcome {
    mde::error_code error;
    mde::Receipt receipt{};
    mde::Diagnostics diagnostics{};
};

/// One exchange without any flow.
struct RawAnswer {
    mde::error_code error;
    unsigned status = 0;
    std::string body{};
};

class Caller {
  public:
    virtual ~Caller() = default;
    virtual Outcome collect(mde::MemoryStore& store, mde::Duration limit) = 0;
    virtual Outcome fetch(const mde::MachineActionId& id, mde::MemoryStore& store,
                          mde::Duration limit) = 0;
    virtual RawAnswer get(const mde::HttpRequest& request, std::size_t piece) = 0;

    Outcome fetch(const mde::MachineActionId& id, mde::MemoryStore& store) {
        return fetch(id, store, 20s);
    }
};

using CallerMaker = std::unique_ptr<Caller> (*)(const mde::Settings&, CallerSetup);

inline mde::CollectInvestigationPackage wanted() {
    return {*mde::MachineId::parse(HttpsWorld::machine), "over each transport"};
}

/// A transport on an io_context that this thread runs.
template <class TransportT>
class AsyncCaller final : public Caller {
  public:
    template <class... Args>
    AsyncCaller(const mde::Settings& settings, const std::string& secret, Args&&... args)
        : transport_(io_.get_executor(), std::forward<Args>(args)...),
          credential_(settings, mde::client_secret(mde::Secret(secret)), transport_),
          client_(mde::make_client<mde::OpensslSha256>(settings, transport_, credential_)) {}

    Outcome collect(mde::MemoryStore& store, mde::Duration limit) override {
        return run(limit, [&](const mde::CallOptions& options, auto handler) {
            client_.async_collect_to_store(wanted(), store, options, std::move(handler));
        });
    }
    using Caller::fetch;
    Outcome fetch(const mde::MachineActionId& id, mde::MemoryStore& store,
                  mde::Duration limit) override {
        return run(limit, [&](const mde::CallOptions& options, auto handler) {
            client_.async_fetch(id, store, options, std::move(handler));
        });
    }

    RawAnswer get(const mde::HttpRequest& request, std::size_t piece) override {
        RawAnswer answer;
        typename TransportT::Exchange exchange;
        bool done = false;
        transport_.async_send(request, [&](mde::error_code ec, auto arrived) {
            answer.error = ec;
            exchange = std::move(arrived);
            done = true;
        });
        run_until(done);
        if (answer.error) return answer;
        answer.status = exchange.head().status();
        std::vector<std::byte> bytes(piece);
        for (std::size_t size = 1; size != 0 && !answer.error;) {
            done = false;
            exchange.async_read_some(bytes, [&](mde::error_code ec, std::size_t count) {
                answer.error = ec;
                size = count;
                done = true;
            });
            run_until(done);
            answer.body.append(reinterpret_cast<const char*>(bytes.data()), size);
        }
        return answer;
    }

  private:
    using Handler = std::function<void(mde::error_code, const mde::Receipt&)>;

    Outcome run(mde::Duration limit,
                const std::function<void(const mde::CallOptions&, Handler)>& start) {
        Outcome outcome;
        bool done = false;
        start({&outcome.diagnostics, limit}, [&](mde::error_code ec, const mde::Receipt& receipt) {
            outcome.error = ec;
            outcome.receipt = receipt;
            done = true;
        });
        run_until(done);
        return outcome;
    }

    void run_until(const bool& done) {
        io_.restart();
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (!done && std::chrono::steady_clock::now() < end) io_.run_one_for(100ms);
        if (!done) throw std::runtime_error("no completion");
    }

    boost::asio::io_context io_;
    TransportT transport_;
    mde::Credential<TransportT> credential_;
    decltype(mde::make_client<mde::OpensslSha256>(
        std::declval<mde::Settings>(), std::declval<TransportT&>(),
        std::declval<mde::Credential<TransportT>&>())) client_;
};

/// The blocking driver, with libcurl's easy handles.
class BlockingCaller final : public Caller {
  public:
    BlockingCaller(const mde::Settings& settings, CallerSetup setup)
        : settings_(settings),
          transport_(std::move(setup.ca_pem), std::move(setup.options)),
          tokens_(settings_, mde::client_secret(mde::Secret(setup.secret)), transport_) {}

    Outcome collect(mde::MemoryStore& store, mde::Duration limit) override {
        return run<mde::flow::CollectToStore<mde::OpensslSha256>>(store, limit, wanted());
    }
    using Caller::fetch;
    Outcome fetch(const mde::MachineActionId& id, mde::MemoryStore& store,
                  mde::Duration limit) override {
        return run<mde::flow::FetchPackage<mde::OpensslSha256>>(store, limit, id);
    }

    RawAnswer get(const mde::HttpRequest& request, std::size_t piece) override {
        auto sent = transport_.send(request);
        if (!sent) return {sent.error()};
        RawAnswer answer{{}, sent->head().status()};
        std::vector<std::byte> bytes(piece);
        for (;;) {
            const auto size = sent->read_some(bytes);
            if (!size) answer.error = size.error();
            if (!size || *size == 0) return answer;
            answer.body.append(reinterpret_cast<const char*>(bytes.data()), *size);
        }
    }

  private:
    using Transport = example::CurlEasyTransport;
    using Tokens = example::BlockingTokens<Transport>;

    template <class Flow, class... Args>
    Outcome run(mde::MemoryStore& store, mde::Duration limit, Args&&... args) {
        const mde::Ports<Transport, Tokens, mde::LocalQuotas, mde::SystemClock, mde::NoObserver,
                         mde::MemoryStore>
            ports{&transport_, &tokens_, &quotas_, &clock_, &observer_, &store};
        Outcome outcome;
        mde::flow::Context context;
        context.settings = &settings_;
        context.deadline = clock_.now().monotonic + limit;
        auto done = mde::run_blocking<Flow>(ports, context, outcome.diagnostics,
                                            std::forward<Args>(args)...);
        if (done)
            outcome.receipt = std::move(*done);
        else
            outcome.error = done.error();
        return outcome;
    }

    mde::Settings settings_;
    Transport transport_;
    Tokens tokens_;
    mde::LocalQuotas quotas_;
    mde::SystemClock clock_;
    mde::NoObserver observer_;
};

inline std::unique_ptr<Caller> beast_caller(const mde::Settings& settings, CallerSetup setup) {
    return std::make_unique<AsyncCaller<LoopbackTransport>>(
        settings, setup.secret, *mde::TlsContext::trusting(setup.ca_pem), std::move(setup.options));
}

inline std::unique_ptr<Caller> curl_multi_caller(const mde::Settings& settings, CallerSetup setup) {
    return std::make_unique<AsyncCaller<example::CurlMultiTransport<Executor>>>(
        settings, setup.secret, setup.ca_pem, std::move(setup.options));
}

inline std::unique_ptr<Caller> curl_easy_caller(const mde::Settings& settings, CallerSetup setup) {
    return std::make_unique<BlockingCaller>(settings, std::move(setup));
}

} // namespace mde_test

#endif

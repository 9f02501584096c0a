// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_CONNECTION_POOL_HPP
#define MDE_ADAPTER_DETAIL_CONNECTION_POOL_HPP

/// @file
/// Connections that wait for the next call to the same server, over TLS or bare as they were made.

#include <mde/adapter/detail/connection.hpp>
#include <mde/wire/http_message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// Connections between two exchanges. Distinct objects: safe. Shared objects: safe.
template <class Executor>
class ConnectionPool {
  public:
    using Ptr = std::shared_ptr<Connection<Executor>>;

    explicit ConnectionPool(std::size_t most_per_server) : most_(most_per_server) {}

    /// The one that was used last, so that the others can go stale in peace.
    Ptr take(Scheme scheme, std::string_view host, std::uint16_t port) {
        const std::lock_guard lock(mutex_);
        for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
            if (!(*it)->peer.is(scheme, host, port)) continue;
            Ptr connection = std::move(*it);
            idle_.erase(std::next(it).base());
            return connection;
        }
        return nullptr;
    }

    /// False if there are enough; the caller closes it then.
    bool give_back(const Ptr& connection) {
        const std::lock_guard lock(mutex_);
        const auto same = std::count_if(idle_.begin(), idle_.end(), [&](const Ptr& other) {
            const Peer& peer = connection->peer;
            return other->peer.is(peer.scheme, peer.host, peer.port);
        });
        if (static_cast<std::size_t>(same) >= most_) return false;
        idle_.push_back(connection);
        return true;
    }

  private:
    std::mutex mutex_;
    std::vector<Ptr> idle_;
    std::size_t most_;
};

} // namespace mde::inline MDE_ABI::detail

#endif

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_SESSION_CACHE_HPP
#define MDE_ADAPTER_DETAIL_SESSION_CACHE_HPP

/// @file
/// TLS sessions of servers whose certificate was verified, for the next connection to them.

#include <mde/adapter/detail/openssl_ptr.hpp>
#include <mde/adapter/detail/peer.hpp>
#include <mde/base/linkage.hpp>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <list>
#include <mutex>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// A session is found again for the same host and port only. One of TLS 1.3 is given out once
/// (RFC 8446 appendix C.4: nobody who listens shall tell that two connections belong together); one
/// of TLS 1.2 is good for more. None is given out after an hour, or once the certificate that it
/// stands for has run out. Distinct objects: safe. Shared objects: safe.
class SessionCache {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::hours life{1};
    /// Of the sessions of all servers, as a multiple of those of one.
    static constexpr std::size_t servers = 32;

    /// With none per server nothing is kept.
    explicit SessionCache(std::size_t most_per_server) noexcept : most_(most_per_server) {}

    bool is_off() const noexcept { return most_ == 0; }

    /// The newest one of that server; null if there is none.
    OpensslPtr<SSL_SESSION> take(const Peer& peer, Time now);

    /// Takes a session of a connection that stands; the oldest one makes room.
    void put(const Peer& peer, OpensslPtr<SSL_SESSION> session, Time now);

  private:
    struct Entry {
        Peer peer;
        OpensslPtr<SSL_SESSION> session;
        Time put;
    };

    static OpensslPtr<SSL_SESSION> share(SSL_SESSION* session) noexcept;

    static bool is_for_many(const SSL_SESSION* session) noexcept;

    static bool is_good(const Entry& entry, Time now) noexcept;

    std::mutex mutex_;
    /// The newest at the end.
    std::list<Entry> entries_;
    const std::size_t most_;
};

/// What a TLS connection knows of the cache: its own corner.
struct SessionCorner {
    SessionCache* cache = nullptr;
    const Peer* peer = nullptr;

    OpensslPtr<SSL_SESSION> take() const;
};

/// Called by OpenSSL for each session that a server hands out, after the handshake: with TLS 1.3
/// in the course of reading. 1 means that the session is ours now.
MDE_DECL int keep_session(SSL* ssl, SSL_SESSION* session) noexcept;

/// OpenSSL keeps no sessions of its own; it hands them to `keep_session()`.
MDE_DECL void hand_out_sessions(SSL_CTX* context) noexcept;

#if MDE_DEFINITIONS

MDE_DECL OpensslPtr<SSL_SESSION> SessionCache::take(const Peer& peer, Time now) {
    const std::lock_guard lock(mutex_);
    for (auto it = entries_.rbegin(); it != entries_.rend();) {
        const bool fits = it->peer == peer;
        if (!fits && is_good(*it, now)) {
            ++it;
            continue;
        }
        OpensslPtr<SSL_SESSION> session = share(it->session.get());
        const bool good = is_good(*it, now);
        if (!good || !is_for_many(session.get()))
            it = std::make_reverse_iterator(entries_.erase(std::next(it).base()));
        if (fits && good) return session;
    }
    return nullptr;
}

MDE_DECL void SessionCache::put(const Peer& peer, OpensslPtr<SSL_SESSION> session, Time now) {
    if (is_off() || SSL_SESSION_is_resumable(session.get()) != 1) return;
    const std::lock_guard lock(mutex_);
    const auto same = [&](const Entry& entry) { return entry.peer == peer; };
    if (static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), same)) == most_)
        entries_.erase(std::find_if(entries_.begin(), entries_.end(), same));
    if (entries_.size() == most_ * servers) entries_.pop_front();
    entries_.push_back({peer, std::move(session), now});
}

MDE_DECL OpensslPtr<SSL_SESSION> SessionCache::share(SSL_SESSION* session) noexcept {
    SSL_SESSION_up_ref(session);
    return OpensslPtr<SSL_SESSION>(session);
}

MDE_DECL bool SessionCache::is_for_many(const SSL_SESSION* session) noexcept {
    return SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION;
}

MDE_DECL bool SessionCache::is_good(const Entry& entry, Time now) noexcept {
    SSL_SESSION* session = entry.session.get();
    X509* certificate = SSL_SESSION_get0_peer(session);
    // Zero means that the date cannot be read.
    const bool runs_out =
        certificate != nullptr && X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0;
    return !runs_out && now - entry.put < life && SSL_SESSION_is_resumable(session) == 1;
}

MDE_DECL OpensslPtr<SSL_SESSION> SessionCorner::take() const {
    return cache->take(*peer, std::chrono::steady_clock::now());
}

MDE_DECL int keep_session(SSL* ssl, SSL_SESSION* session) noexcept {
    const auto* corner = static_cast<const SessionCorner*>(SSL_get_app_data(ssl));
    if (corner == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return 0;
    OpensslPtr<SSL_SESSION> kept(session);
    try {
        corner->cache->put(*corner->peer, std::move(kept), std::chrono::steady_clock::now());
    } catch (...) {
        // Out of memory inside a callback of C: the session is lost, no more.
    }
    return 1;
}

MDE_DECL void hand_out_sessions(SSL_CTX* context) noexcept {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &keep_session);
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif

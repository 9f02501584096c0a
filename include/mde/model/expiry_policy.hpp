// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_EXPIRY_POLICY_HPP
#define MDE_MODEL_EXPIRY_POLICY_HPP

/// @file
/// How long a link may be used, when the link itself does not say, or says.

#include <mde/base/chrono.hpp>
#include <mde/base/time.hpp>

#include <optional>

namespace mde::inline MDE_ABI {

/// Whether the links of a call say when they end.
enum class LinkLife {
    /// Not as far as known. If one does all the same, the earlier of its word and the assumption
    /// counts.
    assumed,
    /// They do, by the documentation, and their word counts alone. The assumption is left for one
    /// that says nothing.
    declared,
};

/// What is known of a link's life. `requested` is when the request for it was *sent*: the link may
/// be as old as that.
struct LinkTimes {
    /// By both of our clocks.
    Now requested;
    /// The server's clock, from the `Date` of the answer that held the link; whole seconds.
    std::optional<UtcTime> server_date;
    /// `st` of an Azure SAS.
    std::optional<UtcTime> declared_start;
    /// `se` of an Azure SAS.
    std::optional<UtcTime> declared_expiry;
    /// Of the links of that call.
    LinkLife life = LinkLife::assumed;
};

/// The default policy. The service says only "very short" of the package link, and the one figure
/// ever reported is a minute; the links of Azure Storage declare their end; see `LinkLife`.
/// Declared times are read with the server's clock where its `Date` is known. Absurd values end at
/// the ends of the time-line.
struct ExpiryPolicy {
    /// Life of a link, counted from the moment the request for it was sent.
    Duration assumed_life = std::chrono::seconds(60);
    /// A link with less than this left is refused: it would die on the way.
    Duration margin = std::chrono::seconds(2);

    /// When the link ends, on the time-line of `times.requested`.
    constexpr MonotonicTime expires_at(const LinkTimes& times) const noexcept {
        const MonotonicTime assumed = saturating_add(times.requested.monotonic, assumed_life);
        if (!times.declared_expiry) return assumed;
        const MonotonicTime declared = on_timeline(*times.declared_expiry, times);
        return times.life == LinkLife::declared || declared < assumed ? declared : assumed;
    }

    /// When the link begins; without a declared start, when it was asked for. The second that the
    /// end is moved forward is given back: here the cautious side is the later one.
    constexpr MonotonicTime starts_at(const LinkTimes& times) const noexcept {
        if (!times.declared_start) return times.requested.monotonic;
        const MonotonicTime declared =
            saturating_add(on_timeline(*times.declared_start, times), std::chrono::seconds(1));
        return declared < times.requested.monotonic ? times.requested.monotonic : declared;
    }

  private:
    /// The earliest moment at which the server's clock can show `declared`. Its `Date` has whole
    /// seconds and may have been written right after the request left: a second is taken off.
    static constexpr MonotonicTime on_timeline(UtcTime declared, const LinkTimes& times) noexcept {
        const UtcTime reference = times.server_date
                                      ? saturating_add(*times.server_date, std::chrono::seconds(1))
                                      : times.requested.utc;
        return saturating_add(times.requested.monotonic, saturating_span(declared, reference));
    }
};

} // namespace mde::inline MDE_ABI

#endif

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_FAULT_SCRIPT_HPP
#define MDE_SERVICE_FAULT_SCRIPT_HPP

/// @file
/// What is to go wrong, and when: "the second link request is answered with 429".

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/port/http_handler.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// How an answer is falsified.
enum class Distortion {
    /// It is not.
    none,
    /// JSON that breaks off in the middle; its length is the one declared.
    garbled_json,
    /// An HTML page with the status 200, as captive portals send it.
    html_page,
    /// The connection is dropped without an answer. Without a `status` the request took place: a
    /// collection may have begun that nobody was told of.
    no_answer,
    /// `get_link`: the link was born expired. `download`: the link is taken for expired.
    expired_link,
    /// `download`: the package has another ETag from this request on.
    changed_etag,
};

/// Whether a request whose answer is replaced did its work before.
enum class Effect {
    /// It did not.
    none,
    /// It did.
    takes_place,
};

/// One fault. The first one of a script that matches a request is applied.
struct Fault {
    /// Requests are counted per stage; those that match no call are `Stage::other`.
    Stage stage = Stage::other;
    /// Which request of that stage: 1 is the next one after the fault was added.
    unsigned first = 1;
    /// How many in a row; 0: all from then on.
    unsigned count = 1;

    /// Answer with this status instead.
    std::optional<unsigned> status{};
    /// The answer's `Retry-After`: seconds or a date.
    std::string retry_after{};
    /// The body, instead of an error that fits the status.
    std::optional<std::string> body{};
    /// Header fields, in place of those of the same name; an empty value removes one.
    std::vector<std::pair<std::string, std::string>> fields{};
    /// With `status`: a collection that is answered with 502 may have begun all the same.
    Effect effect = Effect::none;

    /// How to falsify it.
    Distortion distortion = Distortion::none;
    /// Wait before the head.
    Duration delay{};
    /// Drop the connection after so many bytes of the body.
    std::optional<std::uint64_t> cut_after{};
    /// Mark the end of the body in this way.
    std::optional<ReplyFraming> framing{};
};

/// A list of faults and the counts that they need. Distinct objects: safe. Shared objects: unsafe.
class FaultScript {
  public:
    /// Its counts begin now.
    void add(Fault fault);
    /// Takes all faults out; counts go on.
    void clear() noexcept { entries_.clear(); }

    /// Counts one request; the fault that it meets, if any.
    std::optional<Fault> next(Stage stage);

  private:
    struct Entry {
        Fault fault;
        std::size_t base;
    };

    static std::size_t index_of(Stage stage) noexcept { return static_cast<std::size_t>(stage); }

    static bool meets(const Entry& entry, std::size_t number) noexcept;

    std::vector<Entry> entries_;
    std::array<std::size_t, static_cast<std::size_t>(Stage::other) + 1> seen_{};
};

#if MDE_DEFINITIONS

MDE_DECL void FaultScript::add(Fault fault) {
    const std::size_t base = seen_[index_of(fault.stage)];
    entries_.push_back({std::move(fault), base});
}

MDE_DECL std::optional<Fault> FaultScript::next(Stage stage) {
    const std::size_t number = ++seen_[index_of(stage)];
    for (const Entry& entry : entries_)
        if (entry.fault.stage == stage && meets(entry, number)) return entry.fault;
    return std::nullopt;
}

MDE_DECL bool FaultScript::meets(const Entry& entry, std::size_t number) noexcept {
    const std::size_t begin = entry.base + entry.fault.first;
    return number >= begin && (entry.fault.count == 0 || number < begin + entry.fault.count);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif

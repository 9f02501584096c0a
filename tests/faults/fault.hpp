// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_FAULT_HPP
#define MDE_TESTS_FAULTS_FAULT_HPP

/// @file
/// One way in which one request can go wrong, as a value.

#include <mde/base/error.hpp>
#include <mde/base/time.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/wire/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mde_test::faults {

/// A request of a job, by what its answer is for.
enum class Step {
    token,
    device_code,
    device_poll,
    metadata,
    collect,
    /// The same where the answer is a refusal: another one runs.
    refused_collect,
    /// The list that is read to find out what became of a collection.
    search,
    list,
    /// Looks at an action until it has ended.
    watch,
    /// The one look before a link is asked for.
    look,
    /// The look that says why a link was refused.
    sort,
    get_link,
    /// Of an action that was not seen to end just now.
    other_link,
    /// There is none yet.
    refused_link,
    live_link,
    export_links,
    cancel,
    /// There are other links.
    download,
    /// There is no other link.
    only_download,
    /// Of a content that does not prove its own end.
    blob,
    /// Goes on behind what is there.
    rest,
    /// One of several parts at the same time.
    segment,
};

inline constexpr std::string_view step_names[] = {
    "token",         "device_code",  "device_poll", "metadata",     "collect", "refused_collect",
    "search",        "list",         "watch",       "look",         "sort",    "get_link",
    "other_link",    "refused_link", "live_link",   "export_links", "cancel",  "download",
    "only_download", "blob",         "rest",        "segment"};

/// A set of steps.
using Steps = unsigned;

constexpr Steps at(auto... steps) noexcept { return ((1u << static_cast<unsigned>(steps)) | ...); }
constexpr bool holds(Steps steps, Step step) noexcept {
    return (steps >> static_cast<unsigned>(step) & 1u) != 0;
}

inline constexpr Steps anywhere = ~0u;
inline constexpr Steps sign_ins =
    at(Step::token, Step::device_code, Step::device_poll, Step::metadata);
inline constexpr Steps zip_downloads =
    at(Step::download, Step::only_download, Step::rest, Step::segment);
inline constexpr Steps downloads = zip_downloads | at(Step::blob);
/// Those that a 206 is the answer to.
inline constexpr Steps parts = at(Step::rest, Step::segment);
inline constexpr Steps wholes = downloads & ~parts;
inline constexpr Steps lists = at(Step::search, Step::list);
inline constexpr Steps looks = at(Step::watch, Step::look, Step::sort);
inline constexpr Steps package_link = at(Step::get_link, Step::other_link);
inline constexpr Steps one_link = package_link | at(Step::live_link);
inline constexpr Steps json_answers = anywhere & ~downloads;
inline constexpr Steps api_calls = json_answers & ~sign_ins;

/// How far the request gets before its answer goes wrong.
enum class Reach {
    /// Nothing of it was sent.
    unsent,
    /// It was sent, and did nothing.
    undone,
    /// It did its work.
    done,
};

/// What a fault means to whoever meets it; the table of ends is written in these terms.
enum class Sort {
    /// As good as no fault.
    harmless,
    /// The way there may pass: nothing was sent.
    no_way,
    /// The way back broke.
    lost,
    /// 429 and 503: turned away, and told to come again.
    turned_away,
    /// 500, 502 and 504: it may have been done all the same.
    unclear,
    /// A head that is none, or a body that is not read to its end: nobody knows what it was.
    bad_head,
    /// A body that cannot be read.
    unreadable,
    not_found,
    /// Not finished, as it says.
    not_yet,
    unauthorized,
    /// A list whose pages lead to each other.
    endless,
    /// Nothing to be tried again.
    final,
    /// A link is refused by its host.
    dead_link,
    /// It says that it is not the part that was asked for: the whole is asked for then.
    other_part,
    /// What came is provably no package.
    other_bytes,
    /// It ended in the orderly way, but short of the end that the package itself has.
    short_package,
    /// A link that leads where none may lead, or that is none.
    bad_link,
    /// Longer than anybody waits: the job gives up at once.
    too_late,
};

/// Where a body breaks, as a part of what was to come.
enum class Place {
    start,
    first,
    half,
    before_last,
    last,
};

constexpr std::size_t place_in(std::size_t size, Place place) noexcept {
    switch (place) {
    case Place::start: return 0;
    case Place::first: return size < 1 ? size : 1;
    case Place::half: return size / 2;
    case Place::before_last: return size == 0 ? 0 : size - 1;
    case Place::last: break;
    }
    return size;
}

/// How it breaks there.
enum class Break {
    none,
    /// The connection is reset.
    reset,
    /// The connection ends without the end of the body.
    truncated,
    /// Nothing more comes.
    stall,
    /// A byte a second.
    drip,
    /// It ends in the orderly way.
    short_end,
};

/// An answer on its way back, to be changed.
struct Tampering {
    Step step;
    const mde::HttpRequest& request;
    mde::HttpReply& reply;
    mde::Now now;
    /// Whatever must not be shown of this request: its token, its form's proof, its link.
    const std::vector<std::string>& secrets;
    /// Puts another package in the place of this one; both are known as good.
    const std::function<void()>& renew_package;
};

struct Fault {
    std::string name;
    Sort sort = Sort::final;
    Steps steps = anywhere;
    /// What the job ends with if it ends by this; none: see the table.
    std::optional<mde::errc> error{};
    Reach reach = Reach::done;
    /// Instead of a head.
    std::optional<mde::errc> no_head{};
    mde::Duration delay{};
    std::function<void(Tampering&)> change{};
    Break how = Break::none;
    Place place = Place::start;
    /// When it is over a link of the assumed life is dead.
    bool outlives_links = false;
};

/// Which requests meet it.
enum class Lasting {
    /// One.
    once,
    /// From that one on every one of the same step.
    step,
    /// From that one on every one.
    all,
};
inline constexpr std::string_view lasting_names[] = {"once", "step", "all"};

} // namespace mde_test::faults

#endif

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_ENDS_HPP
#define MDE_TESTS_FAULTS_ENDS_HPP

/// @file
/// The declared end of a job, by the request that went wrong, how, and for how long.

#include "faults/fault.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

namespace mde_test::faults {

/// The ends that are right: as without a fault, by the fault's own error, or by another one.
struct Ends {
    bool good = false;
    bool own = false;
    std::vector<mde::errc> others{};

    bool allow(const mde::error_code& error, const mde::error_code& without,
               const Fault& fault) const {
        if (good && error == without) return true;
        if (own && fault.error && error == *fault.error) return true;
        return std::any_of(others.begin(), others.end(),
                           [&](mde::errc other) { return error == other; });
    }
};

inline const Ends well{true, false, {}};
inline const Ends by_itself{false, true, {}};
inline Ends by(std::initializer_list<mde::errc> errors) { return {false, false, errors}; }
inline Ends by_itself_or(std::initializer_list<mde::errc> errors) { return {false, true, errors}; }

/// Of one row the first that fits is taken.
struct Row {
    Steps steps;
    unsigned sorts;
    /// Of these only; nothing: whatever it reached.
    std::optional<Reach> reach;
    Ends once, step, all;
};

constexpr unsigned of(auto... sorts) noexcept {
    return ((1u << static_cast<unsigned>(sorts)) | ...);
}

inline constexpr unsigned every_sort = ~0u;
inline constexpr unsigned passing = of(Sort::no_way, Sort::lost, Sort::turned_away, Sort::unclear);

inline constexpr unsigned unread = of(Sort::bad_head, Sort::unreadable, Sort::short_package);

inline std::vector<Row> rows_of_sign_in() {
    using mde::errc;
    const Ends expired = by({errc::device_code_expired});
    const Ends nobody = by({errc::credential_unavailable});
    const Ends refused = by_itself_or({errc::sign_in_refused});
    return {
        // A poll that fails is made again while the code lives. Was its answer the one with the
        // token, then the code is spent.
        {at(Step::device_poll), of(Sort::lost, Sort::unclear), Reach::done,
         Ends{true, false, {errc::device_code_expired}}, expired, expired},
        {at(Step::device_poll), passing, {}, well, expired, expired},
        {at(Step::device_poll), of(Sort::too_late), {}, expired, expired, expired},
        // "Not yet" comes with a status that is a refusal, if its words cannot be read.
        {at(Step::device_poll),
         of(Sort::unreadable, Sort::short_package),
         {},
         refused,
         refused,
         refused},
        // Where nobody answers is no metadata service.
        {at(Step::metadata), of(Sort::no_way, Sort::lost), {}, nobody, nobody, nobody},
        {sign_ins, passing, {}, well, by_itself, by_itself},
    };
}

inline std::vector<Row> rows_of_collections() {
    using mde::errc;
    const Ends unknown = by({errc::outcome_unknown});
    const Ends running = by({errc::already_running});
    const Ends refused = by({errc::request_refused});
    const unsigned unclear = of(Sort::lost, Sort::unclear, Sort::bad_head);
    return {
        // The list shows what came of it, unless it cannot be read either.
        {at(Step::collect), unclear | unread, Reach::done, well, well, unknown},
        {at(Step::collect), unclear | unread, Reach::undone, well, unknown, unknown},
        {at(Step::refused_collect), unclear, {}, well, unknown, unknown},
        // It is known that nothing has begun, though not why.
        {at(Step::refused_collect), unread, {}, refused, refused, refused},
        // Nobody knows more than the first answer said.
        {at(Step::search), passing | of(Sort::unauthorized), {}, well, running, running},
        {at(Step::search), every_sort, {}, running, running, running},
        // It is not looked for what came of it: the caller reads the action.
        {at(Step::cancel), unclear | unread, {}, unknown, unknown, unknown},
    };
}

inline std::vector<Row> rows_of_looks() {
    using mde::errc;
    const Ends gone = by({errc::action_not_found});
    const Ends either = by_itself_or({errc::action_not_found});
    const Ends no = by({errc::not_found});
    const Ends late = by({errc::deadline_exceeded});
    const Ends no_link = by_itself_or({errc::malformed_link, errc::malformed_answer});
    return {
        // The first answer said 404; the second one could have said why.
        {at(Step::sort), passing | of(Sort::unauthorized), {}, well, no, no},
        {at(Step::sort), of(Sort::not_found), {}, gone, gone, gone},
        {at(Step::sort), every_sort, {}, no, no, no},
        {at(Step::refused_link), of(Sort::unreadable, Sort::short_package), {}, well, well, no},
        {at(Step::refused_link), of(Sort::not_found), {}, well, well, gone},
        // An action may be unknown for a while.
        {at(Step::watch), of(Sort::not_found), {}, well, gone, gone},
        {at(Step::look), of(Sort::not_found), {}, gone, gone, gone},
        {at(Step::watch), of(Sort::not_yet), {}, well, late, late},
        // What has only just ended is not believed to have brought nothing.
        {at(Step::other_link), of(Sort::not_found), {}, by_itself, by_itself, either},
        {one_link, of(Sort::not_found), {}, well, by_itself, either},
        {one_link, of(Sort::unreadable), {}, no_link, no_link, no_link},
        {at(Step::list), of(Sort::endless), {}, well, by_itself, by_itself},
    };
}

inline std::vector<Row> rows_of_downloads() {
    using mde::errc;
    const Ends incomplete = by({errc::zip_incomplete, errc::not_a_package});
    const Ends early = by({errc::body_truncated});
    // What takes an hour each time ends with the deadline.
    const Ends out = by_itself_or({errc::deadline_exceeded});
    const Ends perhaps{true, true, {errc::deadline_exceeded}};
    return {
        {at(Step::only_download), of(Sort::dead_link), {}, by_itself, by_itself, by_itself},
        {downloads | package_link, of(Sort::dead_link), {}, well, by_itself, by_itself},
        // What cannot be had in parts is asked for as a whole; what broke behind its last byte is
        // there.
        {at(Step::segment), of(Sort::lost), {}, well, perhaps, perhaps},
        {at(Step::segment), of(Sort::final), {}, perhaps, by_itself, by_itself},
        {downloads, of(Sort::lost), {}, well, out, out},
        {parts, of(Sort::other_part), {}, well, well, well},
        {parts, of(Sort::short_package), {}, well, early, early},
        {zip_downloads, of(Sort::short_package), {}, incomplete, incomplete, incomplete},
    };
}

/// Holds for every step that is not spoken of above.
inline std::vector<Row> rows_of_all() {
    return {
        {anywhere, passing | of(Sort::unauthorized), {}, well, by_itself, by_itself},
        {anywhere, every_sort, {}, by_itself, by_itself, by_itself},
    };
}

inline const std::vector<Row>& table_of_ends() {
    static const std::vector<Row> table = [] {
        std::vector<Row> all{{anywhere, of(Sort::harmless), {}, well, well, well}};
        for (auto* rows :
             {rows_of_sign_in, rows_of_collections, rows_of_looks, rows_of_downloads, rows_of_all})
            for (Row& row : rows()) all.push_back(std::move(row));
        return all;
    }();
    return table;
}

inline const Ends& declared_ends(Step step, const Fault& fault, Lasting lasting) {
    if (step == Step::only_download && fault.outlives_links) return by_itself;
    for (const Row& row : table_of_ends()) {
        const bool fits = holds(row.steps, step) &&
                          (row.sorts >> static_cast<unsigned>(fault.sort) & 1u) != 0 &&
                          (!row.reach || *row.reach == fault.reach);
        if (!fits) continue;
        return lasting == Lasting::once ? row.once : lasting == Lasting::step ? row.step : row.all;
    }
    return by_itself;
}

} // namespace mde_test::faults

#endif

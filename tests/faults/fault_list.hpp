// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_FAULT_LIST_HPP
#define MDE_TESTS_FAULTS_FAULT_LIST_HPP

/// @file
/// Everything that goes wrong: the way, statuses, bodies, and what only one kind of answer can do.

#include "faults/fault.hpp"

#include <mde/base/bounds.hpp>
#include <mde/wire/odata.hpp>
#include <mde/wire/token_codec.hpp>

#include <chrono>
#include <iterator>
#include <utility>

namespace mde_test::faults {

using namespace std::chrono_literals;
using mde::errc;

/// An error in the words of whoever was asked.
inline void refuse(Tampering& t, unsigned status, std::string code = "ScriptedFault",
                   std::string message = "A fault of a test.", std::string target = "t-1") {
    t.reply = mde::HttpReply();
    t.reply.status = status;
    if (holds(downloads, t.step)) {
        t.reply.body = "AuthenticationFailed " + message;
        t.reply.add_field("Content-Type", "text/plain");
        return;
    }
    t.reply.add_field("Content-Type", "application/json");
    t.reply.body = holds(sign_ins, t.step)
                       ? mde::wire::encode_token_error(
                             {std::move(code), std::move(message), std::move(target), 90033})
                       : mde::wire::encode_service_error(
                             {std::move(code), std::move(message), std::move(target)});
}

inline void append(std::vector<Fault>& all, std::vector<Fault> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

/// The way there and back: what a transport says in place of a head.
inline std::vector<Fault> faults_of_the_way() {
    const auto no_head = [](std::string name, Sort sort, errc error, Reach reach,
                            mde::Duration delay = {}) {
        return Fault{std::move(name), sort, anywhere, error, reach, error, delay};
    };
    std::vector<Fault> all{
        no_head("connection refused", Sort::no_way, errc::unreachable, Reach::unsent),
        no_head("connecting takes for ever", Sort::no_way, errc::unreachable, Reach::unsent, 10s),
        no_head("name without address", Sort::no_way, errc::host_not_found, Reach::unsent),
        no_head("no TLS", Sort::no_way, errc::tls_failed, Reach::unsent, 10s),
        no_head("certificate expired", Sort::final, errc::certificate_expired, Reach::unsent),
        no_head("certificate of another host", Sort::final, errc::certificate_wrong_host,
                Reach::unsent),
        no_head("reset before the request is read", Sort::lost, errc::connection_lost,
                Reach::undone),
        no_head("reset before the head", Sort::lost, errc::connection_lost, Reach::done),
        no_head("stall before the request is read", Sort::lost, errc::timed_out, Reach::undone,
                30s),
        no_head("stall before the head", Sort::lost, errc::timed_out, Reach::done, 30s),
        no_head("stall before the head longer than the call may take", Sort::lost, errc::timed_out,
                Reach::done, 1h),
        no_head("garbage for a head", Sort::bad_head, errc::malformed_head, Reach::done),
        no_head("garbage from a stranger", Sort::bad_head, errc::malformed_head, Reach::undone),
    };
    for (Fault& fault : all) fault.outlives_links = fault.delay > 1min;
    return all;
}

/// Bodies that break at each class of byte, under each framing.
inline std::vector<Fault> faults_of_the_body() {
    std::vector<Fault> all;
    const auto add = [&](std::string name, Break how, Place place, mde::ReplyFraming framing,
                         Sort sort, errc error) {
        const bool proves = framing != mde::ReplyFraming::by_close;
        Fault fault{std::move(name), sort, proves ? anywhere : anywhere & ~at(Step::blob), error};
        fault.change = [framing](Tampering& t) { t.reply.framing = framing; };
        fault.how = how;
        fault.place = place;
        all.push_back(std::move(fault));
    };
    constexpr std::pair<Place, const char*> places[] = {
        {Place::start, "byte 0"},
        {Place::first, "byte 1"},
        {Place::half, "half"},
        {Place::before_last, "the byte before last"},
        {Place::last, "the last byte"}};
    constexpr std::pair<mde::ReplyFraming, const char*> framings[] = {
        {mde::ReplyFraming::by_length, " of a declared length"},
        {mde::ReplyFraming::by_chunks, " of chunks"},
        {mde::ReplyFraming::by_close, " without a declared end"}};
    for (const auto& [framing, about] : framings)
        for (const auto& [place, where] : places) {
            const std::string there = std::string(" at ") + where + about;
            const bool loses_nothing =
                framing == mde::ReplyFraming::by_length && place == Place::last;
            const Sort sort = loses_nothing ? Sort::harmless : Sort::lost;
            add("reset" + there, Break::reset, place, framing, sort, errc::connection_lost);
            add("truncated" + there, Break::truncated, place, framing, sort, errc::body_truncated);
            if (place != Place::first)
                add("stall" + there, Break::stall, place, framing, sort, errc::timed_out);
        }
    for (const auto& [place, where] : places)
        add(std::string("orderly end at ") + where + framings[2].second, Break::short_end, place,
            framings[2].first, place == Place::last ? Sort::harmless : Sort::short_package,
            errc::malformed_answer);
    Fault endless{"a blob without a declared end", Sort::final, at(Step::blob),
                  errc::malformed_answer};
    endless.change = [](Tampering& t) { t.reply.framing = mde::ReplyFraming::by_close; };
    all.push_back(std::move(endless));
    for (const auto& [framing, about] : framings)
        add(std::string("drip") + about, Break::drip, Place::start, framing, Sort::lost,
            errc::timed_out);
    return all;
}

/// An answer with another status than the one due.
inline Fault status_fault(unsigned status, Sort sort, errc error, Steps steps = anywhere,
                          Reach reach = Reach::undone, std::string more = {},
                          std::vector<std::pair<std::string, std::string>> fields = {}) {
    Fault fault{"status " + std::to_string(status) + std::move(more), sort, steps, error, reach};
    fault.change = [status, fields = std::move(fields)](Tampering& t) {
        refuse(t, status);
        for (const auto& [name, value] : fields) t.reply.add_field(name, value);
    };
    return fault;
}

inline std::vector<Fault> faults_of_redirects() {
    std::vector<Fault> all;
    for (const auto& [to, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"https://elsewhere.example/x", " to another host"},
             {"http://api.securitycenter.microsoft.com/x", " to cleartext"},
             {"/elsewhere", " to a path"},
             {"https://user@api.securitycenter.microsoft.com/", " with a user"},
             {"https://127.0.0.1/", " to an address"},
             {"", " to nowhere"}})
        for (const unsigned status : {301u, 302u, 307u})
            all.push_back(status_fault(status, Sort::final, errc::redirect_refused, anywhere,
                                       Reach::undone, name, {{"Location", to}}));
    for (const unsigned status : {300u, 304u, 305u}) {
        all.push_back(status_fault(status, Sort::final, errc::redirect_refused, json_answers));
        all.push_back(status_fault(status, Sort::final, errc::unexpected_status, downloads));
    }
    return all;
}

/// What is refused for good, each by its own name.
inline std::vector<Fault> faults_of_refusals() {
    std::vector<Fault> all;
    for (const auto& [status, error] :
         std::initializer_list<std::pair<unsigned, errc>>{{400, errc::request_refused},
                                                          {403, errc::forbidden},
                                                          {405, errc::unexpected_status},
                                                          {406, errc::unexpected_status},
                                                          {408, errc::unexpected_status},
                                                          {409, errc::unexpected_status},
                                                          {412, errc::unexpected_status},
                                                          {413, errc::unexpected_status},
                                                          {416, errc::unexpected_status},
                                                          {418, errc::unexpected_status},
                                                          {451, errc::unexpected_status}})
        all.push_back(status_fault(status, Sort::final, error, api_calls));
    all.push_back(status_fault(401, Sort::unauthorized, errc::unauthorized, api_calls));
    all.push_back(status_fault(404, Sort::not_found, errc::not_found, api_calls));
    all.push_back(status_fault(410, Sort::final, errc::unexpected_status, api_calls));
    for (const unsigned status : {400u, 401u, 403u})
        all.push_back(status_fault(status, Sort::final, errc::sign_in_refused, sign_ins));
    for (const unsigned status : {404u, 410u}) {
        const Steps polite = sign_ins & ~at(Step::metadata);
        const errc error = status == 404 ? errc::not_found : errc::unexpected_status;
        all.push_back(status_fault(status, Sort::final, error, polite));
        all.push_back(
            status_fault(status, Sort::turned_away, errc::service_unavailable, at(Step::metadata)));
    }
    for (const unsigned status : {400u, 401u, 403u, 404u, 410u})
        all.push_back(status_fault(status, Sort::dead_link, errc::link_dead, downloads));
    for (const unsigned status : {204u, 205u, 226u, 405u, 408u, 409u, 418u})
        all.push_back(status_fault(status, Sort::final, errc::unexpected_status, downloads));
    for (const unsigned status : {206u, 412u, 416u}) {
        all.push_back(status_fault(status, Sort::final, errc::unexpected_status, wholes));
        all.push_back(status_fault(status, Sort::other_part, errc::unexpected_status, parts));
    }
    for (const unsigned status : {99u, 100u, 101u, 103u, 199u, 600u, 999u})
        all.push_back(status_fault(status, Sort::final, errc::unexpected_status));
    return all;
}

inline std::vector<Fault> faults_of_busy_servers() {
    std::vector<Fault> all;
    const auto add = [&](unsigned status, Sort sort, errc error, Reach reach, std::string more,
                         std::vector<std::pair<std::string, std::string>> fields) {
        all.push_back(
            status_fault(status, sort, error, anywhere, reach, std::move(more), std::move(fields)));
        all.back().outlives_links = all.back().name.ends_with(" 90 s");
    };
    for (const auto& [wait, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"0", " come again at once"},
             {"7", " come again in 7 s"},
             {"  7 ", " come again in 7 s with blanks"},
             {"90", " come again in 90 s"},
             {"-5", " come again before"},
             {"1.5", " come again in half seconds"},
             {"soon", " come again soon"},
             {"", " come again without a time"},
             {"Wed, 01 May 2024 00:00:40 GMT", " come again at a time that may be past"},
             {"Thu, 99 Foo 2024 00:00:40 GMT", " come again at no time"}}) {
        add(429, Sort::turned_away, errc::throttled, Reach::undone, name, {{"Retry-After", wait}});
        add(503, Sort::turned_away, errc::service_unavailable, Reach::undone, name,
            {{"Retry-After", wait}});
    }
    for (const char* wait :
         {"999999", "99999999999999999999999", "Fri, 31 Dec 2999 23:59:59 GMT"}) {
        add(429, Sort::too_late, errc::throttled, Reach::undone, std::string(" not before ") + wait,
            {{"Retry-After", wait}});
        add(503, Sort::too_late, errc::service_unavailable, Reach::undone,
            std::string(" not before ") + wait, {{"Retry-After", wait}});
    }
    add(429, Sort::turned_away, errc::throttled, Reach::undone, "", {});
    add(503, Sort::turned_away, errc::service_unavailable, Reach::undone, "", {});
    for (const unsigned status : {500u, 501u, 502u, 504u, 507u, 599u}) {
        add(status, Sort::unclear, errc::service_unavailable, Reach::undone, " undone", {});
        add(status, Sort::unclear, errc::service_unavailable, Reach::done, " although it was done",
            {});
    }
    return all;
}

} // namespace mde_test::faults

#endif

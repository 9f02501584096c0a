// SPDX-License-Identifier: BSL-1.0
#include <mde/base/error.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace mde;

namespace {

/// Every value that has a text; the numbers have gaps.
std::vector<errc> known_values() {
    std::vector<errc> values;
    for (int i = 0; i < 1000; ++i)
        if (detail::text_of(static_cast<errc>(i)) != std::string("unknown error"))
            values.push_back(static_cast<errc>(i));
    return values;
}

int remedies_of(error_code ec) {
    int found = 0;
    for (const condition remedy :
         {condition::retry_later, condition::renew_token, condition::ask_again, condition::give_up})
        found += ec == remedy ? 1 : 0;
    return found;
}

} // namespace

TEST_CASE("the codes that are documented have texts") {
    const std::vector<errc> values = known_values();
    CHECK(values.size() == 65);
    for (const errc value :
         {errc::malformed_id, errc::unsafe_request, errc::malformed_link, errc::link_dead,
          errc::malformed_answer, errc::malformed_date, errc::host_not_found,
          errc::redirect_refused, errc::sign_in_refused, errc::outcome_unknown, errc::action_failed,
          errc::action_cancelled, errc::not_a_package, errc::zip_incomplete, errc::store_no_space,
          errc::store_failed})
        CHECK(make_error_code(value).message() != "unknown error");
}

TEST_CASE("no two codes share a text and no text holds a line break or ends in a stop") {
    std::set<std::string> texts;
    for (const errc value : known_values()) {
        const std::string text = make_error_code(value).message();
        CHECK_FALSE(text.empty());
        CHECK(text.find('\n') == std::string::npos);
        CHECK(text.back() != '.');
        CHECK_MESSAGE(texts.insert(text).second, text);
    }
}

TEST_CASE("each code has exactly one remedy") {
    for (const errc value : known_values()) CHECK(remedies_of(make_error_code(value)) == 1);
}

TEST_CASE("the remedies are what a caller would do") {
    for (const errc value :
         {errc::host_not_found, errc::unreachable, errc::connection_lost, errc::timed_out,
          errc::deadline_exceeded, errc::action_not_finished, errc::already_running,
          errc::throttled, errc::service_unavailable, errc::store_no_space, errc::store_busy})
        CHECK(make_error_code(value) == condition::retry_later);
    CHECK(make_error_code(errc::unauthorized) == condition::renew_token);
    for (const errc value : {errc::package_uri_expired, errc::package_uri_spent, errc::link_dead,
                             errc::body_truncated})
        CHECK(make_error_code(value) == condition::ask_again);
    for (const errc value :
         {errc::forbidden, errc::malformed_id, errc::link_not_allowed, errc::certificate_wrong_host,
          errc::action_failed, errc::outcome_unknown, errc::store_has_package})
        CHECK(make_error_code(value) == condition::give_up);
}

TEST_CASE("codes of other categories have no remedy of ours") {
    const error_code foreign =
        boost::system::errc::make_error_code(boost::system::errc::connection_refused);
    CHECK(remedies_of(foreign) == 0);
    CHECK(remedies_of(error_code()) == 0);
    CHECK(error_code(static_cast<int>(errc::throttled), boost::system::generic_category()) !=
          condition::retry_later);
}

TEST_CASE("enumerators convert to codes and conditions by themselves") {
    const error_code ec = errc::throttled;
    CHECK(ec == errc::throttled);
    CHECK(ec != errc::timed_out);
    CHECK(ec.failed());
    CHECK(&ec.category() == &mde_category());
    CHECK(std::string(ec.category().name()) == "mde");
    const boost::system::error_condition remedy = condition::ask_again;
    CHECK(&remedy.category() == &remedy_category());
    CHECK(remedy_category().name() == std::string("mde.remedy"));
}

TEST_CASE("values that nobody gave are named unknown instead of crashing") {
    CHECK(error_code(0, mde_category()).message() == "unknown error");
    CHECK(error_code(-1, mde_category()).message() == "unknown error");
    CHECK(error_code(99999, mde_category()).message() == "unknown error");
    CHECK(remedy_category().message(0) == "unknown remedy");
    char room[8];
    CHECK(mde_category().message(static_cast<int>(errc::timed_out), room, sizeof room) ==
          std::string("a time limit ran out"));
}

TEST_CASE("each remedy has a text of its own") {
    std::set<std::string> texts;
    for (const condition remedy :
         {condition::retry_later, condition::renew_token, condition::ask_again, condition::give_up})
        CHECK(texts.insert(make_error_condition(remedy).message()).second);
}

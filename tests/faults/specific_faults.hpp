// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_SPECIFIC_FAULTS_HPP
#define MDE_TESTS_FAULTS_SPECIFIC_FAULTS_HPP

/// @file
/// What only one kind of answer can do: links, lists, actions, tokens, packages that lie.

#include "faults/answer_faults.hpp"

#include <mde/service/link_signer.hpp>

#include <algorithm>

namespace mde_test::faults {

inline std::string link_answer(std::string_view link) {
    return boost::json::serialize(boost::json::object{{"value", link}});
}

inline std::vector<Fault> faults_of_links() {
    const std::string good = "userrequests-us.securitycenter.windows.com";
    std::vector<Fault> all;
    const auto add = [&](std::string name, errc error, std::string link) {
        all.push_back(
            body_fault(std::move(name), Sort::bad_link, error, link_answer(link), one_link));
    };
    add("a link to another host", errc::link_not_allowed, "https://elsewhere.example/p?token=x");
    add("a link to a name that ends alike", errc::link_not_allowed,
        "https://evilsecuritycenter.windows.com/p?token=x");
    add("a link to a name that begins alike", errc::link_not_allowed,
        "https://" + good + ".example/p?token=x");
    add("a link to another port", errc::link_not_allowed, "https://" + good + ":8443/p?token=x");
    add("a link to an address", errc::link_not_allowed, "https://127.0.0.1/p?token=x");
    add("a link to a number", errc::link_not_allowed, "https://2130706433/p?token=x");
    add("a link without TLS", errc::malformed_link, "http://" + good + "/p?token=x");
    add("a link with a user", errc::malformed_link, "https://" + good + "@elsewhere.example/p");
    add("a link to an IPv6 address", errc::malformed_link, "https://[::1]/p?token=x");
    add("a link to an escaped host", errc::malformed_link, "https://%65vil.example/p?token=x");
    add("a link to a port beyond all", errc::malformed_link, "https://" + good + ":65979/p");
    add("a link with a line end", errc::malformed_link, "https://" + good + "/p\r\nX-Y: z");
    add("a link with a NUL", errc::malformed_link, "https://" + good + "/p" + std::string(1, '\0'));
    add("a link with a blank", errc::malformed_link, "https://" + good + "/a b");
    add("a link with a fragment", errc::malformed_link, "https://" + good + "/p#f");
    add("a link beyond ASCII", errc::malformed_link, "https://" + good + "/\xc3\xa4");
    add("a link that is a path", errc::malformed_link, "/p?token=x");
    add("a link that is quoted by halves", errc::malformed_answer, "\"https://" + good + "/p");
    add("a link that is quoted twice", errc::malformed_link, R"("\"https://x/\"")");
    const std::string long_link = "https://" + good + "/";
    add("a link of 16 KiB and a byte", errc::malformed_link,
        long_link + std::string(mde::bounds::link + 1 - long_link.size(), 'p'));
    add("a link of 64 KiB", errc::malformed_link, long_link + std::string(64 * 1024, 'p'));
    all.push_back(body_fault(
        "a link that was never good", Sort::dead_link, errc::link_dead,
        link_answer("https://" + good + std::string(mde::service::package_path) + "?token=dead"),
        one_link));
    all.back().steps = package_link;
    return all;
}

inline std::string list_with(std::string_view next) {
    return boost::json::serialize(
        boost::json::object{{"value", boost::json::array()}, {"@odata.nextLink", next}});
}

inline std::vector<Fault> faults_of_lists() {
    std::vector<Fault> all;
    const auto add = [&](std::string name, errc error, std::string next) {
        all.push_back(body_fault(std::move(name), Sort::bad_link, error, list_with(next), lists));
    };
    for (const char* next :
         {"https://elsewhere.example/api/machineactions",
          "http://api.securitycenter.microsoft.com/",
          "https://api.securitycenter.microsoft.com:8443/api/machineactions", "/api/machineactions",
          "https://user@api.securitycenter.microsoft.com/api/machineactions",
          "https://api.securitycenter.microsoft.com.evil.example/", "javascript:alert(1)"})
        add(std::string("a next page at ") + next, errc::page_link_refused, next);
    return all;
}

/// A list without end: each page leads to itself.
inline Fault endless_list() {
    return body_fault("a list without end", Sort::endless, errc::answer_too_large,
                      list_with("https://api.securitycenter.microsoft.com/api/machineactions"),
                      at(Step::list));
}

inline void replace_member(std::string& body, std::string_view name, std::string_view value) {
    boost::json::object document = boost::json::parse(body).as_object();
    document[name] = value;
    body = boost::json::serialize(document);
}

inline std::vector<Fault> faults_of_actions() {
    const auto status = [](std::string name, Sort sort, errc error, std::string value) {
        return change_fault(
            std::move(name), sort, error, at(Step::watch, Step::look),
            [value](Tampering& t) { replace_member(t.reply.body, "status", value); });
    };
    std::vector<Fault> all{
        status("the action has failed", Sort::final, errc::action_failed, "Failed"),
        status("the action took too long", Sort::final, errc::action_timed_out, "TimeOut"),
        status("the action was cancelled", Sort::final, errc::action_cancelled, "Cancelled"),
    };
    all.push_back(change_fault(
        "the action is of another type", Sort::final, errc::not_a_package_action, at(Step::look),
        [](Tampering& t) { replace_member(t.reply.body, "type", "RunAntiVirusScan"); }));
    for (const char* word : {"Asleep", "InProgress", "Pending"})
        all.push_back(status(std::string("the action is ") + word, Sort::not_yet,
                             errc::action_not_finished, word));
    return all;
}

inline std::vector<Fault> faults_of_tokens() {
    const Steps tokens = at(Step::token, Step::metadata);
    const auto token = [&](std::string name, std::string body,
                           errc error = errc::malformed_answer) {
        return body_fault(std::move(name), Sort::unreadable, error, std::move(body), tokens);
    };
    const std::string begin = R"({"token_type":"Bearer","expires_in":3599,"access_token":")";
    return {
        token("a token with a line end", begin + R"(abc\r\nX: y"})"),
        token("a token with a blank", begin + R"(abc def"})"),
        token("a token with a NUL", begin + R"(abc\u0000"})"),
        token("a token beyond ASCII", begin + "abc\xc3\xa4\"}"),
        token("a token of 16 KiB and a byte",
              begin + std::string(mde::bounds::access_token + 1, 'a') + "\"}"),
        token("a token that is none", begin + "\"}"),
        token("a token twice", begin + R"(abc","access_token":"def"})", errc::duplicate_member),
        token("a token of another kind",
              R"({"token_type":"mac","expires_in":9,"access_token":"a"})"),
        token("a token without a kind", R"({"expires_in":9,"access_token":"a"})"),
        token("a token that has expired",
              R"({"token_type":"Bearer","expires_in":0,"access_token":"a"})"),
        token("a token that expired before it was born",
              R"({"token_type":"Bearer","expires_in":-5,"access_token":"a"})"),
        token("a token that lives for half a second",
              R"({"token_type":"Bearer","expires_in":0.5,"access_token":"a"})"),
    };
}

/// The last bytes of a zip say where everything is.
inline void break_end_record(Tampering& t) {
    std::string& body = t.reply.body;
    std::fill(body.end() - static_cast<std::ptrdiff_t>((std::min)(body.size(), std::size_t(22))),
              body.end(), '\0');
}

inline Fault bytes_fault(std::string name, Sort sort, errc error, std::string body,
                         std::string type = "application/zip") {
    return change_fault(std::move(name), sort, error, at(Step::download, Step::only_download),
                        [body, type](Tampering& t) {
                            t.reply.body = body;
                            t.reply.set_field("Content-Type", type);
                        });
}

inline std::vector<Fault> faults_of_packages() {
    const Steps zips = at(Step::download, Step::only_download);
    std::vector<Fault> all{
        bytes_fault("no bytes at all", Sort::other_bytes, errc::not_a_package, ""),
        bytes_fault("text for a package", Sort::other_bytes, errc::not_a_package, "Hello, world."),
        bytes_fault("a page for a package", Sort::other_bytes, errc::not_a_package,
                    "<html>Sign in</html>"),
        bytes_fault("JSON for a package", Sort::other_bytes, errc::not_a_package,
                    R"({"error":"Server busy"})", "application/json"),
        bytes_fault("an expired token with 200", Sort::dead_link, errc::link_dead,
                    R"({"error":"Expired token"})", "application/json; charset=utf-8"),
        bytes_fault("an expired token called a zip", Sort::dead_link, errc::link_dead,
                    "Expired token"),
        bytes_fault("the beginning of a zip alone", Sort::other_bytes, errc::zip_incomplete,
                    "PK\x03\x04"),
        bytes_fault("a P", Sort::other_bytes, errc::zip_incomplete, "P"),
        change_fault("a zip without its end record", Sort::other_bytes, errc::zip_incomplete, zips,
                     break_end_record),
        change_fault("a package with bytes behind its end", Sort::other_bytes, errc::zip_incomplete,
                     zips, [](Tampering& t) { t.reply.body += std::string(100, '\0'); }),
        change_fault("a declared length that ends too soon", Sort::other_bytes,
                     errc::zip_incomplete, zips,
                     [](Tampering& t) { t.reply.body.resize(t.reply.body.size() - 1); }),
    };
    const auto head = [&](std::string name, Sort sort, errc error, std::string field,
                          std::string value, Steps steps) {
        all.push_back(
            change_fault(std::move(name), sort, error, steps,
                         [field, value](Tampering& t) { t.reply.set_field(field, value); }));
    };
    head("a package of 2 GiB and a byte", Sort::final, errc::package_too_large, "Content-Length",
         "2147483649", wholes);
    head("a package beyond all numbers", Sort::final, errc::malformed_head, "Content-Length",
         "99999999999999999999", wholes);
    head("a length below zero", Sort::final, errc::malformed_head, "Content-Length", "-1", wholes);
    head("a coding that is none", Sort::final, errc::malformed_head, "Transfer-Encoding", "gzip",
         wholes);
    head("a weak tag", Sort::harmless, errc::malformed_head, "ETag", "W/\"1\"", wholes);
    head("a tag that is none", Sort::harmless, errc::malformed_head, "ETag", "1\r", wholes);
    head("no tag", Sort::harmless, errc::malformed_head, "ETag", "", wholes);
    head("no ranges", Sort::harmless, errc::malformed_head, "Accept-Ranges", "none", wholes);
    all.push_back(
        change_fault("two lengths", Sort::final, errc::malformed_head, wholes, [](Tampering& t) {
            t.reply.add_field("Content-Length", "5");
            t.reply.add_field("Content-Length", "6");
        }));
    return all;
}

/// The package becomes another one at different moments.
inline std::vector<Fault> faults_of_changes() {
    std::vector<Fault> all;
    for (const auto& [place, where] :
         {std::pair(Place::first, "the first byte"), std::pair(Place::half, "half of it"),
          std::pair(Place::before_last, "all but the last byte")})
        for (const bool has_tag : {true, false}) {
            Fault fault{std::string("another package after ") + where +
                            (has_tag ? "" : " without a tag"),
                        Sort::lost, downloads & ~at(Step::segment), errc::body_truncated};
            fault.change = [has_tag](Tampering& t) {
                if (!has_tag) t.reply.set_field("ETag", "");
                t.renew_package();
            };
            fault.how = Break::truncated;
            fault.place = place;
            all.push_back(std::move(fault));
        }
    return all;
}

/// Bytes of something else: whoever takes them for the rest of what is there stores what was never
/// served. The first bytes are the rest of nothing.
inline void spoil(Tampering& t) {
    const bool goes_on =
        std::any_of(t.request.fields.begin(), t.request.fields.end(),
                    [](const mde::HeaderField& field) { return field.name == "If-Range"; });
    if (!goes_on) return;
    for (char& c : t.reply.body) c = static_cast<char>(c ^ 1);
}

/// Parts that are not the one that was asked for.
inline std::vector<Fault> faults_of_parts() {
    std::vector<Fault> all;
    const auto head = [&](std::string name, std::string field, std::string value) {
        all.push_back(change_fault(std::move(name), Sort::other_part, errc::body_truncated, parts,
                                   [field, value](Tampering& t) {
                                       spoil(t);
                                       t.reply.set_field(field, value);
                                   }));
    };
    head("a part without a range", "Content-Range", "");
    head("a part from the first byte on", "Content-Range", "bytes 0-0/1");
    head("a part of unknown length", "Content-Range", "bytes 100-200/*");
    head("a part with a range backwards", "Content-Range", "bytes 200-100/300");
    head("a part in other units", "Content-Range", "lines 1-2/3");
    head("a part beyond all numbers", "Content-Range",
         "bytes 0-18446744073709551615/18446744073709551616");
    head("a part of something with another tag", "ETag", "\"other\"");
    head("a part of something with a weak tag", "ETag", "W/\"other\"");
    head("a part of something without a tag", "ETag", "");
    head("a part called text/html", "Content-Type", "text/html");
    head("a part in gzip", "Content-Encoding", "gzip");
    const auto shifted = [&](std::string name, int by, int more) {
        all.push_back(change_fault(
            std::move(name), Sort::other_part, errc::body_truncated, parts, [=](Tampering& t) {
                const auto found =
                    std::find_if(t.reply.fields.begin(), t.reply.fields.end(),
                                 [](const auto& field) { return field.first == "Content-Range"; });
                spoil(t);
                if (found == t.reply.fields.end()) return;
                long first = 0;
                long last = 0;
                long total = 0;
                std::sscanf(found->second.c_str(), "bytes %ld-%ld/%ld", &first, &last, &total);
                found->second = "bytes " + std::to_string(first + by) + '-' +
                                std::to_string(last + by) + '/' + std::to_string(total + more);
            }));
    };
    shifted("a part a byte later", 1, 1);
    shifted("a part a byte earlier", -1, 0);
    shifted("a part of something longer", 0, 1);
    shifted("a part of something shorter", -1, -1);
    all.push_back(
        change_fault("two ranges", Sort::other_part, errc::body_truncated, parts, [](Tampering& t) {
            spoil(t);
            t.reply.add_field("Content-Range", "bytes 0-1/2");
        }));
    return all;
}

/// Everything above.
inline const std::vector<Fault>& all_faults() {
    static const std::vector<Fault> all = [] {
        std::vector<Fault> made;
        for (auto* group :
             {faults_of_the_way, faults_of_the_body, faults_of_redirects, faults_of_refusals,
              faults_of_busy_servers, faults_of_json, faults_of_heads, faults_of_echoes,
              faults_of_links, faults_of_lists, faults_of_actions, faults_of_tokens,
              faults_of_packages, faults_of_changes, faults_of_parts})
            append(made, group());
        made.push_back(endless_list());
        return made;
    }();
    return all;
}

} // namespace mde_test::faults

#endif

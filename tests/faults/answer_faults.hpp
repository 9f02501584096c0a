// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_ANSWER_FAULTS_HPP
#define MDE_TESTS_FAULTS_ANSWER_FAULTS_HPP

/// @file
/// Answers that come whole and say something wrong.

#include "faults/fault_list.hpp"

namespace mde_test::faults {

/// A good JSON answer made longer, to exactly `size` bytes.
inline void pad(std::string& body, std::size_t size) {
    if (body.size() < size) body.append(size - body.size(), ' ');
}

/// A body in place of the JSON that was due.
inline Fault body_fault(std::string name, Sort sort, errc error, std::string body,
                        Steps steps = json_answers) {
    Fault fault{std::move(name), sort, steps, error};
    fault.change = [body = std::move(body)](Tampering& t) { t.reply.body = body; };
    return fault;
}

inline Fault change_fault(std::string name, Sort sort, errc error, Steps steps,
                          std::function<void(Tampering&)> change) {
    Fault fault{std::move(name), sort, steps, error};
    fault.change = std::move(change);
    return fault;
}

/// The member that matters most, else the first one, comes a second time at the end.
inline void name_twice(Tampering& t) {
    std::string& body = t.reply.body;
    const std::size_t value = body.find("\"value\"");
    const std::size_t begin = value == std::string::npos ? 1 : value;
    const std::string name = body.substr(begin, body.find(':', begin) - begin);
    body.insert(body.rfind('}'), ',' + name + ":\"again\"");
}

inline std::string nested(std::size_t depth) {
    return R"({"value":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + '}';
}

inline std::vector<Fault> faults_of_json() {
    const auto bad = [](std::string name, std::string body, errc error = errc::malformed_answer) {
        return body_fault(std::move(name), Sort::unreadable, error, std::move(body));
    };
    std::vector<Fault> all{
        bad("null", "null"),
        bad("an array", "[]"),
        bad("a number", "42"),
        bad("a text", R"("value")"),
        bad("nothing", ""),
        bad("blanks", "  \r\n"),
        bad("an empty object", "{}"),
        bad("a NUL", std::string(1, '\0')),
        bad("a page for people",
            "<!DOCTYPE html><html><title>Sign in to the network</title></html>"),
        bad("nesting of 33", nested(33)),
        bad("nesting without end", std::string(100'000, '[')),
        bad("invalid UTF-8", "{\"value\":\"\xff\xfe\"}"),
        bad("overlong UTF-8", "{\"value\":\"\xc0\xaf\"}"),
        bad("a lone surrogate", R"({"value":"\ud800"})"),
        bad("single quotes", "{'value':'x'}"),
        bad("a comment", "{/* */\"value\":\"x\"}"),
        bad("a trailing comma", R"({"value":"x",})"),
        bad("a huge exponent", R"({"value":1e999999999999999999999})"),
        bad("not a number", R"({"value":NaN,"expires_in":NaN})"),
    };
    for (const char* value : {"null", "7", "true", "{}", "[[]]", "[7]", "\"\"", "-1", "1e400"})
        all.push_back(bad(std::string("every member is ") + value,
                          std::string(R"({"value":)") + value + R"(,"id":)" + value +
                              R"(,"access_token":)" + value + R"(,"expires_in":)" + value +
                              R"(,"device_code":)" + value + R"(,"exportFiles":)" + value + "}"));
    const auto changed = [&](std::string name, Sort sort, errc error,
                             std::function<void(Tampering&)> change) {
        all.push_back(change_fault(std::move(name), sort, error, json_answers, std::move(change)));
    };
    changed("the first half of the JSON", Sort::unreadable, errc::malformed_answer,
            [](Tampering& t) { t.reply.body.resize(t.reply.body.size() / 2); });
    changed("text behind the JSON", Sort::unreadable, errc::malformed_answer,
            [](Tampering& t) { t.reply.body += "x"; });
    changed("two JSON texts", Sort::unreadable, errc::malformed_answer,
            [](Tampering& t) { t.reply.body += t.reply.body; });
    changed("a byte order mark", Sort::harmless, errc::malformed_answer,
            [](Tampering& t) { t.reply.body.insert(0, "\xef\xbb\xbf"); });
    changed("two byte order marks", Sort::unreadable, errc::malformed_answer,
            [](Tampering& t) { t.reply.body.insert(0, "\xef\xbb\xbf\xef\xbb\xbf"); });
    changed("UTF-16", Sort::unreadable, errc::malformed_answer, [](Tampering& t) {
        std::string wide = "\xff\xfe";
        for (const char c : t.reply.body) wide.append({c, '\0'});
        t.reply.body = std::move(wide);
    });
    changed("a member twice", Sort::unreadable, errc::duplicate_member, name_twice);
    changed("blanks up to 1 MiB", Sort::harmless, errc::malformed_answer,
            [](Tampering& t) { pad(t.reply.body, mde::bounds::json_text); });
    changed("blanks beyond 1 MiB", Sort::bad_head, errc::answer_too_large,
            [](Tampering& t) { pad(t.reply.body, mde::bounds::json_text + 1); });
    return all;
}

/// Heads that go with a good body, and should not.
inline std::vector<Fault> faults_of_heads() {
    std::vector<Fault> all;
    const auto add = [&](std::string name, Sort sort, errc error, Steps steps, std::string field,
                         std::string value) {
        all.push_back(
            change_fault(std::move(name), sort, error, steps,
                         [field, value](Tampering& t) { t.reply.set_field(field, value); }));
    };
    add("called text/html", Sort::harmless, errc::malformed_answer, json_answers, "Content-Type",
        "text/html");
    add("of no type", Sort::harmless, errc::malformed_answer, anywhere, "Content-Type", "");
    for (const char* type : {"text/html; charset=utf-8", "application/xhtml+xml", "text/xml"})
        add(std::string("called ") + type, Sort::other_bytes, errc::not_a_package, wholes,
            "Content-Type", type);
    add("called gzip", Sort::harmless, errc::malformed_answer, json_answers, "Content-Encoding",
        "gzip");
    add("called brotli", Sort::other_bytes, errc::not_a_package, wholes, "Content-Encoding", "br");
    add("with a Date of long ago", Sort::harmless, errc::malformed_answer,
        anywhere & ~one_link & ~at(Step::export_links), "Date", "Mon, 01 Jan 1990 00:00:00 GMT");
    add("with a Date that is none", Sort::harmless, errc::malformed_answer, anywhere, "Date",
        "yesterday");
    add("with terminal escapes for an id", Sort::harmless, errc::malformed_answer, anywhere,
        "x-ms-request-id", "\x1b[31mred\x07");
    all.push_back(change_fault("in gzip", Sort::unreadable, errc::malformed_answer, json_answers,
                               [](Tampering& t) {
                                   t.reply.set_field("Content-Encoding", "gzip");
                                   t.reply.body = "\x1f\x8b\x08" + std::string(60, 'z');
                               }));
    const auto many = [](std::size_t count) {
        return [count](Tampering& t) {
            for (std::size_t i = 0; i < count; ++i)
                t.reply.add_field("X-" + std::to_string(i), "v");
        };
    };
    all.push_back(change_fault("with 60 more fields", Sort::harmless, errc::malformed_head,
                               anywhere, many(60)));
    all.push_back(change_fault("with 10,000 more fields", Sort::bad_head, errc::malformed_head,
                               anywhere, many(10'000)));
    all.push_back(
        change_fault("with a field of 64 KiB", Sort::bad_head, errc::malformed_head, anywhere,
                     [](Tampering& t) { t.reply.add_field("X", std::string(64 * 1024, 'v')); }));
    return all;
}

/// What was sent comes back where people may see it.
inline std::vector<Fault> faults_of_echoes() {
    const auto all_secrets = [](const Tampering& t) {
        std::string text = std::string(t.request.target) + ' ';
        for (const std::string& secret : t.secrets) text += secret + '\x1b' + secret;
        return text;
    };
    std::vector<Fault> all;
    for (const unsigned status : {400u, 403u, 418u}) {
        const errc api = status == 403   ? errc::forbidden
                         : status == 400 ? errc::request_refused
                                         : errc::unexpected_status;
        const auto echo = [status, all_secrets](Tampering& t) {
            const std::string text = all_secrets(t);
            refuse(t, status, text, text, text);
            if (!holds(sign_ins, t.step)) t.reply.add_field("WWW-Authenticate", text);
        };
        const std::string name = "an echo of secrets with " + std::to_string(status);
        all.push_back(change_fault(name, Sort::final, api, api_calls, echo));
        if (status != 418) {
            all.push_back(change_fault(name, Sort::final, errc::sign_in_refused, sign_ins, echo));
            all.push_back(change_fault(name, Sort::dead_link, errc::link_dead, downloads, echo));
        }
    }
    for (const char* field : {"x-ms-request-id", "mise-correlation-id"}) {
        all.push_back(change_fault(std::string("an echo of secrets in ") + field, Sort::harmless,
                                   errc::malformed_answer, anywhere, [field](Tampering& t) {
                                       for (const std::string& secret : t.secrets)
                                           t.reply.set_field(field, secret);
                                   }));
        all.push_back(change_fault(std::string("an echo of secrets with an error in ") + field,
                                   Sort::turned_away, errc::service_unavailable, anywhere,
                                   [field](Tampering& t) {
                                       refuse(t, 503);
                                       for (const std::string& secret : t.secrets)
                                           t.reply.set_field(field, secret);
                                   }));
        all.back().reach = Reach::undone;
    }
    return all;
}

} // namespace mde_test::faults

#endif

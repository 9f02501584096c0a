// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_PACKAGE_URI_CODEC_HPP
#define MDE_WIRE_PACKAGE_URI_CODEC_HPP

/// @file
/// The one place where a link is made: from an answer of the service, or adopted by name.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/codec.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/link_grammar.hpp>
#include <mde/wire/percent.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

namespace detail {

/// Picks one string member of the outermost object, or the outermost string itself, straight into
/// wiped memory. Everything else is checked for syntax and passed over.
class SecretHandler {
  public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    /// An empty `name` means the outermost value.
    SecretHandler(std::string_view name, Secret& out) noexcept : name_(name), out_(&out) {}

    unsigned found() const noexcept { return found_; }
    /// The string was given up because no link is as long.
    bool too_long() const noexcept { return too_long_; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return enter(); }
    bool on_object_end(std::size_t, error_code&) { return leave(); }
    bool on_array_begin(error_code&) { return enter(); }
    bool on_array_end(std::size_t, error_code&) { return leave(); }
    bool on_key_part(json::string_view part, std::size_t, error_code&);
    bool on_key(json::string_view part, std::size_t, error_code&);
    bool on_string_part(json::string_view part, std::size_t, error_code&) { return take(part); }
    bool on_string(json::string_view part, std::size_t, error_code&);
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, error_code&) { return pass(); }
    bool on_uint64(std::uint64_t, json::string_view, error_code&) { return pass(); }
    bool on_double(double, json::string_view, error_code&) { return pass(); }
    bool on_bool(bool, error_code&) { return pass(); }
    bool on_null(error_code&) { return pass(); }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

  private:
    static constexpr std::size_t mismatch = static_cast<std::size_t>(-1);

    bool is_wanted() const noexcept { return name_.empty() ? depth_ == 0 : wanted_; }
    bool enter() noexcept;
    bool leave() noexcept;
    bool pass() noexcept;
    void match(std::string_view part) noexcept;
    bool take(std::string_view part);

    std::string_view name_;
    Secret* out_;
    std::size_t matched_ = 0;
    unsigned depth_ = 0;
    unsigned named_ = 0;
    unsigned found_ = 0;
    bool wanted_ = false;
    bool too_long_ = false;
};

/// @par Errors errc::malformed_answer, errc::answer_too_large, errc::malformed_link
MDE_DECL result<Secret> read_secret(std::string_view text, std::string_view member);

/// Takes the quotes off a JSON string that has nothing to be decoded, in its own memory. False, and
/// nothing is changed, for any other text.
MDE_DECL bool unquote_plain(Secret& text) noexcept;

/// `se` and `st` of an Azure SAS: `2024-05-01T10%3A00%3A00Z`, also without seconds.
MDE_DECL result<std::optional<UtcTime>> read_sas_date(std::string_view target,
                                                      std::string_view name);

#if MDE_DEFINITIONS

MDE_DECL bool SecretHandler::on_key_part(json::string_view part, std::size_t, error_code&) {
    match(part);
    return true;
}

MDE_DECL bool SecretHandler::on_key(json::string_view part, std::size_t, error_code&) {
    match(part);
    wanted_ = depth_ == 1 && !name_.empty() && matched_ == name_.size();
    named_ += wanted_ ? 1u : 0u;
    matched_ = 0;
    return named_ <= 1;
}

MDE_DECL bool SecretHandler::on_string(json::string_view part, std::size_t, error_code&) {
    if (!take(part)) return false;
    found_ += is_wanted() ? 1u : 0u;
    wanted_ = false;
    return true;
}

MDE_DECL bool SecretHandler::enter() noexcept {
    ++depth_;
    return pass();
}

MDE_DECL bool SecretHandler::leave() noexcept {
    --depth_;
    return true;
}

MDE_DECL bool SecretHandler::pass() noexcept {
    wanted_ = false;
    return true;
}

MDE_DECL void SecretHandler::match(std::string_view part) noexcept {
    if (matched_ == mismatch) return;
    const bool same =
        name_.size() - matched_ >= part.size() && name_.substr(matched_, part.size()) == part;
    matched_ = same ? matched_ + part.size() : mismatch;
}

MDE_DECL bool SecretHandler::take(std::string_view part) {
    if (!is_wanted()) return true;
    // The quoted form of a link within the bound may be twice as long, if each byte is escaped.
    too_long_ = out_->size() + part.size() > 2 * bounds::link;
    if (!too_long_) out_->append(part);
    return !too_long_;
}

MDE_DECL result<Secret> read_secret(std::string_view text, std::string_view member) {
    Secret out;
    out.reserve((std::min)(text.size(), 2 * bounds::link));
    json::basic_parser<SecretHandler> parser(json::parse_options(), member, out);
    const error_code ec = parse_whole(parser, text);
    // Texts with escapes, as each quoted link is one, go through a buffer of the parser's.
    wipe_stack<16 * bounds::kib>();
    if (parser.handler().too_long()) return make_error_code(errc::malformed_link);
    if (ec) return ec;
    if (parser.handler().found() != 1) return make_error_code(errc::malformed_answer);
    return out;
}

MDE_DECL bool unquote_plain(Secret& text) noexcept {
    const std::string_view quoted = text.expose();
    if (quoted.size() < 2 || !quoted.starts_with('"') || !quoted.ends_with('"')) return false;
    const std::string_view inner = quoted.substr(1, quoted.size() - 2);
    const std::string_view rest = inner.substr(ascii::printable_front(inner));
    const bool plain = ascii::all(rest, ascii::is_printable) &&
                       inner.find('\\') == std::string_view::npos &&
                       inner.find('"') == std::string_view::npos;
    if (plain) text.keep(1, inner.size());
    return plain;
}

MDE_DECL result<std::optional<UtcTime>> read_sas_date(std::string_view target,
                                                      std::string_view name) {
    const auto raw = query_value(target, name);
    if (!raw) return std::optional<UtcTime>();
    const auto text = percent_decoded(*raw, PlusSign::is_plus);
    if (!text) return make_error_code(errc::malformed_link);
    if (const result<UtcTime> date = parse_date(*text)) return std::optional<UtcTime>(*date);
    if (const result<UtcTime> date = parse_date(text->substr(0, 16) + ":00Z");
        date && text->size() == 17 && text->ends_with('Z'))
        return std::optional<UtcTime>(*date);
    if (const result<UtcTime> date = parse_date(*text + "T00:00:00Z"); date && text->size() == 10)
        return std::optional<UtcTime>(*date);
    return make_error_code(errc::malformed_link);
}

#endif

} // namespace detail

/// Holds the key. Used by the functions below and by nothing else.
class PackageUriMint {
  public:
    /// Checks `link` byte by byte, and reads when it ends if it says so.
    /// @par Errors errc::malformed_link
    static result<PackageUri> mint(Secret link, LinkTimes times, const ExpiryPolicy& policy);
};

/// Makes a link that was obtained elsewhere (another tool, a person) usable here. `obtained` is
/// when it was asked for, as far as known: the assumed life counts from there. `life` says whether
/// it comes from a call whose links declare their end.
/// @par Errors errc::malformed_link
MDE_DECL result<PackageUri> adopt_link(Secret link, Now obtained, const ExpiryPolicy& policy = {},
                                       LinkLife life = LinkLife::assumed);

/// What an answer tells of the lives of the links in it.
MDE_DECL LinkTimes link_times_of(const Answer& answer) noexcept;

/// The answer of getPackageUri and of the live-response link. Source: "Get package SAS URI", "Get
/// live response results" and API-CONTRACT 1.2: `value` is the link, or a JSON string that holds
/// it; one layer is unwrapped.
template <>
struct Codec<PackageUri> {
    /// Unwraps `value`, and checks what is in it.
    /// @par Errors errc::malformed_answer, errc::answer_too_large, errc::malformed_link
    static result<PackageUri> decode(const Answer& answer);

    /// Which of the two recorded shapes to write.
    enum class Quoting {
        /// The link itself.
        plain,
        /// A JSON string inside a JSON string.
        quoted,
    };

    /// For the service side, which makes links and so may hold one as text.
    static std::string encode(std::string_view link, Quoting quoting, std::string_view base);
};

#if MDE_DEFINITIONS

MDE_DECL result<PackageUri> PackageUriMint::mint(Secret link, LinkTimes times,
                                                 const ExpiryPolicy& policy) {
    const result<LinkLayout> layout = split_link(link.expose());
    if (!layout) return layout.error();
    const std::string_view target = link.expose().substr(layout->target_begin);
    // Only a SAS declares its life; `se` in an opaque link would mean something else.
    if (query_value(target, "sig")) {
        const auto start = detail::read_sas_date(target, "st");
        if (!start) return start.error();
        const auto expiry = detail::read_sas_date(target, "se");
        if (!expiry) return expiry.error();
        times.declared_start = *start;
        times.declared_expiry = *expiry;
    }
    return PackageUri(PackageUriKey(), std::move(link), *layout, times, policy);
}

MDE_DECL result<PackageUri> adopt_link(Secret link, Now obtained, const ExpiryPolicy& policy,
                                       LinkLife life) {
    return PackageUriMint::mint(std::move(link), LinkTimes{obtained, {}, {}, {}, life}, policy);
}

MDE_DECL LinkTimes link_times_of(const Answer& answer) noexcept {
    LinkTimes times{answer.sent, {}, {}, {}, answer.life};
    if (answer.head == nullptr) return times;
    const result<UtcTime> date = parse_http_date(answer.head->field_or_empty("Date"));
    if (date) times.server_date = *date;
    return times;
}

MDE_DECL result<PackageUri> Codec<PackageUri>::decode(const Answer& answer) {
    result<Secret> link = detail::read_secret(answer.body, "value");
    if (link && link->expose().starts_with('"') && !detail::unquote_plain(*link))
        link = detail::read_secret(link->expose(), "");
    if (!link) return link.error();
    return PackageUriMint::mint(std::move(*link), link_times_of(answer), answer.expiry);
}

MDE_DECL std::string Codec<PackageUri>::encode(std::string_view link, Quoting quoting,
                                               std::string_view base) {
    json::string value(link);
    if (quoting == Quoting::quoted) value = json::string(json::serialize(value));
    json::object document;
    document["@odata.context"] = std::string(base) + "/api/$metadata#Edm.String";
    document["value"] = std::move(value);
    return json::serialize(document);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif

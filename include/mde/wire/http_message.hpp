// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_HTTP_MESSAGE_HPP
#define MDE_WIRE_HTTP_MESSAGE_HPP

/// @file
/// A request and the head of its answer, as every transport and the service side understand them.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/method.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mde::inline MDE_ABI {

/// Whether an answer brings a token or a link: a transport then leaves no copy of it behind, as far
/// as that is up to it.
enum class Answered {
    /// No.
    openly,
    /// It does.
    secretly,
};

/// One request. Everything is a view: whoever makes it keeps the bytes until the answer
/// is there. A transport adds `Host`, `Content-Length`, `User-Agent` and what its connection needs,
/// and sends `target` byte for byte.
struct HttpRequest {
    /// As in the request line.
    Method method = Method::get;
    /// Without the port.
    std::string_view host;
    /// Of the host.
    std::uint16_t port = 443;
    /// Path and query, as in the request line.
    std::string_view target;
    /// Beside those that the transport adds.
    std::span<const HeaderField> fields;
    /// Empty for a GET.
    std::string_view body;
    /// For the whole exchange, from connecting to the end of the body.
    Duration time_limit = (Duration::max)();
    /// A transport refuses `http` to any host that it was not told to be a metadata service.
    Scheme scheme = Scheme::https;
    /// What its answer brings.
    Answered answered = Answered::openly;
};

/// Status and header fields of an answer. Names are found without regard to case. `Location` may be
/// a link, so its memory is wiped. Distinct objects: safe. Shared objects: unsafe.
class ResponseHead {
  public:
    ResponseHead() = default;
    /// Without fields.
    explicit ResponseHead(unsigned status) : status_(status) {}
    /// @{
    /// A copy wipes its own memory; what was moved from or over is wiped, too.
    ResponseHead(const ResponseHead& other)
        : status_(other.status_), text_(other.text_.clone()), entries_(other.entries_) {}
    ResponseHead(ResponseHead&&) noexcept = default;
    ResponseHead& operator=(const ResponseHead& other) { return *this = ResponseHead(other); }
    ResponseHead& operator=(ResponseHead&&) noexcept = default;
    /// @}
    ~ResponseHead() = default;

    /// The status code; zero before it is set.
    unsigned status() const noexcept { return status_; }
    /// Takes another status.
    void set_status(unsigned status) noexcept { status_ = status; }

    /// False, and nothing is added, beyond the bounds of bounds.hpp.
    bool add_field(std::string_view name, std::string_view value);

    /// The first field of that name.
    std::optional<std::string_view> field(std::string_view name) const noexcept;

    /// The first field of that name, or nothing.
    std::string_view field_or_empty(std::string_view name) const noexcept;

    /// How many fields have that name.
    std::size_t count(std::string_view name) const noexcept;

    /// How many fields there are.
    std::size_t size() const noexcept { return entries_.size(); }
    /// The fields in their order.
    HeaderField operator[](std::size_t index) const noexcept;

    /// Takes everything out.
    void clear() noexcept;

  private:
    struct Entry {
        std::size_t begin;
        std::size_t name_size;
        std::size_t value_size;
    };

    std::string_view name_at(const Entry& entry) const noexcept;
    std::string_view value_at(const Entry& entry) const noexcept;

    unsigned status_ = 0;
    Secret text_;
    std::vector<Entry> entries_;
};

#if MDE_DEFINITIONS

MDE_DECL bool ResponseHead::add_field(std::string_view name, std::string_view value) {
    if (entries_.size() == bounds::response_fields) return false;
    if (name.size() + value.size() > bounds::response_field) return false;
    if (text_.size() + name.size() + value.size() > bounds::response_head) return false;
    entries_.push_back({text_.size(), name.size(), value.size()});
    text_.append(name);
    text_.append(value);
    return true;
}

MDE_DECL std::optional<std::string_view> ResponseHead::field(std::string_view name) const noexcept {
    for (const Entry& entry : entries_)
        if (ascii::equal_ignoring_case(name_at(entry), name)) return value_at(entry);
    return std::nullopt;
}

MDE_DECL std::string_view ResponseHead::field_or_empty(std::string_view name) const noexcept {
    return field(name).value_or(std::string_view());
}

MDE_DECL std::size_t ResponseHead::count(std::string_view name) const noexcept {
    std::size_t found = 0;
    for (const Entry& entry : entries_)
        found += ascii::equal_ignoring_case(name_at(entry), name) ? 1u : 0u;
    return found;
}

MDE_DECL HeaderField ResponseHead::operator[](std::size_t index) const noexcept {
    return {name_at(entries_[index]), value_at(entries_[index])};
}

MDE_DECL void ResponseHead::clear() noexcept {
    status_ = 0;
    text_.clear();
    entries_.clear();
}

MDE_DECL std::string_view ResponseHead::name_at(const Entry& entry) const noexcept {
    return text_.expose().substr(entry.begin, entry.name_size);
}

MDE_DECL std::string_view ResponseHead::value_at(const Entry& entry) const noexcept {
    return text_.expose().substr(entry.begin + entry.name_size, entry.value_size);
}

#endif

} // namespace mde::inline MDE_ABI

#endif

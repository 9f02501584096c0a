// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_JSON_HPP
#define MDE_WIRE_JSON_HPP

/// @file
/// JSON from a server that is not trusted: bounded, without duplicate members, read by type.

#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>

#include <boost/container/pmr/memory_resource.hpp>
#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

namespace json = boost::json;

namespace detail {

/// Memory for the values of unfinished objects; wiped, since short texts lie in the values.
struct WipedBuffer {
    WipedBuffer() noexcept = default;
    WipedBuffer(const WipedBuffer&) = delete;
    WipedBuffer& operator=(const WipedBuffer&) = delete;
    ~WipedBuffer() { wipe(bytes, sizeof bytes); }

    alignas(std::max_align_t) unsigned char bytes[1024];
};

/// The members of all objects in a document.
MDE_DECL std::size_t count_members(const json::value& value) noexcept;

/// Builds a document and counts its members: of two with one name in one object Boost.JSON lets the
/// last one win in silence, and the document has fewer than were seen.
class StrictHandler {
  public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit StrictHandler(const json::storage_ptr& storage);

    /// Members that were seen, those that are gone among them.
    std::size_t members() const noexcept { return members_; }
    json::value release() { return values_.release(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t size, error_code&);
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t size, error_code&);
    bool on_key_part(json::string_view part, std::size_t, error_code&);
    bool on_key(json::string_view part, std::size_t, error_code&);
    bool on_string_part(json::string_view part, std::size_t, error_code&);
    bool on_string(json::string_view part, std::size_t, error_code&);
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, error_code&);
    bool on_uint64(std::uint64_t number, json::string_view, error_code&);
    bool on_double(double number, json::string_view, error_code&);
    bool on_bool(bool truth, error_code&);
    bool on_null(error_code&);
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

  private:
    WipedBuffer buffer_;
    json::value_stack values_;
    std::size_t members_ = 0;
};

/// One leading byte order mark is dropped: some gateways add it, and the parser refuses it.
constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
    return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

/// Runs a SAX parser over a whole text.
/// @par Errors errc::answer_too_large, errc::malformed_answer
template <class Parser>
error_code parse_whole(Parser& parser, std::string_view text) {
    if (text.size() > bounds::json_text) return make_error_code(errc::answer_too_large);
    text = without_byte_order_mark(text);
    error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (ec || used != text.size() || !parser.done()) return make_error_code(errc::malformed_answer);
    return {};
}

#if MDE_DEFINITIONS

MDE_DECL std::size_t count_members(const json::value& value) noexcept {
    std::size_t count = 0;
    if (const json::object* object = value.if_object()) {
        count = object->size();
        for (const auto& member : *object) count += count_members(member.value());
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& item : *array) count += count_members(item);
    }
    return count;
}

MDE_DECL StrictHandler::StrictHandler(const json::storage_ptr& storage)
    : values_(storage, buffer_.bytes, sizeof buffer_.bytes) {
    values_.reset(storage);
}

MDE_DECL bool StrictHandler::on_object_end(std::size_t size, error_code&) {
    values_.push_object(size);
    return true;
}

MDE_DECL bool StrictHandler::on_array_end(std::size_t size, error_code&) {
    values_.push_array(size);
    return true;
}

MDE_DECL bool StrictHandler::on_key_part(json::string_view part, std::size_t, error_code&) {
    values_.push_chars(part);
    return true;
}

MDE_DECL bool StrictHandler::on_key(json::string_view part, std::size_t, error_code&) {
    values_.push_key(part);
    ++members_;
    return true;
}

MDE_DECL bool StrictHandler::on_string_part(json::string_view part, std::size_t, error_code&) {
    values_.push_chars(part);
    return true;
}

MDE_DECL bool StrictHandler::on_string(json::string_view part, std::size_t, error_code&) {
    values_.push_string(part);
    return true;
}

MDE_DECL bool StrictHandler::on_int64(std::int64_t number, json::string_view, error_code&) {
    values_.push_int64(number);
    return true;
}

MDE_DECL bool StrictHandler::on_uint64(std::uint64_t number, json::string_view, error_code&) {
    values_.push_uint64(number);
    return true;
}

MDE_DECL bool StrictHandler::on_double(double number, json::string_view, error_code&) {
    values_.push_double(number);
    return true;
}

MDE_DECL bool StrictHandler::on_bool(bool truth, error_code&) {
    values_.push_bool(truth);
    return true;
}

MDE_DECL bool StrictHandler::on_null(error_code&) {
    values_.push_null();
    return true;
}

#endif

} // namespace detail

/// Memory for a document that holds a secret: wiped when it is given back. Texts with escapes go
/// through a buffer of the parser's on the stack, which is wiped at the end, too.
class WipingResource final : public boost::container::pmr::memory_resource {
  public:
    WipingResource() noexcept = default;
    WipingResource(const WipingResource&) = delete;
    WipingResource& operator=(const WipingResource&) = delete;
    ~WipingResource() override { wipe_stack<16 * bounds::kib>(); }

  private:
    // Boost.JSON 1.81 takes the memory of a key with the alignment 1 and gives it back with 16, so
    // what `new` aligns anyway must not be told apart.
    static constexpr bool is_plain(std::size_t alignment) noexcept {
        return alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    }
    void* do_allocate(std::size_t size, std::size_t alignment) override;
    void do_deallocate(void* data, std::size_t size, std::size_t alignment) override;
    bool do_is_equal(const memory_resource& other) const noexcept override;
};

namespace detail {

/// Memory for a document without secrets that is read and dropped: taken from the stack, as far as
/// that goes, and given back at once.
class ScratchMemory {
  public:
    ScratchMemory() noexcept : resource_(buffer_, sizeof buffer_) {}
    ScratchMemory(const ScratchMemory&) = delete;
    ScratchMemory& operator=(const ScratchMemory&) = delete;

    /// What is made with it must not outlive this object.
    json::storage_ptr storage() noexcept { return &resource_; }

  private:
    alignas(std::max_align_t) unsigned char buffer_[6 * bounds::kib];
    json::monotonic_resource resource_;
};

} // namespace detail

/// Parses a whole text of at most 1 MiB and depth 32. `storage` holds the document; see
/// `WipingResource` for one that leaves nothing behind.
/// @par Errors errc::answer_too_large, errc::duplicate_member, errc::malformed_answer
MDE_DECL result<json::value> parse_json(std::string_view text,
                                        const json::storage_ptr& storage = json::storage_ptr());

/// The same, for the answers that must be an object.
MDE_DECL result<json::object>
parse_json_object(std::string_view text, const json::storage_ptr& storage = json::storage_ptr());

/// Reads the members of one object by type. A member that is absent or null is empty; one of
/// another type makes `ok()` false. Names are compared exactly, as the service does.
class Members {
  public:
    /// Refers to `object`, which outlives it.
    explicit Members(const json::object& object) noexcept : object_(&object) {}

    /// Whether everything that was read so far had its type.
    bool ok() const noexcept { return ok_; }

    /// The member whatever its type; null if it is absent or null.
    const json::value* find(std::string_view name) const noexcept;

    /// The member if it is a string.
    std::optional<std::string> string(std::string_view name);

    /// A whole number, or a string that spells one, as managed identity answers do.
    std::optional<std::int64_t> integer(std::string_view name);

    /// The member if it is an object; null if it is not there.
    const json::object* object(std::string_view name);

    /// The member if it is an array; null if it is not there.
    const json::array* array(std::string_view name);

    /// Says that a member, though of the right type, has a value that cannot be.
    void reject() noexcept { ok_ = false; }

  private:
    template <class T>
    std::optional<T> fail() noexcept {
        ok_ = false;
        return std::nullopt;
    }

    std::optional<std::int64_t> integer_of(std::string_view text) noexcept;

    const json::object* object_;
    bool ok_ = true;
};

#if MDE_DEFINITIONS

MDE_DECL void* WipingResource::do_allocate(std::size_t size, std::size_t alignment) {
    if (is_plain(alignment)) return ::operator new(size);
    return ::operator new(size, std::align_val_t(alignment));
}

MDE_DECL void WipingResource::do_deallocate(void* data, std::size_t size, std::size_t alignment) {
    wipe(data, size);
    if (is_plain(alignment)) return ::operator delete(data);
    ::operator delete(data, std::align_val_t(alignment));
}

MDE_DECL bool WipingResource::do_is_equal(const memory_resource& other) const noexcept {
    return this == &other;
}

MDE_DECL result<json::value> parse_json(std::string_view text, const json::storage_ptr& storage) {
    json::basic_parser<detail::StrictHandler> parser(json::parse_options(), storage);
    if (const error_code ec = detail::parse_whole(parser, text)) return ec;
    json::value document = parser.handler().release();
    if (detail::count_members(document) != parser.handler().members())
        return make_error_code(errc::duplicate_member);
    return document;
}

MDE_DECL result<json::object> parse_json_object(std::string_view text,
                                                const json::storage_ptr& storage) {
    result<json::value> document = parse_json(text, storage);
    if (!document) return document.error();
    if (!document->is_object()) return make_error_code(errc::malformed_answer);
    return std::move(document->get_object());
}

MDE_DECL const json::value* Members::find(std::string_view name) const noexcept {
    const json::value* value = object_->if_contains(json::string_view(name.data(), name.size()));
    return value == nullptr || value->is_null() ? nullptr : value;
}

MDE_DECL std::optional<std::string> Members::string(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) return fail<std::string>();
    return std::string(value->get_string().data(), value->get_string().size());
}

MDE_DECL std::optional<std::int64_t> Members::integer(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_int64()) return value->get_int64();
    if (value->is_string()) return integer_of(value->get_string());
    return fail<std::int64_t>();
}

MDE_DECL const json::object* Members::object(std::string_view name) {
    const json::value* value = find(name);
    if (value != nullptr && !value->is_object()) ok_ = false;
    return value == nullptr ? nullptr : value->if_object();
}

MDE_DECL const json::array* Members::array(std::string_view name) {
    const json::value* value = find(name);
    if (value != nullptr && !value->is_array()) ok_ = false;
    return value == nullptr ? nullptr : value->if_array();
}

MDE_DECL std::optional<std::int64_t> Members::integer_of(std::string_view text) noexcept {
    std::int64_t number = 0;
    if (text.empty() || text.size() > 18) return fail<std::int64_t>();
    for (const char c : text) {
        if (c < '0' || c > '9') return fail<std::int64_t>();
        number = number * 10 + (c - '0');
    }
    return number;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif

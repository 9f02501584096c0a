// SPDX-License-Identifier: BSL-1.0
// The parser of all answers: what it takes is JSON, and comes back the same when it is written
// again.
#include <mde/wire/json.hpp>
#include <mde/wire/json_text.hpp>

#include <boost/json/serialize.hpp>

#include "fuzz/target.hpp"

#include <algorithm>
#include <string>

namespace mde_fuzz {

namespace {

using namespace mde;

/// Boost.JSON reads a fraction only nearly as it was written; nothing here looks at one.
bool has_fraction(const wire::json::value& value) {
    if (const auto* array = value.if_array())
        return std::any_of(array->begin(), array->end(), has_fraction);
    if (const auto* object = value.if_object())
        return std::any_of(object->begin(), object->end(),
                           [](const auto& member) { return has_fraction(member.value()); });
    return value.is_double();
}

std::size_t depth_of(const wire::json::value& value) {
    std::size_t depth = 0;
    if (const auto* array = value.if_array())
        for (const auto& item : *array) depth = (std::max)(depth, depth_of(item));
    else if (const auto* object = value.if_object())
        for (const auto& member : *object) depth = (std::max)(depth, depth_of(member.value()));
    else
        return 0;
    return depth + 1;
}

} // namespace

void json(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    wire::WipingResource memory;
    const auto document = wire::parse_json(text);
    const auto wiped = wire::parse_json(text, wire::json::storage_ptr(&memory));
    require(document.has_value() == wiped.has_value(), "memory does not matter");
    if (document) {
        require(has_fraction(*document) || *document == *wiped,
                "memory does not matter for the value");
        require(wire::is_utf8(text), "JSON is UTF-8");
        require(depth_of(*document) <= bounds::json_depth, "nesting is bounded");
        if (!has_fraction(*document)) {
            const auto again = wire::parse_json(wire::json::serialize(*document));
            require(again && *again == *document, "written JSON reads the same");
        }
    } else {
        require(document.error() == wiped.error(), "memory does not matter for the error");
    }
    // Any text becomes one string.
    std::string quoted;
    wire::append_json_string(quoted, text);
    const auto read = wire::parse_json(quoted);
    require(read.has_value() == (wire::is_utf8(text) && quoted.size() <= bounds::json_text),
            "a string is written if and only if it is UTF-8");
    require(!read || std::string_view(read->get_string()) == text, "a string is written as it is");
}

} // namespace mde_fuzz

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ODATA_HPP
#define MDE_WIRE_ODATA_HPP

/// @file
/// The error body of the API, `{"error":{"code","message","target"}}`, both ways.

#include <mde/base/linkage.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// As the service wrote it; not yet safe to show. Source: "Common REST API error codes".
struct ServiceError {
    /// An open set.
    std::string code;
    /// For people.
    std::string message;
    /// The id to give to support.
    std::string target;

    friend bool operator==(const ServiceError&, const ServiceError&) = default;
};

/// Empty texts where the body is not that shape: an error whose body cannot be read is still an
/// error, and its status says which.
MDE_DECL ServiceError decode_service_error(std::string_view body);

/// For the service side.
MDE_DECL std::string encode_service_error(const ServiceError& error);

#if MDE_DEFINITIONS

MDE_DECL ServiceError decode_service_error(std::string_view body) {
    ServiceError error;
    const result<json::object> document = parse_json_object(body);
    if (!document) return error;
    Members outer(*document);
    const json::object* inner = outer.object("error");
    if (inner == nullptr) return error;
    Members members(*inner);
    error.code = members.string("code").value_or("");
    error.message = members.string("message").value_or("");
    error.target = members.string("target").value_or("");
    return error;
}

MDE_DECL std::string encode_service_error(const ServiceError& error) {
    const json::object document{
        {"error", {{"code", error.code}, {"message", error.message}, {"target", error.target}}}};
    return json::serialize(document);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif

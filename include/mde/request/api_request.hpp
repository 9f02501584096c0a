// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_API_REQUEST_HPP
#define MDE_REQUEST_API_REQUEST_HPP

/// @file
/// What a call of the API is: one documentation page as a type.

#include <mde/base/error.hpp>
#include <mde/model/permission.hpp>
#include <mde/model/quota.hpp>
#include <mde/model/stage.hpp>
#include <mde/wire/method.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// A call is a small struct. Its fields are the parameters, its constants are the page:
///
/// | member | meaning |
/// | --- | --- |
/// | `Response` | what a success holds; `wire::Codec<Response>` decodes it |
/// | `method` | a GET is repeated after failures, a POST only if nothing can have happened |
/// | `application`, `delegated` | permissions, of which one is enough |
/// | `quota` | the documented limits per application and tenant |
/// | `stage` | which part of the job diagnostics name |
/// | `target()` | path and query, ready for the request line |
///
/// A call may have `error_code check() const`, which is asked before anything is sent, and, if its
/// answer holds links that declare their end, `link_life` (see `LinkLife`). A call with a body has
/// `check()` and `std::string body() const` (JSON). A consumer adds a call by writing one more such
/// struct. Those of this SDK also have `route`, the path with its placeholders, for the service
/// side, and those for a link `action_type`, the kind of action that has one.
template <class T>
concept ApiRequest = std::copyable<T> && requires(const T& request) {
    typename T::Response;
    { T::method } -> std::convertible_to<Method>;
    { T::application } -> std::convertible_to<AnyOf>;
    { T::delegated } -> std::convertible_to<AnyOf>;
    { T::quota } -> std::convertible_to<Quota>;
    { T::stage } -> std::convertible_to<Stage>;
    {std::string_view(request.target())};
};

/// A call that carries a JSON body.
template <class T>
concept ApiRequestWithBody = ApiRequest<T> && requires(const T& request) {
    { request.body() } -> std::convertible_to<std::string>;
    { request.check() } -> std::convertible_to<error_code>;
};

} // namespace mde::inline MDE_ABI

#endif

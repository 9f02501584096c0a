// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_QUERY_HPP
#define MDE_SERVICE_QUERY_HPP

/// @file
/// The query of a request target, taken apart and decoded.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/wire/link_grammar.hpp>

#include <boost/url/encoding_opts.hpp>
#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// Names and values, decoded.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// The part of a target before its `?`.
constexpr std::string_view path_of(std::string_view target) noexcept {
    return target.substr(0, target.find('?'));
}

/// The parameters in their order, `+` read as a space; empty if the target is no plain one or a
/// name comes twice. No query at all is no parameters.
inline std::optional<QueryParameters> parse_query(std::string_view target) {
    // Boost.URL is asked only behind this gate: some of its versions read past the end of an odd
    // query.
    if (!target.starts_with('/') || target.size() > bounds::link || !wire::is_target_text(target))
        return std::nullopt;
    QueryParameters parameters;
    const std::size_t question = target.find('?');
    if (question == std::string_view::npos || question + 1 == target.size()) return parameters;
    // The path of an API call never begins with two slashes, which would read as an authority.
    const std::string query = "/" + std::string(target.substr(question));
    const auto url = boost::urls::parse_origin_form(query);
    if (!url) return std::nullopt;
    boost::urls::encoding_opts options;
    options.space_as_plus = true;
    for (const auto& parameter : url->params(options)) {
        for (const auto& known : parameters)
            if (ascii::equal_ignoring_case(known.first, parameter.key)) return std::nullopt;
        parameters.emplace_back(parameter.key, parameter.value);
    }
    return parameters;
}

} // namespace mde::inline MDE_ABI::service

#endif

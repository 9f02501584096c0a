// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SEEN_ASSERTIONS_HPP
#define MDE_SERVICE_SEEN_ASSERTIONS_HPP

/// @file
/// Which assertions were used already: each is good for one token.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// Remembers ids until they would have expired anyway. Distinct objects: safe. Shared objects:
/// unsafe.
class SeenAssertions {
  public:
    /// False if `client` has used `id` before. Times are in seconds since 1970.
    bool insert(std::string_view client, std::string_view id, std::int64_t expires,
                std::int64_t now);

  private:
    std::map<std::string, std::int64_t> expiries_;
};

#if MDE_DEFINITIONS

MDE_DECL bool SeenAssertions::insert(std::string_view client, std::string_view id,
                                     std::int64_t expires, std::int64_t now) {
    std::erase_if(expiries_, [&](const auto& seen) { return seen.second <= now; });
    return expiries_.emplace(std::string(client) + '|' + std::string(id), expires).second;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif

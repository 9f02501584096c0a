// SPDX-License-Identifier: BSL-1.0
// What every test needs and is slow to parse. That headers stand on their own is tested elsewhere
// (tests/headers), without this file.
#ifndef MDE_TESTS_PCH_TESTS_HPP
#define MDE_TESTS_PCH_TESTS_HPP

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// How a failed check shows a result: the value itself may be secret, or have no operator.
template <class T, class E>
struct doctest::StringMaker<boost::system::result<T, E>> {
    static String convert(const boost::system::result<T, E>& shown) {
        return shown.has_value() ? String("a value") : String(shown.error().message().c_str());
    }
};

#endif

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_BENCHMARK_MEDIAN_HPP
#define MDE_TESTS_BENCHMARK_MEDIAN_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

/// @pre there are some
inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

#endif

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_CLI_OPTIONS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_CLI_OPTIONS_HPP

/// @file
/// Options of a command line whose text is read, and refused, by `readers.hpp`.

#include "readers.hpp"

#include <mde/base/time.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace mde_package {

using Take = std::function<void(const std::string& option, const std::string& text)>;

/// An option with one text, read by `take` under the option's own name.
inline CLI::Option* add(CLI::App& app, const std::string& name, const std::string& type,
                        const std::string& help, Take take) {
    auto* option = app.add_option_function<std::string>(
        name, [name, take](const std::string& text) { take(name, text); }, help);
    return option->type_name(type);
}

inline CLI::Option* add_seconds(CLI::App& app, const std::string& name, mde::Duration& into,
                                const std::string& help, bool zero_allowed = false) {
    return add(app, name, "S", help, [&into, zero_allowed](const auto& option, const auto& text) {
        into = read_seconds(option, text, zero_allowed);
    });
}

inline CLI::Option* add_size(CLI::App& app, const std::string& name, std::uint64_t& into,
                             const std::string& help) {
    return add(app, name, "BYTES", help,
               [&into](const auto& option, const auto& text) { into = read_size(option, text); });
}

inline CLI::Option* add_text(CLI::App& app, const std::string& name, std::string& into,
                             const std::string& type, const std::string& help) {
    return app.add_option(name, into, help)->type_name(type);
}

} // namespace mde_package

#endif

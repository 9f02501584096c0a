// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "exit_codes.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/verify_packages.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/printable.hpp>
#include <mde/wire/json_text.hpp>

#include <string>
#include <string_view>

namespace mde_package {

namespace {

std::string json_line(const mde::VerifiedPackage& package) {
    std::string line = R"({"name":)";
    mde::wire::append_json_string(line, package.name);
    line += R"(,"verdict":)";
    mde::wire::append_json_string(line, mde::name_of(package.verdict));
    if (package.receipt) {
        line += R"(,"sha256":)";
        mde::wire::append_json_string(line, package.receipt->sha256.hex().view());
    }
    return line + '}';
}

std::string readable_line(const mde::VerifiedPackage& package) {
    std::string line(mde::name_of(package.verdict));
    line += ": " + mde::printable_message(package.name, mde::bounds::shown_message);
    if (package.verdict == mde::Verdict::good)
        line.append(", SHA-256 ").append(package.receipt->sha256.hex().view());
    return line;
}

} // namespace

int run_verify(Stage& stage, const Options& options) {
    const auto packages = mde::verify_packages<mde::OpensslSha256>(options.out);
    if (!packages) {
        mde::Diagnostics diagnostics;
        diagnostics.stage = mde::Stage::store;
        show_error(stage, error_line("verify", packages.error(), diagnostics));
        return exit_code_of(packages.error());
    }
    std::size_t bad = 0;
    for (const mde::VerifiedPackage& package : *packages) {
        bad += package.verdict == mde::Verdict::good ? 0u : 1u;
        if (options.json)
            stage.out.json_line(json_line(package));
        else
            stage.out.line(readable_line(package));
    }
    if (bad == 0 && !packages->empty()) return exits::success;
    show_error(stage, bad == 0 ? std::string("mde-package: verify: there is no package; name "
                                             "the directory that packages were stored in")
                               : "mde-package: verify: " + std::to_string(bad) + " of " +
                                     std::to_string(packages->size()) +
                                     " are not what their receipts say; do not use them, and "
                                     "fetch them again");
    return exits::not_proven;
}

} // namespace mde_package

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_STAGE_HPP
#define MDE_MODEL_STAGE_HPP

/// @file
/// The parts of the job, as diagnostics name them.

#include <mde/base/version.hpp>

#include <string_view>

namespace mde::inline MDE_ABI {

/// Which part of the job an answer belongs to.
enum class Stage {
    /// Nothing is known.
    none,
    /// Getting a token.
    sign_in,
    /// Starting a collection.
    collect,
    /// Reading one action.
    get_action,
    /// Reading a list of actions.
    list_actions,
    /// Cancelling an action.
    cancel,
    /// Asking for the link to a package.
    get_link,
    /// Asking for the link to a live-response result.
    get_live_response_link,
    /// Asking for the links to the files of an export.
    export_files,
    /// Getting the bytes that a link leads to.
    download,
    /// Keeping them.
    store,
    /// A call of the consumer's own.
    other,
};

/// As errors and progress name it; empty for `none`.
constexpr std::string_view name_of(Stage stage) noexcept {
    switch (stage) {
    case Stage::none: return "";
    case Stage::sign_in: return "sign in";
    case Stage::collect: return "collect";
    case Stage::get_action: return "get action";
    case Stage::list_actions: return "list actions";
    case Stage::cancel: return "cancel";
    case Stage::get_link: return "get link";
    case Stage::get_live_response_link: return "get live response link";
    case Stage::export_files: return "export files";
    case Stage::download: return "download";
    case Stage::store: return "store";
    case Stage::other: return "call";
    }
    return "";
}

} // namespace mde::inline MDE_ABI

#endif

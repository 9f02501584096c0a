// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SETTINGS_HPP
#define MDE_SERVICE_SETTINGS_HPP

/// @file
/// Every switch of the emulated service, with the recorded behaviour as the default where one is
/// known.

#include <mde/base/time.hpp>
#include <mde/model/permission.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/service/action_spelling.hpp>
#include <mde/service/api_rules.hpp>
#include <mde/service/blob_settings.hpp>
#include <mde/service/feature.hpp>
#include <mde/service/sign_in_rules.hpp>
#include <mde/service/timed_action.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// The two shapes of `value` in the answer of getPackageUri.
enum class LinkQuoting {
    /// The link itself, as some recorded answers have it.
    plain,
    /// A JSON string inside a JSON string, as every page shows it.
    quoted,
};

/// Which ids of actions are read.
enum class IdCheck {
    /// What the service does: anything else is 400.
    guid_only,
    /// Also the 40 hexadecimal digits of the page's own example.
    documented_forms,
};

/// What machines may be named in a collection.
enum class UnknownMachines {
    /// All of them, by an id of a documented form.
    accepted,
    /// 404.
    refused,
};

/// All switches. They may be changed between two requests.
struct Settings {
    // Names of the service.
    /// Stands in `@odata.context` and `@odata.nextLink`.
    std::string base_url = "https://api.securitycenter.microsoft.com";
    /// The link's host and port; the port is written even if it is 443.
    std::string link_host = "userrequests-us.securitycenter.windows.com";
    /// Of the link's host.
    std::uint16_t link_port = 443;
    /// Resources that tokens are issued for.
    std::vector<std::string> audiences{
        "https://api.securitycenter.microsoft.com",
        "https://api.securitycenter.windows.com",
        "https://securitycenter.onmicrosoft.com/windowsatpservice",
        "https://securitycenter.onmicrosoft.us/windowsatpservice",
        "https://api-gcc.securitycenter.microsoft.us",
        "https://api-gov.securitycenter.microsoft.us",
    };
    /// Ids, nonces and correlation ids follow from it.
    std::uint64_t seed = 1;

    // Sign-in.
    /// Of an access token.
    std::chrono::seconds token_lifetime{3599};
    /// Of sign-in.
    SignInRules sign_in{};

    // The API.
    /// Of the API.
    ApiRules api{};
    /// Of actions in answers.
    ActionSpelling spelling{};
    /// A fresh action is unknown for so long: 404.
    Duration hidden_for{};
    /// Whether a collection may name a machine that nobody registered.
    UnknownMachines unknown_machines = UnknownMachines::accepted;
    /// Which ids of actions are read.
    IdCheck id_check = IdCheck::guid_only;
    /// Pages disagree: 201 or 200.
    unsigned created_status = 201;
    /// Actions in one answer of the list call; `@odata.nextLink` leads to the rest.
    std::size_t page_size = 10'000;
    /// For collections whose machine has no schedule of its own.
    Schedule schedule{};

    // Links.
    /// Of a link to a package.
    Duration link_lifetime = std::chrono::seconds(60);
    /// How the answer writes the link.
    LinkQuoting link_quoting = LinkQuoting::quoted;
    /// The pages of different years disagree; the union by default.
    AnyOf link_permissions = GetPackageUri::application;

    // Download host. Nothing is known of the real one.
    /// @{
    /// What a dead link is answered.
    unsigned dead_link_status = 403;
    std::string dead_link_body = R"({"error":"Expired token"})";
    std::string dead_link_media_type = "application/json; charset=utf-8";
    /// @}
    /// Of a package.
    std::string package_media_type = "application/zip";
    /// How the end of a package is marked.
    ReplyFraming package_framing = ReplyFraming::by_length;
    /// Whether parts are sent.
    Feature ranges = Feature::on;
    /// Whether packages have a strong tag.
    Feature etags = Feature::on;
    /// Of the links that declare their end.
    BlobSettings blob{};

    // Errors and quotas.
    /// How the `target` of an error looks.
    TargetStyle target_style = TargetStyle::guid;
    /// Whether calls are counted.
    Feature quotas = Feature::on;
    /// The code of a 429.
    ThrottleCode throttle_code = ThrottleCode::number;
    /// Puts the token, or the client secret, that came in into the errors that go out: for tests of
    /// a client that must not show them.
    Feature echo_secrets_in_errors = Feature::off;
};

} // namespace mde::inline MDE_ABI::service

#endif

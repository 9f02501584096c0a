// SPDX-License-Identifier: BSL-1.0
// Links: what is accepted is https without a user, leads to an allowed host, and goes on the wire
// as it came. Judged by a second reading of the grammar, which goes about it in another way.
#include <mde/model/cloud.hpp>
#include <mde/model/link_policy.hpp>
#include <mde/wire/export_files_codec.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include "fuzz/target.hpp"
#include "fuzz/targets/decoded.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace mde_fuzz {

namespace {

using namespace mde;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";

std::string lowered(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (const auto at = letters.find(c); at != std::string_view::npos && at >= 26)
            c = letters[at - 26];
    return lower;
}

bool consists_of(std::string_view text, std::string_view set) {
    return text.find_first_not_of(set) == std::string_view::npos;
}

/// `https://HOST[:PORT]/...`, RFC 3986 characters only, at most 16 KiB.
struct Oracle {
    bool good = false;
    std::string host;
    unsigned port = 443;
    std::string target;

    explicit Oracle(std::string_view link) {
        if (link.size() > 16 * 1024 || lowered(link.substr(0, 8)) != "https://") return;
        const std::size_t slash = link.find('/', 8);
        if (slash == std::string_view::npos) return;
        host = link.substr(8, slash - 8);
        target = link.substr(slash);
        good = split_port() && is_host() && is_target();
    }

  private:
    bool split_port() {
        const std::size_t colon = host.rfind(':');
        if (colon == std::string::npos) return true;
        const std::string text = host.substr(colon + 1);
        host.resize(colon);
        if (text.empty() || text.size() > 5 || !consists_of(text, digits) || text[0] == '0')
            return false;
        port = static_cast<unsigned>(std::stoul(text));
        return port <= 65535;
    }
    bool is_host() const {
        const std::string dotted = '.' + host + '.';
        return host.size() <= 253 && dotted.find("..") == std::string::npos &&
               consists_of(host, std::string(letters) + std::string(digits) + "-.");
    }
    bool is_target() const {
        const std::string allowed =
            std::string(letters) + std::string(digits) + "-._~!$&'()*+,;=:@/?%";
        if (!consists_of(target, allowed)) return false;
        for (std::size_t i = 0; i < target.size(); ++i)
            if (target[i] == '%' &&
                (i + 2 >= target.size() ||
                 !consists_of(std::string_view(target).substr(i + 1, 2), "0123456789abcdefABCDEF")))
                return false;
        return true;
    }
};

bool ends_in(const std::string& host, std::string_view suffix) {
    return host.size() > suffix.size() && host.substr(host.size() - suffix.size()) == suffix;
}

/// What the policies of all clouds together, and one entry of a consumer, let through.
void check_policy(const PackageUri& uri) {
    const std::string host = lowered(uri.host());
    for (const Cloud& cloud : clouds()) {
        const LinkPolicy policy(cloud);
        for (const LinkKind kind : {LinkKind::package, LinkKind::blob}) {
            const bool expected =
                uri.port() == 443 &&
                ends_in(host, kind == LinkKind::package ? cloud.package_hosts : cloud.blob_hosts);
            require(policy.allows(uri.host(), uri.port(), kind) == expected,
                    "a cloud's links lead to its own hosts only");
        }
    }
    LinkPolicy own;
    require(own.allow("files.example:8443").has_value(), "a plain host is allowed");
    require(own.allows(uri.host(), uri.port()) == (host == "files.example" && uri.port() == 8443),
            "an entry of a policy is one host and one port");
    require(!LinkPolicy().allows(uri.host(), uri.port()), "an empty policy allows nothing");
}

const Now noon{MonotonicTime(std::chrono::hours(1)),
               UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1))};

/// Checks a link that was accepted; returns its bytes, if it can be redeemed.
std::string check_link(PackageUri uri) {
    require(!uri.valueless(), "an accepted link has a value");
    const std::string host(uri.host());
    const unsigned port = uri.port();
    check_policy(uri);
    const MonotonicTime use =
        uri.usable_from() > noon.monotonic ? uri.usable_from() : noon.monotonic;
    auto live = std::move(uri).redeem(use);
    require(!std::move(uri).redeem(use).has_value(), "a link is redeemed once");
    if (!live) return {};
    const std::string url(live->expose_url());
    const Oracle oracle(url);
    require(oracle.good, "an accepted link is within the grammar");
    require(live->host() == oracle.host && host == oracle.host, "the host is that of the text");
    require(live->port() == oracle.port && port == oracle.port, "the port is that of the text");
    require(live->expose_target() == oracle.target, "the target is sent byte for byte");
    return url;
}

} // namespace

void links(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    auto uri = wire::adopt_link(Secret(text), noon);
    const auto layout = wire::split_link(text);
    require(layout.has_value() == Oracle(text).good, "the grammar is what it says");
    require(!uri || layout, "only what is within the grammar is adopted");
    if (uri) {
        const std::string url = check_link(std::move(*uri));
        require(url.empty() || url == text, "a link is kept byte for byte");
    }
    // The second name of the same rules.
    const auto endpoint = Endpoint::parse(text);
    if (!endpoint) return;
    require(Oracle(std::string(endpoint->url().view()) + '/').good, "an endpoint is a plain host");
    require(Endpoint::parse(endpoint->url().view()) == *endpoint, "an endpoint reads the same");
}

void link_answers(Bytes bytes) {
    using wire::Codec;
    const std::string_view text = text_of(bytes);
    if (auto uri = decoded<PackageUri>(text, noon)) {
        const std::string url = check_link(std::move(*uri));
        for (const auto quoting :
             {Codec<PackageUri>::Quoting::plain, Codec<PackageUri>::Quoting::quoted}) {
            if (url.empty()) break;
            auto again = decoded<PackageUri>(Codec<PackageUri>::encode(url, quoting, "b"), noon);
            require(again && check_link(std::move(*again)) == url, "a link reads the same");
        }
    }
    auto files = decoded<ExportFiles>(text, noon);
    if (!files) return;
    std::vector<std::string> urls;
    for (PackageUri& uri : files->files) urls.push_back(check_link(std::move(uri)));
    const bool all_live = std::find(urls.begin(), urls.end(), std::string()) == urls.end();
    if (!all_live) return;
    const auto again =
        decoded<ExportFiles>(Codec<ExportFiles>::encode(urls, files->generated, "b"), noon);
    require(again && again->generated == files->generated && again->files.size() == urls.size(),
            "an export reads the same");
}

} // namespace mde_fuzz

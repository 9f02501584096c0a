// SPDX-License-Identifier: BSL-1.0
#include "command_line.hpp"

#include "exit_codes.hpp"

#include <mde/base/ascii.hpp>
#include <mde/base/version.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/model/permission.hpp>
#include <mde/request/comment.hpp>
#include <mde/wire/names.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

constexpr std::string_view action_forms =
    "is no action id: a GUID (8-4-4-4-12 hexadecimal digits) or 40 hexadecimal digits";
constexpr std::string_view machine_forms = "is no machine id: 40 or 32 hexadecimal digits";

/// What is put together only after everything was read.
struct Raw {
    std::string cloud;
    std::string endpoint;
    std::string authority;
    std::string audience;
    std::string tenant;
    std::string client_id;
    std::vector<std::string> link_hosts;
    std::string proxy;
    std::string secret_variable;
    std::string secret_file;
};

/// CLI11's callbacks write into it, so it stays where it is.
struct Parser {
    CLI::App app{"Gets investigation packages out of Microsoft Defender for Endpoint."};
    Options options;
    Raw raw;
};

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

/// Of two spellings the first that is set.
std::string_view environment(const char* name, const char* other) {
    const std::string_view value = environment(name);
    return value.empty() ? environment(other) : value;
}

[[noreturn]] void refuse(const std::string& option, std::string_view why) {
    throw UsageError(option + ": " + std::string(why));
}

/// Digits, at most one point; no sign, no exponent, no infinity.
mde::Duration read_seconds(const std::string& option, const std::string& text, bool zero_allowed) {
    double seconds = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
    const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
    constexpr double year = 366.0 * 24 * 3600;
    if (!plain || parsed.ec != std::errc() || parsed.ptr != end || seconds > year)
        refuse(option, "is no number of seconds, such as 30 or 0.5");
    const auto span =
        std::chrono::duration_cast<mde::Duration>(std::chrono::duration<double>(seconds));
    if (span <= mde::Duration::zero() && !zero_allowed) refuse(option, "must be more than zero");
    return span;
}

std::uint64_t read_number(const std::string& option, std::string_view text, std::uint64_t least,
                          std::uint64_t most) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < least || number > most)
        refuse(option, "must be a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most));
    return number;
}

/// `1048576`, `1024K`, `1M`, `2G`; powers of 1024.
std::uint64_t read_size(const std::string& option, std::string_view text) {
    std::uint64_t unit = 1;
    constexpr std::string_view units = "KMG";
    if (!text.empty()) {
        const std::size_t found = units.find(text.back());
        for (std::size_t i = 0; found != units.npos && i <= found; ++i) unit *= 1024;
        if (found != units.npos) text.remove_suffix(1);
    }
    constexpr std::uint64_t most = 1ull << 50;
    return read_number(option, text, 1, most / unit) * unit;
}

mde::MachineActionId read_action(const std::string& option, const std::string& text) {
    const auto id = mde::MachineActionId::parse(text);
    if (!id) refuse(option, action_forms);
    return *id;
}

mde::Endpoint read_endpoint(const std::string& option, std::string_view text) {
    const auto endpoint = mde::Endpoint::parse(text);
    if (!endpoint) refuse(option, "is not https://host[:port]");
    return *endpoint;
}

using Take = std::function<void(const std::string& option, const std::string& text)>;

/// An option with one text, read by `take` under the option's own name.
CLI::Option* add(CLI::App& app, const std::string& name, const std::string& type,
                 const std::string& help, Take take) {
    auto* option = app.add_option_function<std::string>(
        name, [name, take](const std::string& text) { take(name, text); }, help);
    return option->type_name(type);
}

CLI::Option* add_seconds(CLI::App& app, const std::string& name, mde::Duration& into,
                         const std::string& help, bool zero_allowed = false) {
    return add(app, name, "S", help, [&into, zero_allowed](const auto& option, const auto& text) {
        into = read_seconds(option, text, zero_allowed);
    });
}

CLI::Option* add_size(CLI::App& app, const std::string& name, std::uint64_t& into,
                      const std::string& help) {
    return add(app, name, "BYTES", help,
               [&into](const auto& option, const auto& text) { into = read_size(option, text); });
}

CLI::Option* add_text(CLI::App& app, const std::string& name, std::string& into,
                      const std::string& type, const std::string& help) {
    return app.add_option(name, into, help)->type_name(type);
}

void add_display(CLI::App& app, Options& options) {
    app.add_flag("--json", options.json, "Write JSON on standard output");
    app.add_flag("--quiet", options.quiet, "Show no progress on standard error");
}

void add_secret(CLI::App& app, Raw& raw) {
    add_text(app, "--client-secret-env", raw.secret_variable, "NAME",
             "Environment variable that holds the client secret (default: AZURE_CLIENT_SECRET)");
    add_text(app, "--client-secret-file", raw.secret_file, "FILE",
             "File that holds the client secret; a line break at its end is left out");
}

void add_timing(CLI::App& app, Options& options) {
    Access& access = options.access;
    add_seconds(app, "--connect-timeout", access.transport.connect_limit,
                "For connecting, and for TLS, once each (default: 10)");
    add_seconds(app, "--idle-timeout", access.transport.idle_limit,
                "Between two pieces of an answer (default: 30)");
    add_seconds(app, "--deadline", access.deadline, "For the whole command (default: none)");
    add(app, "--retries", "N", "Further tries of a call that failed (default: 3)",
        [&access](const auto& name, const auto& text) {
            access.settings.retry.tries =
                static_cast<unsigned>(read_number(name, text, 0, 100)) + 1;
        });
    add(app, "--links", "N", "Links asked for, at most, to fetch one package (default: 3)",
        [&access](const auto& name, const auto& text) {
            access.settings.links_per_package =
                static_cast<unsigned>(read_number(name, text, 1, 100));
        });
    add_size(app, "--max-bytes", access.settings.package_limit,
             "Largest package that is accepted (default: 2G)");
    add(app, "--poll-interval", "S", "Time between two looks at an action (default: 5 to 30)",
        [&access](const auto& name, const auto& text) {
            access.settings.poll.first = read_seconds(name, text, false);
            access.settings.poll.most = access.settings.poll.first;
        });
}

/// What every command that talks to the service takes.
void add_access(CLI::App& app, Parser& parser) {
    Raw& raw = parser.raw;
    auto* cloud = add_text(app, "--cloud", raw.cloud, "NAME",
                           "commercial (default), us, eu, uk, au, swa, ina, gcc, gcc-high or dod");
    add_text(app, "--endpoint", raw.endpoint, "URL", "The API, instead of a cloud's")
        ->excludes(cloud);
    add_text(app, "--authority", raw.authority, "URL", "Where to sign in; needed with --endpoint")
        ->envname("AZURE_AUTHORITY_HOST");
    add_text(app, "--audience", raw.audience, "URI", "The resource to ask a token for");
    add(app, "--ca-file", "PEM", "Trust the authorities in this file, and no others",
        [&parser](const auto&, const auto& text) { parser.options.access.ca_file = text; });
    add_text(app, "--tenant-id", raw.tenant, "ID", "The tenant: a GUID or a domain")
        ->envname("AZURE_TENANT_ID");
    add_text(app, "--client-id", raw.client_id, "ID", "The application")
        ->envname("AZURE_CLIENT_ID");
    add_secret(app, raw);
    app.add_option("--allow-link-host", raw.link_hosts,
                   "Host that a link may point to, beside the cloud's own; may be repeated")
        ->type_name("HOST[:PORT]")
        ->expected(1)
        ->take_all();
    add_text(app, "--proxy", raw.proxy, "URL",
             "http://[user:password@]host[:port] (default: HTTPS_PROXY); NO_PROXY is obeyed");
    add_timing(app, parser.options);
    add_display(app, parser.options);
}

CLI::Option* add_action(CLI::App& app, Options& options, const std::string& help) {
    return add(app, "--action-id", "ID", help, [&options](const auto& name, const auto& text) {
        options.actions.assign(1, read_action(name, text));
    });
}

CLI::Option* add_machine(CLI::App& app, Options& options, const std::string& help) {
    return add(app, "--machine-id", "ID", help, [&options](const auto& name, const auto& text) {
        const auto id = mde::MachineId::parse(text);
        if (!id) refuse(name, machine_forms);
        options.machine = *id;
    });
}

CLI::Option* add_comment(CLI::App& app, Options& options) {
    return add(app, "--comment", "TEXT", "Why; ends in the audit log",
               [&options](const auto& name, const auto& text) {
                   if (mde::check_comment(text)) refuse(name, "is not 1 to 4096 bytes of UTF-8");
                   options.comment = text;
               });
}

CLI::App& add_command(Parser& parser, Command command, const std::string& name,
                      const std::string& help) {
    CLI::App* app = parser.app.add_subcommand(name, help);
    app->callback([&parser, command] { parser.options.command = command; });
    app->footer("Exit codes are listed by 'mde-package --help'.");
    return *app;
}

void add_collect(Parser& parser) {
    CLI::App& app =
        add_command(parser, Command::collect, "collect", "Ask for a collection on a machine");
    Options& options = parser.options;
    add_machine(app, options, "The machine")->required();
    add_comment(app, options)->required();
    app.add_flag("--wait", options.wait, "Wait until it has finished");
    auto* fetch = app.add_flag("--fetch", options.fetch, "Wait, then fetch the package");
    auto* out = add_text(app, "--out", options.out, "DIR", "Where --fetch stores the package");
    fetch->needs(out);
    out->needs(fetch);
    add_access(app, parser);
}

void add_action_commands(Parser& parser) {
    Options& options = parser.options;
    CLI::App& status = add_command(parser, Command::status, "status", "Show an action");
    add_action(status, options, "The action")->required();
    add_access(status, parser);
    CLI::App& wait = add_command(parser, Command::wait, "wait", "Wait until an action succeeds");
    add_action(wait, options, "The action")->required();
    add_access(wait, parser);
    CLI::App& cancel = add_command(parser, Command::cancel, "cancel", "Cancel an action");
    add_action(cancel, options, "The action")->required();
    add_comment(cancel, options)->required();
    add_access(cancel, parser);
}

mde::MachineActionStatus read_status(const std::string& option, const std::string& text) {
    const auto status = mde::wire::machine_action_statuses.find(text);
    if (status == mde::MachineActionStatus::unknown)
        refuse(option, "must be Pending, InProgress, Succeeded, Failed, TimeOut or Cancelled");
    return status;
}

void add_list(Parser& parser) {
    CLI::App& app = add_command(parser, Command::list, "list", "List actions, newest first");
    Options& options = parser.options;
    add_machine(app, options, "Only those of this machine");
    add(app, "--top", "N", "At most so many", [&options](const auto& name, const auto& text) {
        options.top = static_cast<unsigned>(read_number(name, text, 1, 10'000));
    });
    add(app, "--status", "STATUS", "Only those with this status",
        [&options](const auto& name, const auto& text) {
            options.status = read_status(name, text);
        });
    add_access(app, parser);
}

void add_fetch(Parser& parser) {
    CLI::App& app =
        add_command(parser, Command::fetch, "fetch", "Fetch packages: link, download, receipt");
    Options& options = parser.options;
    app.add_option_function<std::vector<std::string>>(
           "--action-id",
           [&options](const std::vector<std::string>& texts) {
               for (const std::string& text : texts)
                   options.actions.push_back(read_action("--action-id", text));
           },
           "The action; may be repeated")
        ->type_name("ID")
        ->expected(1)
        ->take_all()
        ->required();
    add_text(app, "--out", options.out, "DIR", "Where the packages are stored")->required();
    add_access(app, parser);
}

void add_link_host(CLI::App& app, ServiceOptions& service) {
    add(app, "--link-host", "HOST:PORT", "Where links point to (default: the service itself)",
        [&service](const auto& name, const auto& text) {
            const std::size_t colon = text.find(':');
            const auto port = colon == std::string::npos
                                  ? std::nullopt
                                  : mde::parse_port(std::string_view(text).substr(colon + 1));
            service.link_host = text.substr(0, colon);
            if (!port || !mde::is_plain_host(service.link_host)) refuse(name, "is not HOST:PORT");
            service.link_port = *port;
        });
}

void add_faults(CLI::App& app, ServiceOptions& service) {
    add(app, "--fail-actions", "STATUS", "Collections end as Failed, TimeOut or Cancelled",
        [&service](const auto& name, const auto& text) {
            service.final_status = read_status(name, text);
            if (!mde::is_terminal(service.final_status)) refuse(name, "must be a final status");
        });
    app.add_option_function<std::vector<std::string>>(
           "--drop-permission",
           [&service](const std::vector<std::string>& names) {
               for (const std::string& name : names) {
                   const auto permission = mde::find_permission(name);
                   if (!permission) refuse("--drop-permission", "names no permission of the API");
                   service.dropped_permissions.push_back(*permission);
               }
           },
           "Permission that the application lacks, such as Machine.CollectForensics")
        ->type_name("NAME");
    app.add_option_function<std::vector<std::string>>(
           "--with-action",
           [&service](const std::vector<std::string>& texts) {
               for (const std::string& text : texts)
                   service.finished_actions.push_back(read_action("--with-action", text));
           },
           "A finished collection that exists from the start; may be repeated")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
    add_seconds(app, "--download-delay", service.download_delay,
                "Time before a download begins to come (default: 0)", true);
    add_link_host(app, service);
}

void add_quoting(CLI::App& app, ServiceOptions& service) {
    add(app, "--quoting", "quoted|plain", "Which of the two recorded shapes link answers have",
        [&service](const auto& name, const auto& text) {
            service.plain_links = text == "plain";
            if (!service.plain_links && text != "quoted") refuse(name, "must be quoted or plain");
        });
}

void add_serve(Parser& parser) {
    CLI::App& app = add_command(parser, Command::serve, "serve",
                                "Play the service on 127.0.0.1, until SIGINT or SIGTERM");
    ServiceOptions& service = parser.options.service;
    add(app, "--port", "N", "Port to listen on; 0: the system chooses",
        [&service](const auto& name, const auto& text) {
            service.port = static_cast<std::uint16_t>(read_number(name, text, 0, 65535));
        })
        ->required();
    add_text(app, "--ca-out", service.ca_out, "FILE",
             "Where to write the authority's certificate, for --ca-file of the other commands")
        ->required();
    add_text(app, "--tenant-id", parser.raw.tenant, "ID", "The one tenant that there is")
        ->envname("AZURE_TENANT_ID");
    add_text(app, "--client-id", parser.raw.client_id, "ID", "The one application that there is")
        ->envname("AZURE_CLIENT_ID");
    add_secret(app, parser.raw);
    add_seconds(app, "--link-lifetime", service.link_lifetime, "Life of a link (default: 60)",
                true);
    add_seconds(app, "--token-lifetime", service.token_lifetime, "Life of a token (default: 3599)");
    add_seconds(app, "--collect-seconds", service.collect_time,
                "Time that a collection takes (default: 3)", true);
    add_size(app, "--package-size", service.package_size, "Size of every package (default: 8M)");
    add_quoting(app, service);
    app.add_flag("--no-quota", service.no_quota, "Count no calls");
    add_faults(app, service);
    add_display(app, parser.options);
}

void add_demo(Parser& parser) {
    CLI::App& app = add_command(
        parser, Command::demo, "demo",
        "The whole job against a service in this process, over real TLS, with a proof at the end");
    Options& options = parser.options;
    add_size(app, "--package-size", options.service.package_size,
             "Size of the package (default: 8M)");
    add_text(app, "--out", options.out, "DIR",
             "Where to store the package (default: a fresh directory)");
    add_display(app, options);
}

std::string exit_code_table() {
    std::string text = "Exit codes:\n";
    for (const ExitCode& row : exit_codes) {
        std::string number = std::to_string(row.number);
        number.insert(0, 5 - number.size(), ' ');
        text += number + "  " + std::string(row.meaning) + '\n';
    }
    return text + "Errors are one line on standard error: what failed, why, what to do next.\n"
                  "The client secret is read from the environment or a file, never from the "
                  "arguments.";
}

/// @throws UsageError
mde::Secret read_secret_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse("--client-secret-file", "cannot be opened");
    std::array<char, 4097> text{};
    std::size_t size = 0;
    while (size < text.size()) {
        const ::ssize_t count = ::read(file, text.data() + size, text.size() - size);
        if (count <= 0) break;
        size += static_cast<std::size_t>(count);
    }
    ::close(file);
    std::string_view view(text.data(), size);
    if (view.ends_with('\n')) view.remove_suffix(1);
    if (view.ends_with('\r')) view.remove_suffix(1);
    const bool usable = !view.empty() && size < text.size();
    mde::Secret secret(view);
    mde::wipe(text.data(), text.size());
    if (!usable) refuse("--client-secret-file", "is empty or longer than 4 KiB");
    return secret;
}

/// @throws UsageError
mde::Secret read_secret(const Raw& raw) {
    if (!raw.secret_file.empty() && !raw.secret_variable.empty())
        refuse("--client-secret-file", "excludes --client-secret-env");
    if (!raw.secret_file.empty()) return read_secret_file(raw.secret_file);
    const std::string variable =
        raw.secret_variable.empty() ? "AZURE_CLIENT_SECRET" : raw.secret_variable;
    const std::string_view value = environment(variable.c_str());
    if (value.empty())
        throw UsageError("the client secret is missing: set AZURE_CLIENT_SECRET, or use "
                         "--client-secret-env or --client-secret-file");
    return mde::Secret(value);
}

/// Whom to talk to.
void settle_servers(const Raw& raw, mde::Settings& settings) {
    const mde::Cloud* cloud = mde::find_cloud(raw.cloud.empty() ? "commercial" : raw.cloud);
    if (cloud == nullptr) refuse("--cloud", "names no cloud that is known");
    settings.audience = raw.audience.empty() ? std::string(cloud->audience) : raw.audience;
    if (raw.endpoint.empty()) {
        settings.api = cloud->api;
        settings.authority = cloud->authority;
        settings.links = mde::LinkPolicy(*cloud);
    } else {
        if (raw.authority.empty()) refuse("--endpoint", "needs --authority");
        settings.api = read_endpoint("--endpoint", raw.endpoint);
    }
    if (!raw.authority.empty()) settings.authority = read_endpoint("--authority", raw.authority);
    for (const std::string& host : raw.link_hosts)
        if (!settings.links.allow(host)) refuse("--allow-link-host", "is not HOST[:PORT]");
}

/// The text of a proxy may hold a password, so it is never shown.
void settle_proxy(const Raw& raw, mde::TransportOptions& transport) {
    std::string url = raw.proxy;
    if (url.empty()) url = environment("HTTPS_PROXY", "https_proxy");
    if (url.empty()) return;
    if (url.find("://") == std::string::npos) url.insert(0, "http://");
    auto proxy = mde::Proxy::parse(url);
    if (!proxy)
        refuse(raw.proxy.empty() ? "HTTPS_PROXY" : "--proxy",
               "is not http://[user:password@]host[:port]");
    transport.proxy = std::move(*proxy);
    transport.proxy.set_exceptions(environment("NO_PROXY", "no_proxy"));
}

std::string checked_client_id(const Raw& raw) {
    if (raw.client_id.empty()) refuse("--client-id", "is missing (or set AZURE_CLIENT_ID)");
    if (!mde::ascii::all(raw.client_id, mde::ascii::is_printable) || raw.client_id.size() > 128)
        refuse("--client-id", "holds characters that no client id has");
    return raw.client_id;
}

mde::TenantId checked_tenant(const Raw& raw) {
    if (raw.tenant.empty()) refuse("--tenant-id", "is missing (or set AZURE_TENANT_ID)");
    const auto tenant = mde::TenantId::parse(raw.tenant);
    if (!tenant) refuse("--tenant-id", "is neither a GUID nor a domain name");
    return *tenant;
}

void settle_access(const Raw& raw, Access& access) {
    settle_servers(raw, access.settings);
    access.settings.tenant = checked_tenant(raw);
    access.settings.client_id = checked_client_id(raw);
    access.transport.tls_limit = access.transport.connect_limit;
    settle_proxy(raw, access.transport);
    access.client_secret = read_secret(raw);
}

void settle_service(const Raw& raw, ServiceOptions& service) {
    if (!raw.tenant.empty()) service.tenant = std::string(checked_tenant(raw).text());
    if (!raw.client_id.empty()) service.client_id = checked_client_id(raw);
    service.client_secret = read_secret(raw);
}

void settle(const Raw& raw, Options& options) {
    switch (options.command) {
    case Command::demo: return;
    case Command::serve: return settle_service(raw, options.service);
    default: return settle_access(raw, options.access);
    }
}

/// Names the options that are not known, never their values: one of them may be a secret that
/// somebody took for an argument.
std::string extras_text(const CLI::App& app) {
    std::string text = "unknown argument";
    for (const std::string& extra : app.remaining(true)) {
        if (!extra.starts_with("--")) continue;
        text += ' ' + extra.substr(0, extra.find('='));
        if (extra.starts_with("--client-secret")) text += " (secrets are never arguments)";
    }
    return text;
}

} // namespace

std::optional<Options> parse_command_line(int argc, char** argv, Output& out) {
    Parser parser;
    CLI::App& app = parser.app;
    app.name("mde-package");
    app.set_version_flag("--version", std::string("mde-package ") + MDE_VERSION_STRING);
    app.require_subcommand(1);
    app.footer(exit_code_table());
    add_demo(parser);
    add_collect(parser);
    add_action_commands(parser);
    add_list(parser);
    add_fetch(parser);
    add_serve(parser);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        out.write(chosen.empty() ? app.help() : chosen.front()->help());
        return std::nullopt;
    } catch (const CLI::CallForVersion& version) {
        out.line(version.what());
        return std::nullopt;
    } catch (const CLI::ExtrasError&) {
        throw UsageError(extras_text(app));
    } catch (const CLI::ParseError& error) {
        throw UsageError(error.what());
    }
    settle(parser.raw, parser.options);
    return std::move(parser.options);
}

} // namespace mde_package

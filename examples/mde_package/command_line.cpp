// SPDX-License-Identifier: BSL-1.0
#include "command_line.hpp"

#include "cli_options.hpp"
#include "exit_codes.hpp"
#include "process.hpp"
#include "readers.hpp"
#include "settle.hpp"
#include "usage_error.hpp"

#include <mde/base/version.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/model/permission.hpp>
#include <mde/request/comment.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_package {

namespace {

/// CLI11's callbacks write into it, so it stays where it is.
struct Parser {
    CLI::App app{"Gets investigation packages out of Microsoft Defender for Endpoint."};
    Options options;
    Raw raw;
};

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

void add_certificate(CLI::App& app, Raw& raw) {
    add_text(app, "--client-certificate", raw.certificate, "FILE",
             "PEM of the certificate, and of its key unless that has a file of its own (default: "
             "AZURE_CLIENT_CERTIFICATE_PATH)");
    add_text(app, "--client-certificate-key", raw.certificate_key, "FILE",
             "PEM of the certificate's private key, without a password");
    add_text(app, "--assertion-algorithm", raw.assertion_algorithm, "PS256|RS256",
             "What to sign with the certificate's key by (default: PS256)");
}

/// As whom to sign in, and how.
void add_sign_in_options(CLI::App& app, Parser& parser) {
    Raw& raw = parser.raw;
    add_text(app, "--tenant-id", raw.tenant, "ID", "The tenant: a GUID or a domain")
        ->envname("AZURE_TENANT_ID");
    add_text(app, "--client-id", raw.client_id, "ID", "The application")
        ->envname("AZURE_CLIENT_ID");
    add_text(app, "--auth", raw.way, "WAY",
             "secret, certificate, workload-identity, managed-identity, device-code, or "
             "environment: the first of secret, certificate, workload identity and managed "
             "identity whose AZURE_ variable is set and whose needs are there (default: what the "
             "other options imply, else environment)");
    add_secret(app, raw);
    add_certificate(app, raw);
    add_text(app, "--federated-token-file", raw.federated_token_file, "FILE",
             "The workload's token, read for each sign-in (default: AZURE_FEDERATED_TOKEN_FILE)");
    add_text(app, "--metadata-endpoint", raw.metadata_endpoint, "HOST:PORT",
             "Where managed identities are asked for, without TLS (default: 169.254.169.254:80)");
    add_text(app, "--token-endpoint", raw.token_endpoint, "v1|v2",
             "Which form of the token endpoint to ask (default: v2)");
    add_text(app, "--token-cache", parser.options.access.token_cache, "DIR",
             "Keep tokens there, for the next command that signs in the same way");
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
    add(app, "--connections", "N", "Connections that one package is fetched over (default: 1)",
        [&access](const auto& name, const auto& text) {
            access.settings.connections_per_package = static_cast<unsigned>(
                read_number(name, text, 1, mde::bounds::connections_per_package));
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
    add_sign_in_options(app, parser);
    app.add_option("--allow-link-host", raw.link_hosts,
                   "Host that a link may point to, beside the cloud's own; may be repeated")
        ->type_name("HOST[:PORT]")
        ->expected(1)
        ->take_all();
    add_text(app, "--proxy", raw.proxy, "URL",
             "http://[user:password@]host[:port] (default: HTTPS_PROXY); NO_PROXY is obeyed");
    app.add_flag_callback(
        "--no-quota", [&parser] { parser.options.access.counts_calls = false; },
        "Count no calls here: only what the service refuses (429) holds them back");
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
        options.machine = read_machine(name, text);
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

void add_adopt(CLI::App& app, Options& options) {
    app.add_flag_callback(
        "--adopt",
        [&options] { options.access.settings.running_collection = mde::RunningCollection::adopt; },
        "If a collection of that machine runs already, go on with that one");
}

void add_sign_in(Parser& parser) {
    CLI::App& app = add_command(parser, Command::sign_in, "sign-in",
                                "Only sign in: as whom, until when, and what the token permits");
    add_access(app, parser);
}

void add_collect(Parser& parser) {
    CLI::App& app =
        add_command(parser, Command::collect, "collect", "Ask for a collection on a machine");
    Options& options = parser.options;
    add_machine(app, options, "The machine")->required();
    add_comment(app, options)->required();
    add_adopt(app, options);
    app.add_flag("--wait", options.wait, "Wait until it has finished");
    auto* fetch = app.add_flag("--fetch", options.fetch, "Wait, then fetch the package");
    auto* out = add_text(app, "--out", options.out, "DIR", "Where --fetch stores the package");
    fetch->needs(out);
    out->needs(fetch);
    add_access(app, parser);
}

/// Which machines, and where the job's state is.
void add_fleet(CLI::App& app, Options& options) {
    FleetJobOptions& fleet = options.fleet;
    add_text(app, "--machines-file", fleet.machines_file, "FILE",
             "One machine id in each line; what follows a # is left out");
    app.add_option_function<std::vector<std::string>>(
           "--machine-id",
           [&fleet](const std::vector<std::string>& texts) {
               for (const std::string& text : texts)
                   fleet.machines.push_back(read_machine("--machine-id", text));
           },
           "A machine; may be repeated")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
    add_text(app, "--state", fleet.state_file, "FILE",
             "Where the job stands; if it is there, the job goes on from it, with the machines "
             "that are new")
        ->required();
    app.add_flag("--retry-failed", fleet.retries_failed, "Try those again that have failed");
    add(app, "--downloads", "N", "Packages fetched at the same time (default: 4)",
        [&fleet](const auto& name, const auto& text) {
            fleet.pace.downloads = static_cast<unsigned>(read_number(name, text, 1, 64));
        });
}

void add_collect_many(Parser& parser) {
    CLI::App& app = add_command(parser, Command::collect_many, "collect-many",
                                "Collect from many machines and store their packages; can be "
                                "stopped at any time and goes on where it was");
    Options& options = parser.options;
    add_comment(app, options)->required();
    add_text(app, "--out", options.out, "DIR", "Where the packages are stored")->required();
    add_fleet(app, options);
    add_adopt(app, options);
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

void add_list(Parser& parser) {
    CLI::App& app = add_command(parser, Command::list, "list", "List actions, newest first");
    Options& options = parser.options;
    add_machine(app, options, "Only those of this machine");
    add(app, "--top", "N", "At most so many (default: all)",
        [&options](const auto& name, const auto& text) {
            options.top = static_cast<unsigned>(read_number(name, text, 1, 1'000'000));
        });
    add(app, "--status", "STATUS", "Only those with this status",
        [&options](const auto& name, const auto& text) {
            options.status = read_status(name, text);
        });
    add_access(app, parser);
}

/// Ids of actions; may be repeated.
CLI::Option* add_actions(CLI::App& app, const std::string& name,
                         std::vector<mde::MachineActionId>& into, const std::string& help) {
    auto* option = app.add_option_function<std::vector<std::string>>(
        name,
        [name, &into](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) into.push_back(read_action(name, text));
        },
        help);
    return option->type_name("ID")->expected(1)->take_all();
}

void add_fetch(Parser& parser) {
    CLI::App& app =
        add_command(parser, Command::fetch, "fetch", "Fetch packages: link, download, receipt");
    Options& options = parser.options;
    add_actions(app, "--action-id", options.actions, "The action; may be repeated")->required();
    add_text(app, "--out", options.out, "DIR", "Where the packages are stored")->required();
    add_access(app, parser);
}

void add_live_response(Parser& parser) {
    CLI::App& app = add_command(parser, Command::live_response, "live-response",
                                "Fetch the result of one command of a live response");
    Options& options = parser.options;
    add_action(app, options, "The live response")->required();
    add(app, "--index", "N", "Which of its commands, counted from 0",
        [&options](const auto& name, const auto& text) {
            options.index = static_cast<unsigned>(read_number(name, text, 0, 10'000));
        })
        ->required();
    add_text(app, "--out", options.out, "DIR", "Where the result is stored")->required();
    add_access(app, parser);
}

void add_export(Parser& parser) {
    CLI::App& app = add_command(parser, Command::export_files, "export",
                                "Fetch the files of the newest snapshot of an assessment");
    Options& options = parser.options;
    std::string kinds;
    for (const std::string_view kind : mde::export_names)
        kinds.append(kinds.empty() ? "" : ", ").append(kind);
    add(app, "KIND", "", "One of " + kinds, [&options](const auto& name, const auto& text) {
        const auto kind = mde::find_export_kind(text);
        if (!kind) refuse(name, "is no kind of export; see 'mde-package export --help'");
        options.export_kind = *kind;
    })->required();
    add(app, "--sas-valid-hours", "N", "How long the links are to live (default: the service's)",
        [&options](const auto& name, const auto& text) {
            options.sas_valid_hours = static_cast<unsigned>(read_number(name, text, 1, 24));
        });
    add_text(app, "--out", options.out, "DIR", "Where the files are stored")->required();
    add_access(app, parser);
}

void add_link_host(CLI::App& app, ServiceOptions& service) {
    add(app, "--link-host", "HOST:PORT", "Where links point to (default: the service itself)",
        [&service](const auto& name, const auto& text) {
            HostAndPort there = read_host_and_port(name, text);
            service.link_host = std::move(there.host);
            service.link_port = there.port;
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
    add_actions(app, "--with-action", service.finished_actions,
                "A finished collection that exists from the start; may be repeated");
    add_actions(app, "--with-live-response", service.live_responses,
                "A finished live response with a result at index 0; may be repeated");
    app.add_option_function<std::vector<std::string>>(
           "--fault",
           [&service](const std::vector<std::string>& texts) {
               for (const std::string& text : texts)
                   service.faults.push_back(read_fault("--fault", text));
           },
           "The Nth request of a stage is answered with STATUS, or takes place and is dropped "
           "without an answer, as in get-link:1:429 or collect:2:drop; may be repeated")
        ->type_name("STAGE:N:STATUS|drop")
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

/// Whose proofs the service takes beside the secret.
void add_accepted(CLI::App& app, Parser& parser) {
    ServiceOptions& service = parser.options.service;
    add_text(app, "--accept-certificate", parser.raw.accepted_certificate, "FILE",
             "PEM of a certificate that the application may sign in with");
    add_text(app, "--accept-federated-token", parser.raw.accepted_token, "FILE",
             "A workload's token that the application may sign in with");
    add(app, "--metadata-port", "N",
        "Be a metadata service, too, without TLS, that hands out the application's tokens; 0: the "
        "system chooses",
        [&service](const auto& name, const auto& text) {
            service.metadata_port = static_cast<std::uint16_t>(read_number(name, text, 0, 65535));
        });
    auto* approve = add(app, "--approve-device-codes-after", "S",
                        "Device codes are approved when they are so old (default: never)",
                        [&service](const auto& name, const auto& text) {
                            service.device_codes_approved_after = read_seconds(name, text, true);
                        });
    app.add_flag("--decline-device-codes", service.device_codes_declined,
                 "Device codes are declined at once")
        ->excludes(approve);
    add_seconds(app, "--device-code-lifetime", service.device_code_lifetime,
                "Life of a device code (default: 900)");
    add_seconds(app, "--device-code-interval", service.device_code_interval,
                "Time between two questions about it, at least (default: 5)");
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
    add_accepted(app, parser);
    add_seconds(app, "--link-lifetime", service.link_lifetime, "Life of a link (default: 60)",
                true);
    add_seconds(app, "--token-lifetime", service.token_lifetime, "Life of a token (default: 3599)");
    add_seconds(app, "--collect-seconds", service.collect_time,
                "Time that a collection takes (default: 3)", true);
    add_size(app, "--package-size", service.package_size, "Size of every package (default: 8M)");
    add_quoting(app, service);
    auto* no_quota = app.add_flag("--no-quota", service.no_quota, "Count no calls");
    add_seconds(app, "--quota-minute", service.quota_minute,
                "How long a minute of the quotas lasts, for tests in a hurry (default: 60)")
        ->excludes(no_quota);
    add(app, "--page-size", "N", "Actions in one answer of the list (default: 10000)",
        [&service](const auto& name, const auto& text) {
            service.page_size = static_cast<unsigned>(read_number(name, text, 1, 10'000));
        });
    add_text(app, "--request-log", service.request_log, "FILE",
             "Append a line for each request: time, stage, status; nothing of what is in it");
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

void add_verify(Parser& parser) {
    CLI::App& app = add_command(parser, Command::verify, "verify",
                                "Hold the packages in a directory against their receipts");
    app.add_option("DIR", parser.options.out, "Where packages were stored")->required();
    add_display(app, parser.options);
}

std::string exit_code_table() {
    std::string text = "Exit codes:\n";
    for (const ExitCode& row : exit_codes) {
        std::string number = std::to_string(row.number);
        number.insert(0, 5 - number.size(), ' ');
        text += number + "  " + std::string(row.meaning) + '\n';
    }
    return text + "Errors are one line on standard error: what failed, why, what to do next.\n"
                  "Secrets are read from the environment or from files, never from the arguments.";
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
    add_sign_in(parser);
    add_collect(parser);
    add_collect_many(parser);
    add_action_commands(parser);
    add_list(parser);
    add_fetch(parser);
    add_live_response(parser);
    add_export(parser);
    add_serve(parser);
    add_verify(parser);
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
    forget_given_secrets(argc, argv, parser.raw.secret_variable);
    return std::move(parser.options);
}

} // namespace mde_package

// SPDX-License-Identifier: BSL-1.0
// The commands that talk to the service.

#include "command_line.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "remote.hpp"

#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace mde_package {

namespace {

std::optional<std::string> read_ca_file(const std::optional<std::string>& path) {
    if (!path) return std::nullopt;
    std::ifstream file(*path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw UsageError("--ca-file: cannot be read");
    return text.str();
}

/// One run of one command.
class ClientRun {
  public:
    ClientRun(Stage& stage, const Options& options, Remote remote)
        : stage_(stage), options_(options), remote_(std::move(remote)) {}

    int run() {
        switch (options_.command) {
        case Command::collect: return collect();
        case Command::status: return finish("status", remote_.look(action()));
        case Command::wait: return finish("wait", remote_.wait(action()));
        case Command::cancel:
            return finish("cancel",
                          remote_.cancel(mde::CancelMachineAction{action(), options_.comment}));
        case Command::list: return list();
        case Command::fetch: return fetch_all();
        default: return exits::other;
        }
    }

  private:
    const mde::MachineActionId& action() const { return options_.actions.front(); }

    /// Only for a failure; says what failed.
    template <class T>
    int fail(const std::string& what, const Outcome<T>& outcome) {
        show_error(stage_, error_line(what, outcome.error, outcome.diagnostics));
        return exit_code_of(outcome.error);
    }

    void show(const mde::MachineAction& action) {
        stage_.out.line(options_.json ? mde::wire::Codec<mde::MachineAction>::encode(
                                            action, options_.access.settings.api.url())
                                      : action_text(action));
    }

    void show(const mde::Receipt& receipt, const mde::MachineActionId& action) {
        stage_.out.line(options_.json ? mde::wire::encode_receipt(receipt)
                                      : receipt_text(receipt, package_path(options_.out, action)));
    }

    int finish(const std::string& name, const Outcome<mde::MachineAction>& outcome) {
        if (outcome.error) return fail(name + ' ' + std::string(action().text()), outcome);
        show(outcome.value);
        return exits::success;
    }

    int collect() {
        const mde::CollectInvestigationPackage request{*options_.machine, options_.comment};
        const std::string what = "collect on " + std::string(request.machine.text());
        if (options_.fetch) return collect_to_store(request, what);
        Outcome<mde::MachineAction> outcome = remote_.collect(request);
        if (outcome.error) return fail(what, outcome);
        if (options_.wait) {
            // The id is worth keeping, whatever becomes of the wait.
            stage_.progress.notify(
                mde::observed::Action{outcome.value.id, outcome.value.status.value()});
            const mde::MachineActionId id = outcome.value.id;
            outcome = remote_.wait(id);
            if (outcome.error) return fail("wait " + std::string(id.text()), outcome);
        }
        show(outcome.value);
        return exits::success;
    }

    int collect_to_store(const mde::CollectInvestigationPackage& request, const std::string& what) {
        auto store = mde::FileStore::in(options_.out);
        if (!store) return fail(what, store_failure(store.error()));
        const Outcome<mde::Receipt> outcome = remote_.collect_to_store(request, *store);
        if (outcome.error) return fail(what, outcome);
        const auto id = mde::MachineActionId::parse(outcome.value.action);
        show(outcome.value, id ? *id : mde::MachineActionId());
        return exits::success;
    }

    int list() {
        mde::ListMachineActions request;
        request.machine = options_.machine;
        request.status = options_.status;
        request.top = options_.top;
        const Outcome<mde::MachineActionPage> outcome = remote_.list(request);
        if (outcome.error) return fail("list", outcome);
        if (options_.json) {
            stage_.out.line(mde::wire::Codec<mde::MachineActionPage>::encode(
                outcome.value, options_.access.settings.api.url()));
        } else {
            for (const mde::MachineAction& action : outcome.value.actions) show(action);
        }
        if (outcome.value.next_link)
            stage_.progress.say("there are more; narrow the list with --machine-id or --status");
        return exits::success;
    }

    /// One after the other; one that fails does not stop the others.
    int fetch_all() {
        auto store = mde::FileStore::in(options_.out);
        if (!store) return fail("fetch", store_failure(store.error()));
        int first_failure = exits::success;
        for (const mde::MachineActionId& id : options_.actions) {
            const Outcome<mde::Receipt> outcome = remote_.fetch(id, *store);
            if (!outcome.error) {
                show(outcome.value, id);
                continue;
            }
            const int code = fail("fetch " + std::string(id.text()), outcome);
            if (first_failure == exits::success) first_failure = code;
            if (stop_requested() != 0) return code;
        }
        return first_failure;
    }

    static Outcome<mde::Receipt> store_failure(const mde::error_code& error) {
        Outcome<mde::Receipt> outcome;
        outcome.error = error;
        outcome.diagnostics.stage = mde::Stage::store;
        return outcome;
    }

    Stage& stage_;
    const Options& options_;
    Remote remote_;
};

} // namespace

int run_client(Stage& stage, Options options) {
    const auto ca_pem = read_ca_file(options.access.ca_file);
    // The settings stay with the options, for the spelling of answers; secrets go to the client.
    const mde::Settings settings = options.access.settings;
    auto remote = Remote::connect(stage.context, std::move(options.access), ca_pem, stage.progress,
                                  stage.stop);
    if (!remote) {
        show_error(stage, "mde-package: --ca-file: there is no usable certificate in it; give the "
                          "authority's certificate as PEM");
        return exits::certificate;
    }
    options.access.settings = settings;
    return ClientRun(stage, options, std::move(*remote)).run();
}

} // namespace mde_package

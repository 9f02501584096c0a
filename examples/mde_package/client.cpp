// SPDX-License-Identifier: BSL-1.0
// The commands that talk to the service.

#include "client_commands.hpp"
#include "readers.hpp"

#include <mde/model/machine_action_page.hpp>
#include <mde/model/package_key.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mde_package {

namespace {

/// One run of one command.
class ClientRun {
  public:
    ClientRun(Stage& stage, const Options& options, Remote& remote)
        : stage_(stage), options_(options), remote_(remote) {}

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
        case Command::live_response: return live_response();
        case Command::export_files: return export_files();
        default: return exits::other;
        }
    }

  private:
    const mde::MachineActionId& action() const { return options_.actions.front(); }

    template <class T>
    int fail(const std::string& what, const Outcome<T>& outcome) {
        return mde_package::fail(stage_, what, outcome);
    }

    void show(const mde::MachineAction& action) {
        if (!options_.json) return stage_.out.line(action_text(action));
        stage_.out.json_line(mde::wire::Codec<mde::MachineAction>::encode(
            action, options_.access.settings.api.url()));
    }

    void show(const mde::Receipt& receipt, const mde::PackageKey& key) {
        if (options_.json) return stage_.out.json_line(mde::wire::encode_receipt(receipt));
        stage_.out.line(receipt_text(receipt, stored_path(options_.out, key)));
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
        if (!store) return fail_store(stage_, what, store.error());
        const Outcome<mde::Receipt> outcome = remote_.collect_to_store(request, *store);
        if (outcome.error) return fail(what, outcome);
        const auto id = mde::MachineActionId::parse(outcome.value.action);
        show(outcome.value, mde::PackageKey(id ? *id : mde::MachineActionId()));
        return exits::success;
    }

    int list() {
        mde::ListMachineActions request;
        request.machine = options_.machine;
        request.status = options_.status;
        request.top = options_.top;
        const Outcome<std::vector<mde::MachineAction>> outcome = remote_.list(request);
        if (outcome.error) return fail("list", outcome);
        if (!options_.json) {
            for (const mde::MachineAction& action : outcome.value) show(action);
            return exits::success;
        }
        const mde::MachineActionPage page{outcome.value, {}};
        stage_.out.json_line(mde::wire::Codec<mde::MachineActionPage>::encode(
            page, options_.access.settings.api.url()));
        return exits::success;
    }

    /// One after the other; one that fails does not stop the others.
    int fetch_all() {
        auto store = mde::FileStore::in(options_.out);
        if (!store) return fail_store(stage_, "fetch", store.error());
        int first_failure = exits::success;
        for (const mde::MachineActionId& id : options_.actions) {
            const Outcome<mde::Receipt> outcome = remote_.fetch(id, *store);
            if (!outcome.error) {
                show(outcome.value, mde::PackageKey(id));
                continue;
            }
            const int code = fail("fetch " + std::string(id.text()), outcome);
            if (first_failure == exits::success) first_failure = code;
            if (stop_requested() != 0) return code;
        }
        return first_failure;
    }

    int live_response() {
        const std::string what = "live-response " + std::string(action().text());
        auto store = mde::FileStore::in(options_.out);
        if (!store) return fail_store(stage_, what, store.error());
        const mde::GetLiveResponseResultLink request{action(), options_.index};
        const Outcome<mde::Receipt> outcome = remote_.live_response(request, *store);
        if (outcome.error) return fail(what, outcome);
        show(outcome.value, request.key());
        return exits::success;
    }

    int export_files() {
        const mde::ExportKind kind = options_.export_kind;
        const std::string what = "export " + std::string(name_of(kind));
        auto store = mde::FileStore::in(options_.out);
        if (!store) return fail_store(stage_, what, store.error());
        const Outcome<mde::FetchedExport> outcome =
            remote_.export_files(kind, options_.sas_valid_hours, *store);
        if (outcome.error) return fail(what, outcome);
        for (const mde::Receipt& receipt : outcome.value.receipts)
            show(receipt, key_of(receipt, kind));
        if (outcome.value.already_stored != 0)
            stage_.progress.say(std::to_string(outcome.value.already_stored) +
                                " files of this snapshot were stored already");
        return exits::success;
    }

    mde::PackageKey key_of(const mde::Receipt& receipt, mde::ExportKind kind) const {
        return mde::PackageKey::export_file(kind, options_.access.settings.tenant,
                                            receipt.generated.value_or(receipt.link_requested),
                                            static_cast<unsigned>(receipt.index.value_or(0)));
    }

    Stage& stage_;
    const Options& options_;
    Remote& remote_;
};

/// What is wrong if there is no client: the two files that it begins with.
int fail_to_connect(Stage& stage, const mde::error_code& error) {
    if (error != mde::errc::tls_failed) return fail_store(stage, "--token-cache", error);
    show_error(stage, "mde-package: --ca-file: there is no usable certificate in it; give the "
                      "authority's certificate as PEM");
    return exits::certificate;
}

} // namespace

int run_client(Stage& stage, Options options) {
    std::optional<std::string> ca_pem;
    if (options.access.ca_file) ca_pem = read_text_file("--ca-file", *options.access.ca_file);
    // The settings stay with the options, for the spelling of answers; the rest goes to the client.
    const mde::Settings settings = options.access.settings;
    auto remote = Remote::connect(stage.context, std::move(options.access), ca_pem, stage.progress,
                                  stage.stop);
    if (!remote) return fail_to_connect(stage, remote.error());
    options.access.settings = settings;
    switch (options.command) {
    case Command::sign_in: return run_sign_in(stage, options, *remote);
    case Command::collect_many: return run_collect_many(stage, options, *remote);
    default: return ClientRun(stage, options, *remote).run();
    }
}

} // namespace mde_package

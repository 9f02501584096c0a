// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_BLOB_WORLD_HPP
#define MDE_TESTS_SUPPORT_BLOB_WORLD_HPP

/// @file
/// A world whose application may export, and whose service holds a live response.

#include "support/world.hpp"

#include <mde/service/gzip_writer.hpp>

#include <string>
#include <vector>

namespace mde_test {

struct BlobWorld : World {
    BlobWorld() {
        mde::service::Application app = application();
        app.granted = app.granted.with(mde::Permission::software_read_all)
                          .with(mde::Permission::vulnerability_read_all);
        emulator.settings().token_lifetime = 24h;
        tokens.current = tokens.renewed = emulator.make_token(app, clock.now());
    }

    /// A live response that has ended, and whose command 0 left a result.
    mde::MachineActionId
    live_response(mde::MachineActionStatus status = mde::MachineActionStatus::succeeded) {
        mde::service::Schedule schedule;
        schedule.final_status = status;
        const mde::MachineActionId id =
            emulator.add_action(std::string(world_tenant), mde::MachineActionType::live_response,
                                std::string(world_machine), schedule, clock.now());
        emulator.blobs().put_result(id, 0, result_text());
        clock.advance(60s);
        return id;
    }

    /// Gives an action its commands.
    void set_commands(const mde::MachineActionId& id,
                      std::vector<mde::LiveResponseCommand> commands) {
        mde::service::TimedAction changed = *emulator.actions().find(id);
        changed.action.commands = std::move(commands);
        emulator.actions().replace(std::move(changed));
    }

    static mde::LiveResponseCommand command(std::int64_t index, std::string status) {
        mde::LiveResponseCommand made;
        made.index = index;
        made.command_status = std::move(status);
        made.type = "RunScript";
        return made;
    }

    static std::string result_text() {
        return R"({"script_name":"s.ps1","exit_code":0,"script_output":"ok","script_errors":""})";
    }

    /// A fault of one stage, for `count` requests from the `first` on.
    static mde::service::Fault fault(mde::Stage stage, unsigned first = 1, unsigned count = 1) {
        mde::service::Fault made;
        made.stage = stage;
        made.first = first;
        made.count = count;
        return made;
    }

    mde::PackageKey file_key(mde::ExportKind kind, mde::UtcTime generated, unsigned index) const {
        return mde::PackageKey::export_file(kind, settings.tenant, generated, index);
    }
};

inline std::string text_of_bytes(const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

} // namespace mde_test

#endif

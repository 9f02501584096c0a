// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_NEW_ACTION_HPP
#define MDE_SERVICE_NEW_ACTION_HPP

/// @file
/// The action that a collection begins.

#include <mde/base/linkage.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/service/admission.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/timed_action.hpp>

#include <string>

namespace mde::inline MDE_ABI::service {

/// How the caller is named as the one who asked.
MDE_DECL std::string requestor_of(const ServiceState& state, const Caller& caller);

/// `machine` may be null: one that nobody registered.
MDE_DECL TimedAction new_collection(ServiceState& state, const ApiCall& call,
                                    const std::string& machine_id, const Machine* machine,
                                    const std::string& comment);

#if MDE_DEFINITIONS

MDE_DECL std::string requestor_of(const ServiceState& state, const Caller& caller) {
    const RequestorForm form = state.settings.api.requestor;
    if (caller.kind == TokenKind::delegated || form == RequestorForm::name) return caller.name;
    if (form == RequestorForm::application_id) return caller.application;
    return caller.name + " (" + caller.tenant + ")";
}

MDE_DECL TimedAction new_collection(ServiceState& state, const ApiCall& call,
                                    const std::string& machine_id, const Machine* machine,
                                    const std::string& comment) {
    TimedAction created{{}, call.caller.tenant, call.now, state.settings.schedule, {}};
    created.action.id = *MachineActionId::parse(state.guids.guid());
    created.action.type = MachineActionType::collect_investigation_package;
    created.action.requestor = requestor_of(state, call.caller);
    created.action.requestor_comment = comment;
    created.action.machine_id = machine_id;
    created.action.created = call.now.utc;
    created.action.request_source = "PublicApi";
    if (machine == nullptr) return created;
    if (!machine->dns_name.empty()) created.action.computer_dns_name = machine->dns_name;
    if (machine->schedule) created.schedule = *machine->schedule;
    return created;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_FWD_HPP
#define MDE_BASE_FWD_HPP

/// @file
/// Names without what is behind them, for headers that only pass these things on: a request says
/// what it is answered with, a consumer's class refers to a store. Costs nothing to include.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI {

// base
class Secret;
enum class condition;
enum class errc;

// model
class AccessToken;
class Endpoint;
class LinkPolicy;
class PackageKey;
enum class ContentKind;
enum class ExportKind;
enum class LinkKind;
enum class MachineActionStatus;
enum class MachineActionType;
enum class Permission;
enum class Stage;
struct Cloud;
struct Diagnostics;
struct FetchedExport;
struct FleetJob;
struct FleetOptions;
struct FleetState;
struct MachineAction;
struct MachineActionPage;
struct PackagePart;
struct Receipt;
struct Settings;
struct StoredToken;

// request
class TokenRequestMaker;
struct CancelMachineAction;
struct CollectInvestigationPackage;
struct GetLiveResponseResultLink;
struct GetMachineAction;
struct GetPackageUri;
struct ListMachineActions;

// async
class LocalQuotas;
struct CallOptions;
struct SystemClock;

// adapter
class FileQuotas;
class FileState;
class FileStore;
class FileTokenStore;
class MemoryStore;
class MemoryTokenStore;
class OpensslSha256;
class Proxy;
class ReceiptStore;
class TlsContext;
struct CredentialOptions;
struct TransportOptions;

} // namespace mde::inline MDE_ABI

#endif

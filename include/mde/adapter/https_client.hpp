// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_HTTPS_CLIENT_HPP
#define MDE_ADAPTER_HTTPS_CLIENT_HPP

/// @file
/// All that a client over HTTPS is made of: transport, sign-in, hash and the client itself. A
/// program that compiles the SDK once (base/linkage.hpp) compiles these templates once, too, with
/// the arguments that most programs give them; whoever includes the parts by their own headers does
/// not learn of that, and compiles them again.

#include <mde/adapter/beast_transport.hpp>
#include <mde/adapter/credential.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/async/client.hpp>
#include <mde/base/linkage.hpp>
#include <mde/flow/action_links.hpp>
#include <mde/flow/link_source.hpp>
#include <mde/flow/transfer.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_package_uri.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#if defined(MDE_SEPARATE_COMPILATION)

#if MDE_DEFINITIONS
#define MDE_INSTANCE template class
#else
#define MDE_INSTANCE extern template class
#endif

namespace mde::inline MDE_ABI {

MDE_INSTANCE BeastTransport<boost::asio::io_context::executor_type>;
MDE_INSTANCE BeastTransport<boost::asio::any_io_executor>;
MDE_INSTANCE Credential<BeastTransport<boost::asio::io_context::executor_type>>;
MDE_INSTANCE Credential<BeastTransport<boost::asio::any_io_executor>>;

namespace flow {

MDE_INSTANCE Transfer<OpensslSha256, ActionLinks<GetLiveResponseResultLink>>;
MDE_INSTANCE Transfer<OpensslSha256, ActionLinks<GetPackageUri>>;
MDE_INSTANCE Transfer<OpensslSha256, OneLink>;

} // namespace flow

} // namespace mde::inline MDE_ABI

#undef MDE_INSTANCE

#endif

#endif

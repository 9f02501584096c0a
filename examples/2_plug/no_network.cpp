// SPDX-License-Identifier: BSL-1.0
#include "no_network.hpp"

#include <mde/adapter/openssl_hmac.hpp>
#include <mde/model/cloud.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/generated_package.hpp>

#include <utility>

namespace example {

struct NoNetwork::Parts {
    mde::service::Emulator<mde::OpensslHmac> service{mde::OpensslHmac::with_random_key()};
};

mde::HttpReply NoNetwork::Handler::handle(const mde::IncomingRequest& request,
                                          const mde::Now& now) {
    return parts->service.handle(request, now);
}

NoNetwork::NoNetwork() : parts_(std::make_unique<Parts>()) {
    mde::service::Application known;
    known.tenant = "11111111-2222-4333-8444-555555555555";
    known.client_id = "66666666-7777-4888-8999-aaaaaaaaaaaa";
    known.name = "example";
    parts_->service.add(known);
    tokens_.token = mde::AccessToken(mde::Secret(parts_->service.make_token(known, clock_.now())),
                                     mde::no_deadline);
    settings_ = mde::Settings::for_cloud(mde::clouds().front(), *mde::TenantId::parse(known.tenant),
                                         known.client_id);
}

NoNetwork::~NoNetwork() = default;

void NoNetwork::serve_packages_of(std::uint64_t size) {
    parts_->service.packages().put_for_all(mde::service::GeneratedPackage(size));
}

void NoNetwork::add(mde::service::Fault fault) { parts_->service.add(std::move(fault)); }

} // namespace example

// SPDX-License-Identifier: BSL-1.0
#include "fuzz/target.hpp"

#include <array>

namespace mde_fuzz {

std::span<const Target> targets() noexcept {
    static constexpr std::array<Target, 14> all{{
        {"json", json},
        {"machine_actions", machine_actions},
        {"link_answers", link_answers},
        {"links", links},
        {"tokens", tokens},
        {"records", records},
        {"journals", journals},
        {"heads", heads},
        {"chunked_body", chunked_body},
        {"zip_end", zip_end},
        {"service_text", service_text},
        {"dates", dates},
        {"transfer", transfer},
        {"api_flows", api_flows},
    }};
    return all;
}

} // namespace mde_fuzz

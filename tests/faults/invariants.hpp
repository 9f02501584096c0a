// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_INVARIANTS_HPP
#define MDE_TESTS_FAULTS_INVARIANTS_HPP

/// @file
/// What holds whatever went wrong: nothing lost, nothing leaked, nobody pressed.

#include "faults/scenarios.hpp"

#include <mde/model/api_hosts.hpp>
#include <mde/wire/percent.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mde_test::faults {

/// What holds however a job ends.
template <class WorldT>
class Invariants {
  public:
    explicit Invariants(WorldT& world) : world_(world) {}

    /// Nothing, or the first thing that is wrong.
    std::string check() {
        for (const std::string& found : {check_collections(), check_store(), check_secrets(),
                                         check_waits(), check_links(), check_hosts()})
            if (!found.empty()) return found;
        return {};
    }

  private:
    /// At most one for each machine, and none asked for again without a look in between where it
    /// may have begun.
    std::string check_collections() const {
        std::map<std::string, int> begun;
        world_.emulator.actions().visit([&](const mde::service::TimedAction& action) {
            if (action.action.request_source == "PublicApi") ++begun[*action.action.machine_id];
            return true;
        });
        for (const auto& [machine, count] : begun)
            if (count > 1) return std::to_string(count) + " collections have begun";
        std::set<std::string> open;
        for (const Sent& sent : world_.faulty.sent) {
            const std::string machine = machine_in(sent);
            if (sent.stage == mde::Stage::list_actions && sent.status == 200) open.erase(machine);
            if (sent.stage != mde::Stage::collect) continue;
            if (open.contains(machine)) return "a collection was asked for again without a look";
            const bool refused = (sent.status >= 400 && sent.status <= 499) || sent.status == 503;
            if (sent.reach != Reach::unsent && !refused) open.insert(machine);
        }
        return {};
    }

    /// The 40 digits of its id, in the path or, behind an escape, in the filter.
    static std::string machine_in(const Sent& sent) {
        std::size_t digits = 0;
        for (std::size_t i = 0; i <= sent.target.size(); ++i) {
            const bool goes_on = i < sent.target.size() && mde::ascii::is_hex(sent.target[i]);
            if (!goes_on && digits >= 40) return sent.target.substr(i - 40, 40);
            digits = goes_on ? digits + 1 : 0;
        }
        return {};
    }

    std::vector<mde::PackageKey> keys() const {
        std::vector<mde::PackageKey> all;
        world_.emulator.actions().visit([&](const mde::service::TimedAction& action) {
            all.emplace_back(action.action.id);
            all.push_back(mde::PackageKey::live_response(action.action.id, 0));
            return true;
        });
        const auto snapshot = world_.emulator.blobs().snapshot(inventory, world_.clock.now().utc);
        for (unsigned i = 0; snapshot.generated && i < 2; ++i)
            all.push_back(world_.file_key(inventory, *snapshot.generated, i));
        return all;
    }

    /// Under a final name lies what was served, hashed; otherwise what can be gone on with.
    std::string check_store() const {
        for (const mde::PackageKey& key : keys()) {
            if (const auto stored = world_.store.find(key)) {
                const std::string bytes = text_of_bytes(stored->bytes);
                if (!world_.good.contains(bytes)) return "what is stored was never served";
                typename WorldT::PackageHash hash;
                hash.update(stored->bytes);
                if (stored->receipt.sha256 != hash.finish().value()) return "the hash is wrong";
                if (stored->receipt.length != bytes.size()) return "the length is wrong";
                continue;
            }
            if (const std::string found = check_part(key); !found.empty()) return found;
        }
        return {};
    }

    std::string check_part(const mde::PackageKey& key) const {
        auto writer = world_.store.open(key);
        if (!writer) return "the store was left open";
        const mde::PackagePart part = writer->part();
        if (part.stored == 0) return {};
        if (!part.is_resumable()) return "a part was kept that nobody can go on with";
        std::vector<std::byte> bytes(static_cast<std::size_t>(part.stored));
        if (writer->read(0, bytes).value() != bytes.size()) return "a part is not there";
        const std::string text = text_of_bytes(bytes);
        const bool known =
            std::any_of(world_.good.begin(), world_.good.end(),
                        [&](const std::string& whole) { return whole.starts_with(text); });
        return known ? std::string() : "a part was kept that is of no package";
    }

    std::string check_secrets() const {
        const mde::Diagnostics& said = world_.diagnostics;
        const std::string text = world_.shown.text + said.code + ' ' + said.message + ' ' +
                                 said.target + ' ' + said.request_id;
        for (const char c : text)
            if (c != '\n' && !mde::ascii::is_printable(c)) return "a control character is shown";
        for (const std::string& secret : world_.faulty.secrets) {
            if (text.find(secret.substr(0, 24)) != std::string::npos) return "a secret is shown";
            mde::Secret spelt;
            mde::wire::append_percent_encoded(spelt, secret);
            if (text.find(spelt.expose()) != std::string::npos) return "a spelt secret is shown";
        }
        return {};
    }

    /// Nobody comes again before the time that was asked for. Of many jobs, those that were under
    /// way by then know nothing of it; and only a 429 of the API is meant for all of them.
    std::string check_waits() const {
        std::map<std::string, std::pair<mde::MonotonicTime, mde::MonotonicTime>> not_before;
        for (const Sent& sent : world_.faulty.sent) {
            // Those that are under way at the same time know nothing of each other.
            if (sent.step == Step::segment) continue;
            for (const bool by_target : {false, true}) {
                const auto found = not_before.find(name_of_wait(sent, by_target));
                if (found == not_before.end()) continue;
                const auto [known, until] = found->second;
                if (sent.at >= known && sent.at < until)
                    return "a request left before its Retry-After";
            }
            if (!sent.retry_after) continue;
            const bool is_for_all =
                !WorldT::has_many_jobs || (sent.status == 429 && holds(api_calls, sent.step));
            not_before[name_of_wait(sent, !is_for_all)] = {
                sent.answered + WorldT::way_back,
                mde::saturating_add(sent.answered, *sent.retry_after)};
        }
        return {};
    }

    static std::string name_of_wait(const Sent& sent, bool by_target) {
        return std::to_string(static_cast<int>(sent.step)) + (by_target ? sent.target : "");
    }

    std::string check_links() const {
        std::vector<mde::MonotonicTime> times;
        for (const Sent& sent : world_.faulty.sent)
            if (sent.stage == mde::Stage::get_link) times.push_back(sent.at);
        const bool counts = world_.emulator.settings().quotas == mde::service::Feature::on;
        if (counts && most_within(times) > 2) return "links beyond the quota";
        return times.size() > WorldT::most_links
                   ? std::to_string(times.size()) + " links were asked for"
                   : std::string();
    }

    static std::size_t most_within(const std::vector<mde::MonotonicTime>& times) {
        std::size_t most = 0;
        for (std::size_t end = 0; end < times.size(); ++end) {
            std::size_t count = 0;
            for (std::size_t i = 0; i <= end; ++i) count += times[end] - times[i] <= 60s ? 1u : 0u;
            most = (std::max)(most, count);
        }
        return most;
    }

    /// Only who was meant is asked, and a token goes to the API alone.
    std::string check_hosts() const {
        for (const Sent& sent : world_.faulty.sent) {
            const bool is_api = holds(api_calls, sent.step);
            if (sent.is_authorized != is_api) return "a token went where it should not";
            const std::string& host = sent.host;
            const bool known =
                is_api ? mde::is_same_api(world_.settings.api, host, 443)
                : holds(downloads, sent.step)
                    ? world_.settings.links.allows(host, 443) ||
                          world_.settings.links.allows(host, 443, mde::LinkKind::blob)
                : sent.step == Step::metadata ? host == "169.254.169.254"
                                              : host == world_.settings.authority.host();
            if (!known) return "a request went to " + host;
        }
        return {};
    }

    WorldT& world_;
};

} // namespace mde_test::faults

#endif

// SPDX-License-Identifier: BSL-1.0
// Three who watch a job: one writes lines of JSON, one draws a bar, one counts for Prometheus. No
// event has a place for a token or a link.

#include "no_network.hpp"

#include <mde/port/observer.hpp>
#include <mde/port/package_store.hpp>
#include <mde/wire/names.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

namespace observed = mde::observed;

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

double seconds(mde::Duration span) { return std::chrono::duration<double>(span).count(); }

//[json_lines
struct JsonLines {
    std::ostream& out;

    void notify(const mde::ObserverEvent& event) {
        using boost::json::object;
        const auto line = std::visit(
            Overloaded{
                [](const observed::Action& e) -> object {
                    return {{"event", "action"},
                            {"id", e.id.text()},
                            {"status", mde::wire::machine_action_statuses.name_of(e.status)}};
                },
                [](const observed::Request& e) -> object {
                    return {{"event", "request"}, {"stage", name_of(e.stage)}, {"host", e.host}};
                },
                [](const observed::Failure& e) -> object {
                    return {{"event", "failure"},
                            {"stage", name_of(e.stage)},
                            {"error", e.error.message()}};
                },
                [](const observed::Waiting& e) -> object {
                    return {{"event", "waiting"},
                            {"reason", name_of(e.reason)},
                            {"milliseconds", e.span / std::chrono::milliseconds(1)}};
                },
                [](const observed::Committed& e) -> object {
                    return {{"event", "committed"}, {"length", e.length}};
                },
                [](const auto&) -> object { return {}; }, // of no interest here
            },
            event);
        if (!line.empty()) out << boost::json::serialize(line) << '\n';
    }
};
//]

//[progress_bar
/// For a terminal the lines would end in `\r`.
struct ProgressBar {
    std::ostream& out;
    std::uint64_t shown = 0;

    void notify(const mde::ObserverEvent& event) {
        const auto* progress = std::get_if<observed::Progress>(&event);
        if (!progress || !progress->total) return;
        const auto tenths = 10 * progress->stored / *progress->total;
        if (tenths == shown) return;
        shown = tenths; // may be less than before: the transfer began again
        out << '[' << std::string(tenths, '#') << std::string(10 - tenths, '.') << "] "
            << 10 * tenths << " % of " << *progress->total << " bytes\n";
    }
};
//]

//[prometheus
struct Prometheus {
    std::map<std::string, double> counters;

    void notify(const mde::ObserverEvent& event) {
        if (const auto* request = std::get_if<observed::Request>(&event))
            count("mde_requests_total", "stage", name_of(request->stage), 1);
        if (const auto* failure = std::get_if<observed::Failure>(&event))
            count("mde_failures_total", "stage", name_of(failure->stage), 1);
        if (const auto* wait = std::get_if<observed::Waiting>(&event))
            count("mde_waited_seconds_total", "reason", name_of(wait->reason), seconds(wait->span));
        if (const auto* token = std::get_if<observed::Token>(&event); token && token->renewed)
            counters["mde_tokens_renewed_total"] += 1;
        if (const auto* committed = std::get_if<observed::Committed>(&event)) {
            counters["mde_packages_total"] += 1;
            counters["mde_package_bytes_total"] += static_cast<double>(committed->length);
        }
    }

    /// What `GET /metrics` answers.
    void print(std::ostream& out) const {
        out << std::setprecision(15);
        for (const auto& [name, value] : counters) out << name << ' ' << value << '\n';
    }

  private:
    void count(std::string name, std::string_view label, std::string_view value, double by) {
        name.append("{").append(label).append("=\"").append(value).append("\"}");
        counters[name] += by;
    }
};
//]

/// Passes each event on to all of them.
template <class... Observers>
struct Together {
    std::tuple<Observers&...> observers;
    void notify(const mde::ObserverEvent& event) {
        std::apply([&](auto&... each) { (each.notify(event), ...); }, observers);
    }
};

int main() {
    example::NoNetwork service;
    service.serve_packages_of(16'000'000);
    mde::service::Fault fault;
    fault.stage = mde::Stage::get_link;
    fault.status = 429;
    fault.retry_after = "7";
    service.add(fault);

    JsonLines lines{std::cout};
    ProgressBar bar{std::cout};
    Prometheus metrics;
    Together<JsonLines, ProgressBar, Prometheus> all{{lines, bar, metrics}};
    mde::exemplar::NoStore store;
    if (!service.collect(store, all)) return 1;
    metrics.print(std::cout);
    return 0;
}

// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_FAULTY_TRANSPORT_HPP
#define MDE_TESTS_FAULTS_FAULTY_TRANSPORT_HPP

/// @file
/// Carries requests to a handler in the same process, remembers them, and lets one fault happen.

#include "faults/fault.hpp"

#include <mde/base/result.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/service/request_route.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/form_fields.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/request_head.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>
#include <stdexcept>
#include <utility>

namespace mde_test::faults {

/// What the transport of a real program allows by default.
inline constexpr mde::Duration idle_limit = std::chrono::seconds(30);

/// A request as it left, and what came back.
struct Sent {
    Step step;
    mde::Stage stage;
    std::string host;
    std::string target{};
    mde::MonotonicTime at{};
    /// Of the answer's head, or of the failure.
    mde::MonotonicTime answered{};
    /// Zero: no head came.
    unsigned status = 0;
    bool is_faulty = false;
    Reach reach = Reach::done;
    std::optional<mde::Duration> retry_after{};
    bool is_authorized = false;
};

/// An answer whose body may break.
template <class Clock>
class FaultyExchange {
  public:
    FaultyExchange() = default;
    FaultyExchange(mde::HttpReply reply, const Fault* fault, Clock clock, mde::MonotonicTime ends)
        : reply_(std::move(reply)), fault_(fault), clock_(std::move(clock)), ends_(ends) {}

    /// False if the head is beyond the bounds of every transport.
    bool write_head() {
        head_.set_status(reply_.status);
        bool fits = true;
        for (const auto& [name, value] : reply_.fields) fits = fits && head_.add_field(name, value);
        if (reply_.framing == mde::ReplyFraming::by_length && head_.count("Content-Length") == 0)
            fits = fits && head_.add_field("Content-Length", std::to_string(reply_.body.size()));
        if (reply_.framing == mde::ReplyFraming::by_chunks)
            fits = fits && head_.add_field("Transfer-Encoding", "chunked");
        return fits;
    }
    const mde::ResponseHead& head() const noexcept { return head_; }

    mde::result<std::size_t> read_some(std::span<std::byte> bytes) {
        const Break how = fault_ == nullptr ? Break::none : fault_->how;
        const std::size_t size = reply_.body.size();
        const std::size_t end = how == Break::none ? size : place_in(size, fault_->place);
        if (at_ >= end) return how == Break::drip ? drip(bytes) : at_break(how, size);
        const std::size_t count = (std::min)(bytes.size(), end - at_);
        std::memcpy(bytes.data(), reply_.body.data() + at_, count);
        at_ += count;
        return count;
    }

  private:
    /// A byte a second, which no transport stands for longer than it waits for one.
    mde::result<std::size_t> drip(std::span<std::byte> bytes) {
        if (at_ == reply_.body.size() || dripped_ == idle_limit / std::chrono::seconds(1))
            return at_break(Break::drip, reply_.body.size());
        clock_.advance(std::chrono::seconds(1));
        ++dripped_;
        bytes[0] = static_cast<std::byte>(reply_.body[at_++]);
        return std::size_t(1);
    }

    mde::result<std::size_t> at_break(Break how, std::size_t size) {
        // A body of known length has ended with its last byte, whatever comes then.
        if (at_ == size && reply_.framing == mde::ReplyFraming::by_length) return std::size_t(0);
        switch (how) {
        case Break::none:
        case Break::short_end: return std::size_t(0);
        case Break::reset: return make_error_code(mde::errc::connection_lost);
        case Break::truncated: return make_error_code(mde::errc::body_truncated);
        case Break::drip: return make_error_code(mde::errc::timed_out);
        case Break::stall: break;
        }
        clock_.advance((std::min)(idle_limit, ends_ - clock_.now().monotonic));
        return make_error_code(mde::errc::timed_out);
    }

    mde::HttpReply reply_;
    const Fault* fault_ = nullptr;
    Clock clock_{};
    mde::MonotonicTime ends_{};
    mde::ResponseHead head_;
    std::size_t at_ = 0;
    std::int64_t dripped_ = 0;
};

/// A job that does not come to an end.
struct Runaway : std::runtime_error {
    using runtime_error::runtime_error;
};

/// Which steps the calls of a scenario are.
struct StepNames {
    Step get_action = Step::watch;
    Step list_actions = Step::list;
    Step download = Step::download;
    Step part = Step::rest;
    Step collect = Step::collect;
    Step get_link = Step::get_link;
};

/// Meets `BlockingTransport`. `H` handles requests; `Clock` has `advance`.
template <class H, class Clock>
class FaultyTransport {
  public:
    using Exchange = FaultyExchange<Clock>;

    FaultyTransport(H& handler, Clock clock) : handler_(&handler), clock_(std::move(clock)) {}

    /// More than any job of these tests has reason to send.
    static constexpr std::size_t most_requests = 400;

    StepNames names;
    std::function<void()> renew_package;
    std::vector<Sent> sent;
    /// Everything that went by and must never be shown.
    std::vector<std::string> secrets;

    /// `fault`, which outlives its use, meets the request `number` (from 1 on).
    void arm(const Fault& fault, std::size_t number, Lasting lasting) {
        fault_ = &fault;
        number_ = number;
        lasting_ = lasting;
    }
    void disarm() noexcept { fault_ = nullptr; }

    mde::result<Exchange> send(const mde::HttpRequest& request) {
        if (sent.size() >= most_requests) throw Runaway("more requests than any job needs");
        if (!mde::wire::is_safe(request)) return make_error_code(mde::errc::unsafe_request);
        Sent record = record_of(request);
        const std::vector<std::string> own = secrets_of(request);
        remember(own);
        const Fault* fault = due(record.step, sent.size() + 1);
        record.is_faulty = fault != nullptr;
        record.reach = fault == nullptr ? Reach::done : fault->reach;
        mde::result<Exchange> outcome = carry(request, fault, own, record);
        record.answered = clock_.now().monotonic;
        sent.push_back(std::move(record));
        return outcome;
    }

  private:
    mde::result<Exchange> carry(const mde::HttpRequest& request, const Fault* fault,
                                const std::vector<std::string>& own, Sent& record) {
        const mde::MonotonicTime ends =
            mde::saturating_add(clock_.now().monotonic, request.time_limit);
        mde::HttpReply reply;
        if (record.reach == Reach::done) reply = handle(request);
        if (fault != nullptr) {
            clock_.advance((std::min)(fault->delay, request.time_limit));
            if (fault->no_head) return make_error_code(*fault->no_head);
            Tampering tampering{record.step, request, reply, clock_.now(), own, renew_package};
            if (fault->change) fault->change(tampering);
        }
        Exchange exchange(std::move(reply), fault, clock_, ends);
        if (!exchange.write_head()) return make_error_code(mde::errc::malformed_head);
        record.status = exchange.head().status();
        record.retry_after = retry_after_of(exchange.head());
        return exchange;
    }

    mde::HttpReply handle(const mde::HttpRequest& request) {
        mde::HttpReply reply = handler_->handle(
            {name_of(request.method), request.target, request.host, request.fields, request.body},
            clock_.now());
        if (reply.source) {
            reply.body.resize(static_cast<std::size_t>(reply.source->length));
            reply.source->read(reply.source->offset, std::as_writable_bytes(std::span(reply.body)));
            reply.source.reset();
        }
        remember_tokens(reply.body);
        return reply;
    }

    std::optional<mde::Duration> retry_after_of(const mde::ResponseHead& head) const {
        const auto text = head.field("Retry-After");
        if (!text || (head.status() != 429 && head.status() != 503)) return std::nullopt;
        const auto wait = mde::wire::parse_retry_after(*text, clock_.now().utc);
        return wait ? std::optional<mde::Duration>(*wait) : std::nullopt;
    }

    const Fault* due(Step step, std::size_t number) {
        if (fault_ == nullptr || number < number_) return nullptr;
        if (number == number_) step_ = step;
        const bool meets = number == number_ || lasting_ == Lasting::all ||
                           (lasting_ == Lasting::step && is_same(step, step_));
        return meets && holds(fault_->steps, step) ? fault_ : nullptr;
    }

    static bool is_same(Step one, Step other) noexcept {
        return one == other || (holds(downloads, one) && holds(downloads, other));
    }

    Sent record_of(const mde::HttpRequest& request) const {
        const std::string_view target = request.target;
        const mde::Stage stage =
            mde::service::route_request(name_of(request.method), target.substr(0, target.find('?')))
                .stage;
        Sent record{step_of(stage, request), stage, std::string(request.host)};
        record.target = target;
        record.at = clock_.now().monotonic;
        record.is_authorized = has_field(request, "Authorization");
        return record;
    }

    static bool has_field(const mde::HttpRequest& request, std::string_view name) noexcept {
        return std::any_of(request.fields.begin(), request.fields.end(),
                           [&](const mde::HeaderField& field) { return field.name == name; });
    }

    Step step_of(mde::Stage stage, const mde::HttpRequest& request) const {
        switch (stage) {
        case mde::Stage::collect: return names.collect;
        case mde::Stage::get_action: return names.get_action;
        case mde::Stage::list_actions: return names.list_actions;
        case mde::Stage::cancel: return Step::cancel;
        case mde::Stage::get_link: return names.get_link;
        case mde::Stage::get_live_response_link: return Step::live_link;
        case mde::Stage::export_files: return Step::export_links;
        case mde::Stage::download: return has_field(request, "Range") ? names.part : names.download;
        case mde::Stage::sign_in: break;
        default: throw Runaway("a request that nobody should send");
        }
        if (request.method == mde::Method::get) return Step::metadata;
        if (request.target.ends_with("/devicecode")) return Step::device_code;
        return request.body.find("device_code=") == std::string_view::npos ? Step::token
                                                                           : Step::device_poll;
    }

    /// The token, what a form proves, or what makes a link good.
    static std::vector<std::string> secrets_of(const mde::HttpRequest& request) {
        std::vector<std::string> found;
        for (const mde::HeaderField& field : request.fields)
            if (field.name == "Authorization") found.emplace_back(field.value.substr(7));
        for (const std::string_view mark : {"token=", "sig="}) {
            const std::size_t at = request.target.find(mark);
            if (at != std::string_view::npos)
                found.emplace_back(request.target.substr(at + mark.size()));
        }
        const auto form = mde::wire::parse_form(request.body);
        for (const char* name :
             {"client_secret", "client_assertion", "device_code", "refresh_token"})
            if (form && form->contains(name)) found.push_back(form->at(name));
        return found;
    }

    void remember(const std::vector<std::string>& found) {
        for (const std::string& secret : found)
            if (std::find(secrets.begin(), secrets.end(), secret) == secrets.end())
                secrets.push_back(secret);
    }

    void remember_tokens(const std::string& body) {
        if (body.find("_token") == std::string::npos && body.find("_code") == std::string::npos)
            return;
        const auto document = mde::wire::parse_json_object(body);
        if (!document) return;
        mde::wire::Members members(*document);
        for (const char* name : {"access_token", "refresh_token", "device_code"})
            if (auto text = members.string(name)) remember({std::move(*text)});
    }

    H* handler_;
    Clock clock_;
    const Fault* fault_ = nullptr;
    std::size_t number_ = 0;
    Lasting lasting_ = Lasting::once;
    Step step_{};
};

} // namespace mde_test::faults

#endif

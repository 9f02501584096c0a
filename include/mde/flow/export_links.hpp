// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_EXPORT_LINKS_HPP
#define MDE_FLOW_EXPORT_LINKS_HPP

/// @file
/// The links to the files of one snapshot of an assessment.

#include <mde/flow/exchange.hpp>
#include <mde/flow/link_host.hpp>
#include <mde/flow/link_source.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/wire/export_files_codec.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Meets `LinkSource`, for one file at a time. All links come by one answer; asking again is only
/// of use if the new answer is of the same snapshot, and is done once for each file.
/// @par Errors errc::request_refused (also for hours that the page does not allow),
/// errc::link_not_allowed, errc::link_dead (the service has made a new snapshot: start again), and
/// those of `Exchange`
template <ExportKind Kind>
class ExportLinks {
  public:
    /// The call that gives the links.
    using Request = GetExportFiles<Kind>;

    /// Asks for nothing yet.
    ExportLinks(const Context& context, const Request& request)
        : context_(context), request_(request) {}

    /// Asks for the first time: `take_result` then has an error, or no link yet.
    Action ask(const Now& now) {
        Context context = context_;
        context.seed += ++asked_;
        call_.emplace(context, request_);
        const Action next = call_->start(now);
        return is_finish(next) ? on_answer() : next;
    }

    /// How many files the snapshot has.
    std::size_t size() const noexcept { return files_.files.size(); }
    /// When the snapshot was made, if the service said so.
    std::optional<UtcTime> generated() const noexcept { return generated_; }
    /// In the keys of the files: when the snapshot was made, or else when it was first asked for.
    UtcTime snapshot() const noexcept { return generated_.value_or(first_asked_); }

    /// The links are about the file at `index` from now on.
    void select(std::size_t index) noexcept {
        index_ = index;
        is_fresh_ = true;
        may_ask_again_ = context_.settings->links_per_package > 1;
    }

    /// @{
    /// See `LinkSource`.
    Action start(const Now& now) {
        if (std::exchange(is_fresh_, false)) return hand_out();
        may_ask_again_ = false;
        return ask(now);
    }

    Action on(const Event& event, const Now& now) {
        const Action next = call_->on(event, now);
        return is_finish(next) ? on_answer() : next;
    }

    result<PackageUri> take_result() { return std::move(result_); }
    bool may_renew() const noexcept { return may_ask_again_; }
    /// Asking again is worth it once more.
    void progressed() noexcept { may_ask_again_ = context_.settings->links_per_package > 1; }

    void describe(Receipt& receipt) {
        receipt.tenant = context_.settings->tenant.text();
        receipt.link_requested = link_requested_;
        if (!request_id_.empty()) receipt.request_ids.push_back(request_id_);
    }
    /// @}

  private:
    Action on_answer() {
        result<ExportFiles> answer = call_->take_result();
        if (!answer) return finish(answer.error());
        for (const PackageUri& file : answer->files)
            if (const error_code error = check_link_host(file, LinkKind::blob, context_))
                return finish(error);
        link_requested_ = call_->sent().utc;
        request_id_ = context_.diagnostics->request_id;
        if (asked_ == 1) {
            generated_ = answer->generated;
            first_asked_ = link_requested_;
            files_ = std::move(*answer);
            result_ = PackageUri();
            return action::Finish{};
        }
        if (!is_same_snapshot(*answer)) {
            context_.diagnostics->message = "the service has made a new snapshot";
            return finish(make_error_code(errc::link_dead));
        }
        files_ = std::move(*answer);
        return hand_out();
    }

    /// Without a time there is nothing to tell two snapshots apart by.
    bool is_same_snapshot(const ExportFiles& answer) const noexcept {
        return answer.generated && answer.generated == generated_ &&
               answer.files.size() == files_.files.size();
    }

    Action hand_out() {
        result_ = std::move(files_.files[index_]);
        return action::Finish{};
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    Request request_;
    std::optional<Exchange<Request>> call_;
    ExportFiles files_;
    std::optional<UtcTime> generated_;
    UtcTime first_asked_{};
    UtcTime link_requested_{};
    std::string request_id_;
    std::size_t index_ = 0;
    unsigned asked_ = 0;
    bool is_fresh_ = false;
    bool may_ask_again_ = false;
    result<PackageUri> result_ = make_error_code(errc::not_found);
};

} // namespace mde::inline MDE_ABI::flow

#endif

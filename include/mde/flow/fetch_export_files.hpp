// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FETCH_EXPORT_FILES_HPP
#define MDE_FLOW_FETCH_EXPORT_FILES_HPP

/// @file
/// All files of one snapshot of an assessment, one after the other.

#include <mde/flow/download.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/fetch_result.hpp>
#include <mde/flow/link_host.hpp>
#include <mde/model/fetched_export.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/wire/export_files_codec.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Asks for the links once and downloads what the store does not have yet. A link that died in the
/// meantime is replaced by asking again, once for each file; the fetch goes on with the file of the
/// same place only if the new answer is of the same snapshot. Files that were stored before a
/// failure stay: the same fetch, made again, goes on behind them.
/// @par Errors errc::request_refused (also for hours that the page does not allow),
/// errc::link_not_allowed, errc::link_dead (also if the service has made a new snapshot: start
/// again), and those of `Exchange` and `Download`
template <Hasher PackageHasher, ExportKind Kind>
class FetchExportFiles {
  public:
    using Request = GetExportFiles<Kind>;
    using Result = result<FetchedExport>;

    FetchExportFiles(const Context& context, const Request& request)
        : context_(context), request_(request) {}

    Action start(const Now& now) { return ask(now); }

    Action on(const Event& event, const Now& now) {
        switch (state_) {
        case State::asking: {
            const Action next = call_->on(event, now);
            return is_finish(next) ? on_answer(now) : next;
        }
        case State::checking_store: return on_checked(event, now);
        case State::downloading: break;
        }
        const Action next = download_->on(event, now);
        return is_finish(next) ? on_download(now) : next;
    }

    Result take_result() { return std::move(result_); }

  private:
    enum class State {
        asking,
        checking_store,
        downloading,
    };

    Action ask(const Now& now) {
        state_ = State::asking;
        Context context = context_;
        context.seed += ++asked_;
        call_.emplace(context, request_);
        const Action next = call_->start(now);
        return is_finish(next) ? on_answer(now) : next;
    }

    Action on_answer(const Now& now) {
        result<ExportFiles> answer = call_->take_result();
        if (!answer) return finish(answer.error());
        for (const PackageUri& file : answer->files)
            if (const error_code error = check_link_host(file, LinkKind::blob, context_))
                return finish(error);
        const bool is_first = asked_ == 1;
        if (!is_first && !is_same_snapshot(*answer)) {
            context_.diagnostics->message = "the service has made a new snapshot";
            return finish(make_error_code(errc::link_dead));
        }
        files_ = std::move(*answer);
        link_requested_ = call_->sent().utc;
        request_id_ = context_.diagnostics->request_id;
        if (!is_first) return download(now);
        fetched_.generated = files_.generated;
        snapshot_ = files_.generated.value_or(link_requested_);
        return next_file();
    }

    /// Without a time there is nothing to tell two snapshots apart by.
    bool is_same_snapshot(const ExportFiles& answer) const noexcept {
        return answer.generated && answer.generated == fetched_.generated &&
               answer.files.size() == files_.files.size();
    }

    Action next_file() {
        if (index_ == files_.files.size()) {
            result_ = std::move(fetched_);
            return action::Finish{};
        }
        key_ = PackageKey::export_file(Kind, context_.settings->tenant, snapshot_,
                                       static_cast<unsigned>(index_));
        may_ask_again_ = context_.settings->links_per_package > 1;
        state_ = State::checking_store;
        return action::CheckStore{&key_};
    }

    Action on_checked(const Event& event, const Now& now) {
        const auto error = failure_of(event);
        if (!error) return download(now);
        if (*error == errc::store_has_package) {
            ++fetched_.already_stored;
            ++index_;
            return next_file();
        }
        context_.diagnostics->stage = Stage::store;
        return finish(*error);
    }

    Action download(const Now& now) {
        state_ = State::downloading;
        Receipt receipt;
        receipt.tenant = context_.settings->tenant.text();
        receipt.link_requested = link_requested_;
        if (!request_id_.empty()) receipt.request_ids.push_back(request_id_);
        Context context = context_;
        context.seed += 1000u * (index_ + 1) + asked_;
        download_.emplace(context, std::move(files_.files[index_]), key_, std::move(receipt));
        const Action next = download_->start(now);
        return is_finish(next) ? on_download(now) : next;
    }

    Action on_download(const Now& now) {
        result<Receipt> receipt = download_->take_result();
        if (receipt) {
            fetched_.receipts.push_back(std::move(*receipt));
            ++index_;
            return next_file();
        }
        if (!wants_new_link(receipt.error()) || !std::exchange(may_ask_again_, false))
            return finish(receipt.error());
        return ask(now);
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    Request request_;
    State state_ = State::asking;
    std::optional<Exchange<Request>> call_;
    std::optional<Download<PackageHasher>> download_;
    ExportFiles files_;
    UtcTime link_requested_{};
    /// In the keys: when the snapshot was made, or else when it was first asked for.
    UtcTime snapshot_{};
    std::string request_id_;
    PackageKey key_;
    std::size_t index_ = 0;
    unsigned asked_ = 0;
    bool may_ask_again_ = false;
    FetchedExport fetched_;
    Result result_ = make_error_code(errc::not_found);
};

} // namespace mde::inline MDE_ABI::flow

#endif

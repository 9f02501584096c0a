// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FETCH_EXPORT_FILES_HPP
#define MDE_FLOW_FETCH_EXPORT_FILES_HPP

/// @file
/// All files of one snapshot of an assessment, one after the other.

#include <mde/flow/export_links.hpp>
#include <mde/flow/transfer.hpp>
#include <mde/model/fetched_export.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Asks for the links once and downloads what the store does not have yet. A link that died in the
/// meantime is replaced by asking again, once for each file; the fetch goes on with the file of the
/// same place only if the new answer is of the same snapshot. Files that were stored before a
/// failure stay: the same fetch, made again, goes on behind them.
/// @par Errors those of `ExportLinks` and `Transfer`
template <Hasher PackageHasher, ExportKind Kind>
class FetchExportFiles {
  public:
    /// The call that gives the links.
    using Request = GetExportFiles<Kind>;
    /// @{
    /// See `Flow`.
    using Result = result<FetchedExport>;

    FetchExportFiles(const Context& context, const Request& request)
        : context_(context), links_(context, request) {}
    FetchExportFiles(const FetchExportFiles&) = delete;
    FetchExportFiles& operator=(const FetchExportFiles&) = delete;

    Action start(const Now& now) { return on_asked(links_.ask(now), now); }

    Action on(const Event& event, const Now& now) {
        if (!transfer_) return on_asked(links_.on(event, now), now);
        return on_transfer(transfer_->on(event, now), now);
    }

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    Action on_asked(const Action& next, const Now& now) {
        if (!is_finish(next)) return next;
        const result<PackageUri> asked = links_.take_result();
        if (!asked) return finish(asked.error());
        fetched_.generated = links_.generated();
        return next_file(now);
    }

    Action next_file(const Now& now) {
        if (index_ == links_.size()) {
            result_ = std::move(fetched_);
            return action::Finish{};
        }
        links_.select(index_);
        Context context = context_;
        context.seed += 1000u * (index_ + 1);
        transfer_.emplace(context, links_,
                          PackageKey::export_file(Kind, context_.settings->tenant,
                                                  links_.snapshot(),
                                                  static_cast<unsigned>(index_)));
        return on_transfer(transfer_->start(now), now);
    }

    Action on_transfer(const Action& next, const Now& now) {
        if (!is_finish(next)) return next;
        result<Receipt> receipt = transfer_->take_result();
        if (receipt)
            fetched_.receipts.push_back(std::move(*receipt));
        else if (receipt.error() == errc::store_has_package)
            ++fetched_.already_stored;
        else
            return finish(receipt.error());
        ++index_;
        return next_file(now);
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    ExportLinks<Kind> links_;
    std::optional<Transfer<PackageHasher, ExportLinks<Kind>>> transfer_;
    std::size_t index_ = 0;
    FetchedExport fetched_;
    Result result_ = make_error_code(errc::not_found);
};

} // namespace mde::inline MDE_ABI::flow

#endif

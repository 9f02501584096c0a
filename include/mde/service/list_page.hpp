// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_LIST_PAGE_HPP
#define MDE_SERVICE_LIST_PAGE_HPP

/// @file
/// The part of a list that one answer holds.

#include <mde/base/linkage.hpp>
#include <mde/model/machine_action_page.hpp>
#include <mde/service/list_query.hpp>
#include <mde/service/settings.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// Gathers the actions that a list call is about, in the order of the store: newest first.
/// Distinct objects: safe. Shared objects: unsafe.
class ListPage {
  public:
    /// Both outlive the page.
    ListPage(const ListQuery& query, const Settings& settings) noexcept
        : query_(&query), settings_(&settings) {}

    /// False once nothing more is needed.
    bool take(MachineAction shown);

    /// The actions, and the link to the rest.
    MachineActionPage finish();

  private:
    std::size_t room() const noexcept { return (std::min)(query_->top, settings_->page_size); }
    bool is_reversed() const noexcept;

    const ListQuery* query_;
    const Settings* settings_;
    std::vector<MachineAction> matching_;
};

#if MDE_DEFINITIONS

MDE_DECL bool ListPage::take(MachineAction shown) {
    if (!query_->filter.matches(shown)) return true;
    matching_.push_back(std::move(shown));
    // One more than fits tells that there is another page.
    const bool enough = matching_.size() > room() && matching_.size() - room() > query_->skip;
    return !enough || is_reversed();
}

MDE_DECL MachineActionPage ListPage::finish() {
    if (is_reversed()) std::reverse(matching_.begin(), matching_.end());
    const std::size_t skipped = (std::min)(query_->skip, matching_.size());
    matching_.erase(matching_.begin(),
                    std::next(matching_.begin(), static_cast<std::ptrdiff_t>(skipped)));
    MachineActionPage page;
    const std::string& own = settings_->api.next_link_url;
    if (matching_.size() > room() && room() < query_->top)
        page.next_link = query_->next_link(own.empty() ? settings_->base_url : own, room());
    if (matching_.size() > room()) matching_.resize(room());
    page.actions = std::move(matching_);
    return page;
}

MDE_DECL bool ListPage::is_reversed() const noexcept {
    return settings_->api.list_order == ListOrder::oldest_first;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif

// SPDX-License-Identifier: Apache-2.0
//
// A range of keys has one owner, who lists it page by page. When workers are idle and pages remain,
// one of them looks at what lies ahead, while the owner goes on; then the owner itself cuts what is
// left, keeps the first piece and feeds the others. So there is nobody who plans and nothing to
// wait for.

#include "core/storage/s3/s3_listing.hpp"

#include "core/storage/s3/listing_plan.hpp"
#include "core/storage/s3/live_ranges.hpp"
#include "core/storage/s3/open_folders.hpp"
#include "core/storage/s3/page_chain.hpp"
#include "core/storage/s3/range_splitter.hpp"
#include "core/storage/s3/scout.hpp"

#include <nightshift/error.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nightshift::s3 {

namespace {

// Of all parts that are being gathered.
constexpr std::size_t k_memory = std::size_t{16} << 20U;

// Another range has failed, and this one ends with it.
struct Abandoned {};

// A range that is to be listed.
struct RangeWork {
  KeyRange range;
  std::optional<std::string> only = {}; // a folder whose own objects alone are listed
  Outlook outlook;
  LiveRanges::Id id;
  std::shared_ptr<Scout> scout = {}; // on its way
};

// However a range ends, its scout is to look no further.
struct ScoutsEnd {
  RangeWork& work;

  explicit ScoutsEnd(RangeWork& of) noexcept : work(of) {}

  ScoutsEnd(const ScoutsEnd&) = delete;
  ScoutsEnd& operator=(const ScoutsEnd&) = delete;

  ~ScoutsEnd() {
    if (work.scout) {
      work.scout->call_back();
    }
  }
};

// A range, or what is ahead of one that another worker lists.
using Work = std::variant<RangeWork, std::shared_ptr<Scout>>;
using Feeder = FunctionRef<void(Work work)>;

class Listing {
 public:
  Listing(PageSource& pages, const ListingRequest& request, Executor& executor)
      : pages_(pages),
        request_(request),
        executor_(executor),
        plan_(plan_listing(request.query)),
        live_(request.limits, hand_over_, budget_),
        splitter_(pages, request.root),
        folders_{request.query, hand_over_, request.limits, plan_.own, live_, budget_} {}

  void run() {
    throw_if_over();
    std::vector<WorkItem> items;
    for (const KeyRange& range : plan_.ranges) {
      items.push_back(make_work(Work(work_for(range, std::nullopt))));
    }
    for (const std::string& folder : plan_.own) {
      items.push_back(make_work(Work(work_for({}, folder))));
    }
    executor_.grow(std::move(items), [this](void* item, WorkFeeder feed) {
      work_on(*static_cast<Work*>(item), [&feed](Work work) { feed(make_work(std::move(work))); });
    });
  }

 private:
  // Nothing is handed over any more once a range has failed or a stop is requested.
  struct HandOver {
    Listing& listing;

    void operator()(FolderPart&& part) const {
      listing.throw_if_over();
      listing.request_.sink(std::move(part));
    }
  };

  void throw_if_over() const {
    if (request_.stop.stop_requested()) {
      throw cancelled_error();
    }
    if (has_failed_) {
      throw Abandoned{};
    }
  }

  RangeWork work_for(const KeyRange& range, const std::optional<std::string>& only) {
    Outlook outlook;
    outlook.folder = only.value_or(request_.query.prefix);
    outlook.is_one_folder = only.has_value();
    return {range, only, std::move(outlook), live_.add({range.after, range.until, only})};
  }

  void work_on(Work& work, Feeder feed) {
    try {
      if (auto* const range = std::get_if<RangeWork>(&work)) {
        list(*range, feed);
      } else {
        std::get<std::shared_ptr<Scout>>(work)->run(splitter_, request_.stop);
        live_.give_back(1);
      }
    } catch (const Abandoned&) { // the range that failed tells why
    } catch (...) {              // rethrown by the executor
      has_failed_ = true;
      throw;
    }
  }

  void list(RangeWork& work, Feeder feed) {
    const ScoutsEnd scouts_end{work};
    OpenFolders open(folders_, work.range, work.only);
    PageChain chain(pages_, first_page(work));
    std::string at = work.range.after;
    for (bool goes_on = true; goes_on;) {
      throw_if_over();
      const ListPage& page = chain.next(request_.stop);
      const bool is_inside = take(page, work, open);
      open.settle();
      goes_on = is_inside && chain.goes_on();
      if (!page.empty()) {
        at = std::max(at, std::string(relative(page.last())));
      }
      const bool is_at_root = at.empty(); // at its marker: a range up to there would have no end
      if (goes_on && !page.empty() && !is_at_root) {
        live_.advance(work.id, at);
        tell(work, {work.range.after, at});
        split(work, at, page, open, feed);
      }
    }
    open.finish();
    live_.remove(work.id);
    tell(work, work.range);
  }

  [[nodiscard]] PageRequest first_page(const RangeWork& work) const {
    PageRequest request{.prefix = request_.root + work.only.value_or(request_.query.prefix)};
    if (work.only) {
      request.delimiter = "/";
    }
    if (!work.range.after.empty()) {
      request.start_after = request_.root + work.range.after;
    }
    return request;
  }

  [[nodiscard]] std::string_view relative(std::string_view key) const {
    return key.substr(request_.root.size());
  }

  // Whether the range may go on behind the page.
  bool take(const ListPage& page, const RangeWork& work, OpenFolders& open) const {
    const std::string& until = work.range.until;
    for (const ListPage::Object& object : page.objects()) {
      const std::string_view key = relative(page.key(object));
      if (!until.empty() && key > until) {
        return false;
      }
      if (!work.only || folder_of(key) == *work.only) {
        open.take(key, object.size, object.last_modified, page.etag(object));
      }
    }
    return page.empty() || until.empty() || relative(page.last()) < until;
  }

  void split(RangeWork& work, const std::string& at, const ListPage& page, OpenFolders& open,
             Feeder feed) {
    const bool is_scout_away = work.scout && !work.scout->is_back();
    if (is_scout_away || RangeSplitter::sit_out(work.outlook)) {
      return;
    }
    const bool has_looked = work.scout != nullptr;
    if (has_looked) {
      work.outlook = std::exchange(work.scout, nullptr)->take();
    }
    const std::size_t workers = std::min(executor_.concurrency(), request_.max_ranges);
    const std::size_t idle = live_.reserve(workers);
    if (idle == 0) {
      return;
    }
    const std::vector<std::string_view> seen = keys_of(page);
    const RangeRest rest{at, work.range.until, seen};
    if (!has_looked && splitter_.has_to_ask(work.outlook, rest)) {
      live_.give_back(idle - 1);
      work.scout = std::make_shared<Scout>(work.outlook, at, work.range.until);
      feed(work.scout);
      return;
    }
    const std::vector<std::string> boundaries =
        RangeSplitter::find_boundaries(work.outlook, rest, idle);
    live_.give_back(idle - boundaries.size());
    if (!boundaries.empty()) {
      cut(work, boundaries, open, feed);
    }
  }

  [[nodiscard]] std::vector<std::string_view> keys_of(const ListPage& page) const {
    std::vector<std::string_view> keys;
    keys.reserve(page.objects().size());
    for (const ListPage::Object& object : page.objects()) {
      keys.push_back(relative(page.key(object)));
    }
    return keys;
  }

  void cut(RangeWork& work, const std::vector<std::string>& boundaries, OpenFolders& open,
           Feeder feed) {
    open.cut(boundaries);
    const std::vector<LiveRanges::Id> ids = live_.split(work.id, boundaries);
    const std::string end = std::exchange(work.range.until, boundaries.front());
    for (std::size_t i = boundaries.size(); i-- > 0;) { // so that the first is the newest
      const std::string& until = i + 1 < boundaries.size() ? boundaries[i + 1] : end;
      feed(RangeWork{{boundaries[i], until},
                     work.only,
                     outlook_between(work.outlook, boundaries[i], until),
                     ids[i]});
    }
  }

  // The folders that are listed by themselves are in no range's proof.
  void tell(const RangeWork& work, const KeyRange& proven) {
    if (request_.query.on_proven && !work.only) {
      const std::scoped_lock lock(telling_);
      throw_if_over();
      (*request_.query.on_proven)(proven);
    }
  }

  PageSource& pages_;
  const ListingRequest& request_;
  Executor& executor_;
  const ListingPlan plan_;
  HandOver hand_over_{*this};
  PartBudget budget_{k_memory};
  LiveRanges live_;
  RangeSplitter splitter_;
  FolderContext folders_;
  std::atomic<bool> has_failed_{false};
  std::mutex telling_;
};

} // namespace

void list_pages(PageSource& pages, const ListingRequest& listing, Executor& executor) {
  Listing(pages, listing, executor).run();
}

} // namespace nightshift::s3

// SPDX-License-Identifier: Apache-2.0

#include <nightshift/funnel.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace nightshift {
namespace {

// Counts how many of its kind are alive.
class Counted {
 public:
  explicit Counted(std::atomic<int>& alive) : alive_(&alive) { ++*alive_; }

  Counted(Counted&& other) noexcept : alive_(std::exchange(other.alive_, nullptr)) {}

  Counted& operator=(Counted&&) = delete;

  ~Counted() {
    if (alive_ != nullptr) {
      --*alive_;
    }
  }

 private:
  std::atomic<int>* alive_;
};

struct Item {
  int producer = 0;
  int number = 0;
  std::size_t bytes = 1;
  std::unique_ptr<Counted> counted = {};

  [[nodiscard]] std::size_t memory() const noexcept { return bytes; }
};

constexpr int k_producers = 8;

void run_producers(const std::function<void(int producer)>& produce) {
  std::vector<std::thread> threads;
  threads.reserve(k_producers);
  for (int producer = 0; producer < k_producers; ++producer) {
    threads.emplace_back(produce, producer);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

template <class Consume>
auto make_funnel(std::size_t capacity, Consume consume) {
  return std::make_unique<Funnel<Item, Consume>>(capacity, consume);
}

TEST(Funnel, ConsumesEachItemOnceAndOneAtATime) {
  std::array<int, k_producers> next{}; // not atomic: the funnel orders the calls
  int inside = 0;
  int overlaps = 0;
  int out_of_order = 0;
  const auto funnel = make_funnel(100, [&](const Item& item) {
    overlaps += inside++ != 0 ? 1 : 0;
    int& expected = next.at(static_cast<std::size_t>(item.producer));
    out_of_order += item.number != expected ? 1 : 0;
    ++expected;
    --inside;
  });
  run_producers([&](int producer) {
    for (int number = 0; number < 2000; ++number) {
      funnel->push({producer, number});
    }
  });
  EXPECT_EQ(overlaps, 0);
  EXPECT_EQ(out_of_order, 0) << "items of one producer keep their order";
  EXPECT_TRUE(std::all_of(next.begin(), next.end(), [](int n) { return n == 2000; }));
}

TEST(Funnel, ConsumesOnTheProducersThreadWhenItIsAlone) {
  std::vector<int> consumed;
  const auto funnel = make_funnel(100, [&](const Item& item) { consumed.push_back(item.number); });
  funnel->push({0, 1});
  EXPECT_EQ(consumed, (std::vector<int>{1}));
  funnel->push({0, 2});
  EXPECT_EQ(consumed, (std::vector<int>{1, 2}));
}

TEST(Funnel, LetsNoMoreWaitThanItsCapacity) {
  constexpr int k_waiting_at_most = 10; // of 10 bytes each
  std::atomic<int> alive{0};
  int most = 0;
  const auto funnel = make_funnel(100, [&](const Item&) { most = std::max(most, alive.load()); });
  run_producers([&](int producer) {
    for (int number = 0; number < 2000; ++number) {
      funnel->push({producer, number, 10, std::make_unique<Counted>(alive)});
    }
  });
  EXPECT_LE(most, k_waiting_at_most + k_producers) << "each producer may hold one more";
  EXPECT_EQ(alive, 0);
}

TEST(Funnel, LetsASingleItemPassThatIsLargerThanItsCapacity) {
  int consumed = 0;
  const auto funnel = make_funnel(1, [&](const Item&) { ++consumed; });
  funnel->push({0, 0, 1'000'000});
  funnel->push({0, 1, 1'000'000});
  EXPECT_EQ(consumed, 2);
}

TEST(Funnel, ThrowsToEveryProducerWhatItsConsumerThrew) {
  int consumed = 0;
  std::atomic<int> thrown{0};
  const auto funnel = make_funnel(5, [&](const Item&) {
    if (++consumed == 100) {
      throw std::runtime_error("the disk is full");
    }
  });
  run_producers([&](int producer) {
    try {
      for (int number = 0;; ++number) {
        funnel->push({producer, number});
      }
    } catch (const std::runtime_error& error) {
      thrown += std::string(error.what()) == "the disk is full" ? 1 : 0;
    }
  });
  EXPECT_EQ(thrown, k_producers);
  EXPECT_EQ(consumed, 100) << "nothing is consumed after a failure";
  EXPECT_THROW(funnel->push({0, 0}), std::runtime_error);
}

} // namespace
} // namespace nightshift

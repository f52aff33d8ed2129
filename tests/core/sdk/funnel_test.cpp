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

TEST(Funnel, TellsItsMeterWhatWentThroughIt) {
  QueueMeter meter;
  {
    Funnel<Item, void (*)(Item)> funnel(
        100, [](Item) {}, &meter);
    for (const std::size_t bytes : std::array<std::size_t, 3>{5, 7, 30}) {
      funnel.push({0, 0, bytes});
    }
  }
  const QueueMeter::Use use = meter.use();
  EXPECT_EQ(use.items, 3);
  EXPECT_EQ(use.bytes, 42);
  EXPECT_EQ(use.most_bytes, 30);
  EXPECT_EQ(use.most_waiting, 1) << "nobody else was there";
  EXPECT_EQ(use.sum_waiting, 3);
  EXPECT_EQ(use.held_back, 0);
}

TEST(Funnel, TellsItsMeterNoMoreThanThereWas) {
  QueueMeter meter;
  {
    const auto consume = [](const Item&) {};
    Funnel<Item, decltype(consume)> funnel(100, consume, &meter);
    run_producers([&](int producer) {
      for (int number = 0; number < 2000; ++number) {
        funnel.push({producer, number, 10});
      }
    });
  }
  const QueueMeter::Use use = meter.use();
  EXPECT_EQ(use.items, k_producers * 2000);
  EXPECT_EQ(use.bytes, k_producers * 20'000);
  EXPECT_GE(use.sum_waiting, use.items) << "each waits, if only for itself";
  EXPECT_LE(use.sum_waiting, use.items * use.most_waiting);
  EXPECT_LE(use.most_bytes, 100 + 10) << "below the capacity, and one";
  EXPECT_LE(use.consuming_wall, use.open) << "one consumes at a time";
}

TEST(Funnel, HoldsAProducerBackUntilHalfOfWhatWaitedIsConsumed) {
  constexpr int k_items = 2000; // of each, a byte large
  constexpr int k_capacity = 100;
  QueueMeter meter;
  {
    const auto consume = [](const Item&) { std::this_thread::yield(); };
    Funnel<Item, decltype(consume)> funnel(k_capacity, consume, &meter);
    run_producers([&](int producer) {
      for (int number = 0; number < k_items; ++number) {
        funnel.push({producer, number});
      }
    });
  }
  constexpr int k_halves = k_producers * k_items / (k_capacity / 2);
  EXPECT_LE(meter.use().held_back, k_producers * (k_halves + 1)) << "each once for each half";
}

TEST(Funnel, TellsItsMeterOfAProducerThatWasHeldBack) {
  QueueMeter meter;
  while (meter.use().held_back == 0) { // until the other one has come to wait, once
    std::atomic<bool> is_there{false};
    std::thread other;
    std::function<void()> push;
    const auto consume = [&](const Item& item) {
      if (item.number == 0) {
        other = std::thread(push);
        is_there.wait(false);
        std::this_thread::yield();
      }
    };
    Funnel<Item, decltype(consume)> funnel(1, consume, &meter);
    push = [&] {
      is_there = true;
      is_there.notify_one();
      funnel.push({1, 1, 10});
    };
    funnel.push({0, 0, 10});
    other.join();
  }
  EXPECT_GT(meter.use().held_back_time.count(), 0);
}

} // namespace
} // namespace nightshift

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/event_loop.h"

namespace assemblyai {

// A loop on the test's thread, with a clock that the test advances.
class ManualLoop final : public EventLoop {
 public:
  // The wall clock when the loop's clock is at 0.
  static constexpr std::chrono::seconds kWallClock{1'790'000'000};
  static constexpr nanoseconds kStart = std::chrono::hours(1);

  nanoseconds now() const override { return now_; }
  std::chrono::seconds wall_clock() const override {
    return kWallClock + std::chrono::duration_cast<std::chrono::seconds>(now_);
  }
  bool is_current() const override { return true; }

  void invoke(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }

  // Runs work at once, unless hold_background is set: then release_background() runs it.
  [[nodiscard]] std::optional<Failure> background(std::function<Continuation()> work) override {
    if (no_background)
      return no_background;
    held_.push_back(std::move(work));
    if (!hold_background)
      release_background();
    return std::nullopt;
  }
  void release_background() {
    while (!held_.empty()) {
      const std::function<Continuation()> work = std::move(held_.front());
      held_.pop_front();
      work()();
    }
  }
  bool hold_background = false;
  std::optional<Failure> no_background;  // the error of background()

  [[nodiscard]] std::unique_ptr<Timer> after(nanoseconds delay,
                                             std::function<void()> task) override {
    const Key key{now_ + delay, next_id_++};
    timers_->insert({key, std::move(task)});
    return std::make_unique<ManualTimer>(timers_, key);
  }

  [[nodiscard]] std::unique_ptr<NetworkWatch> on_network_change(
      std::function<void()> task) override {
    return std::make_unique<ManualWatch>(watchers_, std::move(task));
  }
  // At once.
  void change_network() {
    const auto all = *watchers_;
    for (const auto &[watch, task] : all) {
      if (watchers_->contains(watch))
        task();
    }
    run();
  }
  std::size_t network_watchers() const { return watchers_->size(); }

  // Runs all invoked tasks, including those that they invoke.
  void run() {
    while (const std::function<void()> task = next_task())
      task();
  }

  // Advances the clock, and runs each timer on the way at its time.
  void advance(nanoseconds duration) {
    const nanoseconds end = now_ + duration;
    run();
    while (!timers_->empty() && timers_->begin()->first.first <= end) {
      const auto first = timers_->begin();
      now_ = std::max(now_, first->first.first);
      const std::function<void()> task = std::move(first->second);
      timers_->erase(first);
      task();
      run();
    }
    now_ = end;
  }

  // The clock advances while the loop is blocked: timers run late.
  void jump(nanoseconds duration) {
    now_ += duration;
    advance(nanoseconds::zero());
  }

  std::size_t pending_timers() const { return timers_->size(); }

 private:
  using Key = std::pair<nanoseconds, std::uint64_t>;
  using Timers = std::map<Key, std::function<void()>>;

  class ManualTimer final : public Timer {
   public:
    ManualTimer(std::shared_ptr<Timers> timers, Key key) : timers_(std::move(timers)), key_(key) {}
    ~ManualTimer() override { timers_->erase(key_); }

   private:
    std::shared_ptr<Timers> timers_;
    Key key_;
  };

  using Watchers = std::map<NetworkWatch *, std::function<void()>>;

  class ManualWatch final : public NetworkWatch {
   public:
    ManualWatch(std::shared_ptr<Watchers> watchers, std::function<void()> task)
        : watchers_(std::move(watchers)) {
      watchers_->emplace(this, std::move(task));
    }
    ~ManualWatch() override { watchers_->erase(this); }

   private:
    std::shared_ptr<Watchers> watchers_;
  };

  std::function<void()> next_task() {
    const std::lock_guard lock(mutex_);
    if (tasks_.empty())
      return {};
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }

  nanoseconds now_ = kStart;
  std::uint64_t next_id_ = 0;
  std::mutex mutex_;  // guards tasks_: any thread may invoke
  std::deque<std::function<void()>> tasks_;
  std::deque<std::function<Continuation()>> held_;
  std::shared_ptr<Timers> timers_ = std::make_shared<Timers>();
  std::shared_ptr<Watchers> watchers_ = std::make_shared<Watchers>();
};

}  // namespace assemblyai

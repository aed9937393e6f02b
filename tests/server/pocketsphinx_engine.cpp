// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Real recognition. Decoding runs on a thread of the session's own, so that
// the server's loop is never held up; reports go back to it as tasks.

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <utility>

#include "loop_thread.h"
#include "recognizer.h"
#include "speech_detector.h"

namespace testserver {

namespace {

constexpr std::int64_t kRate = 16000;
constexpr std::size_t kFrame = 160;               // samples in 10 ms
constexpr std::size_t kFeedFrames = 5;            // frames given to the decoder at a time
constexpr std::size_t kPrerollFrames = 30;        // audio before the onset that is decoded too
constexpr std::int64_t kEndSilenceMs = 550;       // ends a turn
constexpr std::int64_t kShortEndSilenceMs = 200;  // the same, once the turn is long
constexpr std::int64_t kLongTurnMs = 10000;
constexpr std::int64_t kLongestTurnMs = 25000;
constexpr std::int64_t kPartialMs = 250;
constexpr std::int64_t kSettleMs = 700;  // a word this old, unchanged since the last look, stays

// Any rate to 16 kHz by linear interpolation: good enough for telephone and studio rates alike.
class Resampler {
 public:
  explicit Resampler(std::int64_t rate) : step_(static_cast<double>(rate) / kRate) {}

  void push(std::span<const std::int16_t> samples, std::vector<std::int16_t> *out) {
    if (step_ == 1) {
      out->insert(out->end(), samples.begin(), samples.end());
      return;
    }
    for (std::int16_t sample : samples) {
      for (; position_ < 1; position_ += step_)
        out->push_back(static_cast<std::int16_t>(last_ + (sample - last_) * position_));
      position_ -= 1;
      last_ = sample;
    }
  }

 private:
  double step_;
  double position_ = 0;
  double last_ = 0;
};

// The worker's side: audio in, reports out. Knows no threads.
class Listening {
 public:
  struct Reports {
    std::function<void(Hypothesis)> changed;
    std::function<void(Hypothesis)> ended;
  };

  Listening(std::int64_t rate, Reports reports) : resampler_(rate), reports_(std::move(reports)) {}
  ~Listening() {
    if (in_turn_)
      recognizer_->stop();
    Recognizer::give_back(std::move(recognizer_));
  }
  Listening(const Listening &) = delete;
  Listening &operator=(const Listening &) = delete;

  void hear(std::span<const std::int16_t> samples) {
    resampler_.push(samples, &pending_);
    std::size_t done = 0;
    for (; pending_.size() - done >= kFrame; done += kFrame)
      frame(std::span(pending_).subspan(done, kFrame));
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  }

  void end_turn() {
    if (!std::exchange(in_turn_, false))
      return;
    feed();
    recognizer_->stop();
    Hypothesis hypothesis;
    hypothesis.words = recognizer_->words(start_ms_);
    hypothesis.settled_ms = hypothesis.heard_ms = position_ms_;
    format_words(&hypothesis.words, true);
    if (!hypothesis.words.empty())
      reports_.ended(std::move(hypothesis));
  }

 private:
  void frame(std::span<const std::int16_t> samples) {
    detector_.frame(samples);
    waiting_.insert(waiting_.end(), samples.begin(), samples.end());
    position_ms_ += SpeechDetector::kFrameMs;
    if (in_turn_)
      continue_turn();
    else if (detector_.onset())
      start_turn();
    else if (waiting_.size() > kPrerollFrames * kFrame)
      waiting_.erase(waiting_.begin(), waiting_.begin() + kFrame);
  }

  // The decoder is fetched when there is something to decode: most sessions of a test never speak.
  bool have_recognizer() {
    std::string error;
    if (recognizer_ == nullptr)
      recognizer_ = Recognizer::acquire(&error);
    return recognizer_ != nullptr;
  }

  void start_turn() {
    if (!have_recognizer())
      return;
    in_turn_ = true;
    start_ms_ = position_ms_ - static_cast<std::int64_t>(waiting_.size()) * 1000 / kRate;
    next_partial_ms_ = position_ms_ + kPartialMs;
    last_words_.clear();
    settled_ms_ = 0;
    recognizer_->start();
    feed();
  }

  void continue_turn() {
    if (waiting_.size() >= kFeedFrames * kFrame)
      feed();
    if (position_ms_ >= next_partial_ms_) {
      next_partial_ms_ = position_ms_ + kPartialMs;
      report_partial();
    }
    std::int64_t length = position_ms_ - start_ms_;
    std::int64_t pause = length > kLongTurnMs ? kShortEndSilenceMs : kEndSilenceMs;
    if (detector_.silence_ms() >= pause || length >= kLongestTurnMs)
      end_turn();
  }

  void feed() {
    recognizer_->feed(waiting_);
    waiting_.clear();
  }

  void report_partial() {
    std::vector<EngineWord> words = recognizer_->words(start_ms_);
    std::size_t same = 0;
    while (same < words.size() && same < last_words_.size() &&
           words[same].text == last_words_[same].text)
      same++;
    bool changed = words.size() != last_words_.size() || same < words.size();
    for (std::size_t i = 0; i < same && words[i].end_ms <= position_ms_ - kSettleMs; i++)
      settled_ms_ = std::max(settled_ms_, words[i].end_ms);
    last_words_ = words;
    if (!changed || words.empty())
      return;
    Hypothesis hypothesis;
    hypothesis.words = std::move(words);
    for (EngineWord &word : hypothesis.words)
      word.confidence = 0.8;  // there is no posterior before the end
    hypothesis.settled_ms = settled_ms_;
    hypothesis.heard_ms = position_ms_;
    format_words(&hypothesis.words, false);
    reports_.changed(std::move(hypothesis));
  }

  Resampler resampler_;
  Reports reports_;
  std::unique_ptr<Recognizer> recognizer_;
  SpeechDetector detector_;
  std::vector<std::int16_t> pending_;  // less than a frame
  std::vector<std::int16_t> waiting_;  // heard, but not yet decoded
  std::vector<EngineWord> last_words_;
  std::int64_t position_ms_ = 0;
  std::int64_t start_ms_ = 0;
  std::int64_t next_partial_ms_ = 0;
  std::int64_t settled_ms_ = 0;
  bool in_turn_ = false;
};

class PocketsphinxEngine final : public Engine {
 public:
  explicit PocketsphinxEngine(const EngineSetup &setup)
      : observer_(setup.observer),
        loop_(setup.loop),
        alive_(std::make_shared<bool>(true)),
        thread_([this, rate = setup.sample_rate, alive = std::weak_ptr(alive_)] {
          work(rate, alive);
        }) {}

  ~PocketsphinxEngine() override {
    alive_.reset();
    push({Item::Kind::quit, {}, {}});
    thread_.join();
  }

  void feed(std::span<const std::int16_t> samples) override {
    push({Item::Kind::audio, {samples.begin(), samples.end()}, {}});
  }
  void force_endpoint() override { push({Item::Kind::end_turn, {}, {}}); }
  void finish(std::function<void()> done) override {
    push({Item::Kind::end_turn, {}, std::move(done)});
  }

 private:
  struct Item {
    enum class Kind { audio, end_turn, quit };
    Kind kind = Kind::quit;
    std::vector<std::int16_t> samples;
    std::function<void()> done;
  };

  void push(Item item) {
    std::lock_guard lock(mutex_);
    // A session that has gone does not wait for what it had sent to be decoded.
    if (item.kind == Item::Kind::quit)
      items_.clear();
    items_.push_back(std::move(item));
    pushed_.notify_one();
  }

  Item take() {
    std::unique_lock lock(mutex_);
    pushed_.wait(lock, [this] { return !items_.empty(); });
    Item item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

  // `alive` is gone with the engine, and only on the loop's thread: a task that finds it may
  // report.
  void report(std::weak_ptr<bool> alive, std::function<void()> task) {
    loop_->post([alive = std::move(alive), task = std::move(task)] {
      if (alive.lock() != nullptr)
        task();
    });
  }

  void work(std::int64_t rate, const std::weak_ptr<bool> &alive) {
    EngineObserver *observer = observer_;
    Listening listening(
        rate, {[=, this](Hypothesis hypothesis) {
                 report(alive, [observer, hypothesis] { observer->turn_changed(hypothesis); });
               },
               [=, this](Hypothesis hypothesis) {
                 report(alive, [observer, hypothesis] { observer->turn_ended(hypothesis); });
               }});
    for (Item item = take(); item.kind != Item::Kind::quit; item = take()) {
      if (item.kind == Item::Kind::audio)
        listening.hear(item.samples);
      else
        listening.end_turn();
      if (item.done)
        report(alive, std::move(item.done));
    }
  }

  EngineObserver *observer_;
  LoopThread *loop_;
  std::shared_ptr<bool> alive_;
  std::mutex mutex_;  // guards items_
  std::condition_variable pushed_;
  std::deque<Item> items_;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace

bool prepare_pocketsphinx(std::string *error) {
  auto recognizer = Recognizer::acquire(error);
  bool good = recognizer != nullptr;
  Recognizer::give_back(std::move(recognizer));
  return good;
}

bool have_pocketsphinx() {
  return true;
}

std::unique_ptr<Engine> make_pocketsphinx_engine(const EngineSetup &setup, std::string *) {
  return std::make_unique<PocketsphinxEngine>(setup);
}

}  // namespace testserver

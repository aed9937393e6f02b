// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/caption_feed.h"

#include <algorithm>
#include <utility>

#include "base/glib_ptr.h"
#include "captions/markup.h"
#include "element/errors.h"
#include "element/settings.h"

namespace assemblyai {

namespace {

using std::chrono::milliseconds;

nanoseconds monotonic_now() {
  return std::chrono::microseconds(g_get_monotonic_time());
}

// Steps in which a latency is advised, so that every millisecond more is not news.
constexpr milliseconds kAdviceStep{100};

// In a pause a caption's time does not pass.
constexpr milliseconds kLookAgain{50};

guint to_ms(nanoseconds time) {
  return static_cast<guint>(
      std::clamp<milliseconds::rep>(std::chrono::ceil<milliseconds>(time).count(), 0, G_MAXUINT));
}

guint rounded_up(nanoseconds time) {
  const auto step = static_cast<guint>(kAdviceStep.count());
  return (to_ms(time) + step - 1) / step * step;
}

}  // namespace

void CaptionFeed::configure(const TextSettings &settings) {
  const std::lock_guard lock(mutex_);
  settings_ = settings;
  live_.set_options(settings.live());
}

void CaptionFeed::set_pad(Ref<GstPad> pad, TextPad *text) {
  Pad before{std::move(pad), text};
  {
    const std::lock_guard lock(mutex_);
    std::swap(pad_, before);
  }
  if (text != nullptr)
    show(monotonic_now());
}

CaptionFeed::Pad CaptionFeed::pad() const {
  const std::lock_guard lock(mutex_);
  return pad_;
}

std::string CaptionFeed::current_caption() const {
  const std::lock_guard lock(mutex_);
  return escaped_markup(shown_);
}

void CaptionFeed::clear() {
  {
    const std::lock_guard lock(mutex_);
    live_.clear();
    epoch_++;
  }
  show({});
}

void CaptionFeed::reset() {
  clear();
  const std::lock_guard lock(mutex_);
  live_ = LiveCaption(settings_.live());
  observed_turn_ = 0;
  observed_words_ = 0;
  paused_at_.reset();
  resumed_at_.reset();
  paused_ = {};
  advised_latency_ms_ = 0;
  max_delay_ms_ = 0;
}

void CaptionFeed::set_playing(bool playing) {
  const std::lock_guard lock(mutex_);
  const nanoseconds now = monotonic_now();
  if (playing) {
    resumed_at_ = now;
    return;
  }
  if (paused_at_)
    paused_ += resumed_at_.value_or(now) - *paused_at_;
  paused_at_ = now;
  resumed_at_.reset();
}

nanoseconds CaptionFeed::played(nanoseconds now) const {
  const nanoseconds last = paused_at_ ? resumed_at_.value_or(now) - *paused_at_ : nanoseconds();
  return now - paused_ - last;
}

bool CaptionFeed::shows_sounds() const {
  const std::lock_guard lock(mutex_);
  return settings_.sound_tags;
}

std::uint64_t CaptionFeed::epoch() const {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

void CaptionFeed::turn(const TurnReport &report, nanoseconds now, std::uint64_t epoch) {
  CaptionTurn turn = caption_turn(
      report.turn, {report.number, report.final, report.awaits_formatted, shows_sounds()});
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_)
      return;
    live_.report(turn, played(now));
  }
  show(now);
  turn.language = main_language(turn.language);
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->report(std::move(turn));
  observe(report, now);
}

void CaptionFeed::retell(std::uint64_t epoch) {
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_)
      return;
    live_.retell();
  }
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->retell();
}

void CaptionFeed::audio_sent(nanoseconds until) {
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->reached(until);
}

void CaptionFeed::advance(nanoseconds now) {
  {
    const std::lock_guard lock(mutex_);
    live_.advance(played(now));
  }
  show(now);
}

std::optional<nanoseconds> CaptionFeed::clears_in(nanoseconds now) const {
  const std::lock_guard lock(mutex_);
  const std::optional<nanoseconds> moment = live_.clears_at();
  return moment ? std::optional(std::max<nanoseconds>(*moment - played(now), kLookAgain))
                : std::nullopt;
}

void CaptionFeed::show(nanoseconds now) {
  TextPad::Live live;
  Pad pad;
  bool changed = false;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    changed = shown_ != live_.text();
    shown_ = live_.text();
    number = shown_number_++;
    pad = pad_;
    live = {.text = shown_,
            .markup = live_.markup(),
            .hold = live_.clears_at().value_or(played(now)) - played(now)};
  }
  if (pad.text != nullptr)
    pad.text->show(std::move(live), number);
  if (changed)
    notify("current-caption");
}

// While it is paused nothing comes that could make words out of what was heard.
nanoseconds CaptionFeed::time_played(nanoseconds from, nanoseconds until) const {
  const std::lock_guard lock(mutex_);
  if (!paused_at_)
    return until - from;
  const nanoseconds begin = std::clamp(*paused_at_, from, until);
  const nanoseconds end = std::clamp(resumed_at_.value_or(until), begin, until);
  return until - from - (end - begin);
}

// How long the words took that this report is the first to have.
void CaptionFeed::observe(const TurnReport &report, nanoseconds now) {
  if (report.waited)
    return;
  const std::vector<Word> &words = report.turn.words;
  std::size_t known = 0;
  {
    const std::lock_guard lock(mutex_);
    if (report.number < observed_turn_)
      return;
    if (observed_turn_ != report.number)
      observed_words_ = 0;
    observed_turn_ = report.number;
    known = std::min(observed_words_, words.size());
    observed_words_ = std::max(observed_words_, words.size());
  }
  if (known == words.size() || words[known].inferred || !words[known].begins)
    return;
  const nanoseconds arrival = words[known].begins->arrival;
  if (now < arrival)
    return;
  const nanoseconds delay = time_played(arrival, now);
  if (to_ms(delay) > max_delay_ms_) {
    max_delay_ms_ = to_ms(delay);
    notify("max-observed-delay");
  }
  advise(delay);
}

// Says once for each new maximum what latency would have done.
void CaptionFeed::advise(nanoseconds delay) {
  const Pad pad = this->pad();
  const std::optional<TextSettings> settings =
      pad.text != nullptr ? pad.text->awaited() : std::nullopt;
  if (!settings || delay <= settings->decision_time() + settings->lateness())
    return;
  const guint advice = rounded_up(delay - settings->lateness() + TextSettings::kMargin);
  {
    const std::lock_guard lock(mutex_);
    if (advice <= advised_latency_ms_)
      return;
    advised_latency_ms_ = advice;
  }
  const Ref<GstElement> element = element_.lock();
  if (!element)
    return;
  const Owned<char> text(g_strdup_printf(
      "Text came %u ms after its audio, but was due after %u ms: latency=%u would do", to_ms(delay),
      to_ms(settings->decision_time() + settings->lateness()), advice));
  post_warning(element.get(), {.kind = FailureKind::kLate, .message = text.get()});
}

void CaptionFeed::notify(const char *property) {
  if (const Ref<GstElement> element = element_.lock())
    g_object_notify(G_OBJECT(element.get()), property);
}

}  // namespace assemblyai

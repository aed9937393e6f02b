// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/caption_output.h"

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

// The latency is advised in steps, so that not each millisecond more is a new warning.
constexpr milliseconds kAdviceStep{100};

// In a pause the caption's clock stands still: check again after this time.
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

void CaptionOutput::configure(const TextSettings &settings) {
  const std::lock_guard lock(mutex_);
  settings_ = settings;
  rolling_.set_options(settings.options());
}

void CaptionOutput::set_pad(Ref<GstPad> pad, TextPad *text) {
  Pad before{std::move(pad), text};
  {
    const std::lock_guard lock(mutex_);
    std::swap(pad_, before);
  }
}

CaptionOutput::Pad CaptionOutput::pad() const {
  const std::lock_guard lock(mutex_);
  return pad_;
}

std::string CaptionOutput::current_caption() const {
  const std::lock_guard lock(mutex_);
  return escaped_markup(shown_);
}

void CaptionOutput::clear() {
  {
    const std::lock_guard lock(mutex_);
    rolling_.clear();
    epoch_++;
  }
  show();
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->clear();
}

void CaptionOutput::reset() {
  clear();
  const std::lock_guard lock(mutex_);
  rolling_ = RollingCaption(settings_.options());
  observed_turn_ = 0;
  observed_words_ = 0;
  paused_at_.reset();
  resumed_at_.reset();
  paused_ = {};
  advised_latency_ms_ = 0;
  max_delay_ms_ = 0;
}

void CaptionOutput::set_playing(bool playing) {
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

nanoseconds CaptionOutput::played(nanoseconds now) const {
  const nanoseconds last = paused_at_ ? resumed_at_.value_or(now) - *paused_at_ : nanoseconds();
  return now - paused_ - last;
}

bool CaptionOutput::shows_sounds() const {
  const std::lock_guard lock(mutex_);
  return settings_.sound_tags;
}

std::uint64_t CaptionOutput::epoch() const {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

void CaptionOutput::turn(const TurnReport &report, nanoseconds now, std::uint64_t epoch) {
  CaptionTurn turn = caption_turn(
      report.turn, {report.number, report.final, report.awaits_formatted, shows_sounds()});
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_)
      return;
    rolling_.report(turn, played(now));
  }
  // The application comes last: it may flush, and then the turn is an old one.
  turn.language = main_language(turn.language);
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->report(std::move(turn));
  show();
  observe(report, now);
}

void CaptionOutput::retell(std::uint64_t epoch) {
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_)
      return;
    rolling_.retell();
  }
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->retell();
}

void CaptionOutput::audio_sent(nanoseconds until) {
  if (const Pad pad = this->pad(); pad.text != nullptr)
    pad.text->reached(until);
}

void CaptionOutput::advance(nanoseconds now) {
  {
    const std::lock_guard lock(mutex_);
    rolling_.advance(played(now));
  }
  show();
}

std::optional<nanoseconds> CaptionOutput::clears_in(nanoseconds now) const {
  const std::lock_guard lock(mutex_);
  const std::optional<nanoseconds> moment = rolling_.clears_at();
  return moment ? std::optional(std::max<nanoseconds>(*moment - played(now), kLookAgain))
                : std::nullopt;
}

void CaptionOutput::show() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(shown_, rolling_.text()) == rolling_.text())
      return;
  }
  notify("current-caption");
}

// In a pause no audio is sent from which the service could recognise the words.
nanoseconds CaptionOutput::time_played(nanoseconds from, nanoseconds until) const {
  const std::lock_guard lock(mutex_);
  if (!paused_at_)
    return until - from;
  const nanoseconds begin = std::clamp(*paused_at_, from, until);
  const nanoseconds end = std::clamp(resumed_at_.value_or(until), begin, until);
  return until - from - (end - begin);
}

// Measures the delay of the words that this report is the first to contain.
void CaptionOutput::observe(const TurnReport &report, nanoseconds now) {
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

// Warns of each new maximum once, with the latency that would have been enough.
void CaptionOutput::advise(nanoseconds delay) {
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
      "Text arrived %u ms after its audio (limit %u ms); set latency to %u or more", to_ms(delay),
      to_ms(settings->decision_time() + settings->lateness()), advice));
  post_warning(element.get(), {.kind = FailureKind::kLate, .message = text.get()});
}

void CaptionOutput::notify(const char *property) {
  const auto notify = [weak = weak_from_this(), property] {
    const std::shared_ptr<CaptionOutput> self = weak.lock();
    const Ref<GstElement> element = self ? self->element_.lock() : Ref<GstElement>();
    if (element)
      g_object_notify(G_OBJECT(element.get()), property);
  };
  // Each value of a row of turns is notified before the next one.
  if (queue_->is_current())
    notify();
  else
    queue_->post(notify);
}

}  // namespace assemblyai

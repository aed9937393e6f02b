// SPDX-License-Identifier: LGPL-2.1-or-later
// The captioner's text pad.

#include "element/captioner.h"
#include "element/debug.h"
#include "element/errors.h"

namespace assemblyai {

GstPad *Captioner::add_text_pad(GstPadTemplate *templ) {
  const auto owner = adopt(GST_PAD(g_object_ref_sink(gst_pad_new_from_template(templ, "src"))));
  TextPad *pad = TextPad::attach(owner.get(), *this);
  const Settings settings = settings_->copy();
  pad->configure(settings.text);
  pad->set_language(settings.language());
  {
    const std::lock_guard lock(mutex_);
    if (text_.pad != nullptr)
      return nullptr;
    text_ = {owner, pad};
    pad->set_group(group_);
    if (playing_)
      pad->begin_late();
    pad->set_playing(playing_);
    if (interrupted_)
      pad->interrupt();
  }
  captions_->set_pad(owner, pad);
  if (GST_STATE(element()) > GST_STATE_READY || GST_STATE_NEXT(element()) > GST_STATE_READY)
    gst_pad_set_active(owner.get(), TRUE);
  gst_element_add_pad(element(), owner.get());
  return owner.get();
}

void Captioner::remove_text_pad(GstPad *pad) {
  if (const Text text = this->text(); text.owner.get() == pad)
    text.pad->retire();
  gst_pad_set_active(pad, FALSE);
  captions_->set_pad({}, nullptr);
  Text text;
  {
    const std::lock_guard lock(mutex_);
    if (text_.owner.get() != pad)
      return;
    std::swap(text, text_);
    add(past_texts_, text.pad->counts());
  }
  gst_element_remove_pad(element(), pad);
  gst_element_post_message(element(), gst_message_new_latency(GST_OBJECT(element())));
}

Captioner::Text Captioner::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

void Captioner::apply(const TextSettings &before, const Settings &now) {
  const Text text = this->text();
  if (text.pad != nullptr)
    text.pad->set_language(now.language());
  if (before == now.text)
    return;
  captions_->configure(now.text);
  if (text.pad != nullptr)
    text.pad->configure(now.text);
  if (before.latency_ms == now.text.latency_ms)
    return;
  // Two names of one value.
  g_object_notify(G_OBJECT(element()), "latency");
  g_object_notify(G_OBJECT(element()), "transcribe-latency");
  gst_element_post_message(element(), gst_message_new_latency(GST_OBJECT(element())));
}

void Captioner::set_pipeline_latency(GstEvent *event) {
  GstClockTime latency = GST_CLOCK_TIME_NONE;
  gst_event_parse_latency(event, &latency);
  if (const Text text = this->text(); text.pad != nullptr)
    text.pad->set_pipeline_latency(latency);
}

// A seek comes from the bin, and again through everything downstream of the text pad.
bool Captioner::is_new_seek(GstEvent *event) {
  const std::lock_guard lock(mutex_);
  return std::exchange(last_seek_, gst_event_get_seqnum(event)) != gst_event_get_seqnum(event);
}

void Captioner::stream_start(GstEvent *event) {
  guint group = GST_GROUP_ID_INVALID;
  if (gst_event_parse_group_id(event, &group) == FALSE)
    group = gst_util_group_id_next();
  const std::lock_guard lock(mutex_);
  group_ = group;
  if (text_.pad != nullptr)
    text_.pad->set_group(group);
}

// Audio up to this position of the segment that will not be sent.
void Captioner::pass(GstClockTime position) {
  const Text text = this->text();
  if (text.pad == nullptr || host_.segment().format != GST_FORMAT_TIME)
    return;
  // What is still to be sent comes first.
  const Run run = current();
  if (run.session && run.session->stats().audio_queued_bytes >= bytes_of(kMaxChunk))
    return;
  const GstClockTime time =
      gst_segment_to_running_time(&host_.segment(), GST_FORMAT_TIME, position);
  if (GST_CLOCK_TIME_IS_VALID(time))
    text.pad->reached(nanoseconds(time));
}

bool Captioner::finish_text(guint32 seqnum) {
  const Text text = this->text();
  if (text.pad == nullptr)
    return true;
  text.pad->finish(seqnum);
  for (;;) {
    switch (text.pad->wait_finished()) {
      case TextPad::Wait::kDone:
        return true;
      case TextPad::Wait::kLeft: {
        // Unless the pad was just taken away.
        const std::lock_guard lock(mutex_);
        return !closed_;
      }
      case TextPad::Wait::kInterrupted:
        if (!may_go_on(host_.wait_for_playing()))
          return false;
        break;
    }
  }
}

std::optional<UpstreamLatency> Captioner::upstream_latency() const {
  const GstOwned<GstQuery> query(gst_query_new_latency());
  if (gst_pad_peer_query(host_.sink_pad(), query.get()) == FALSE)
    return std::nullopt;
  UpstreamLatency latency;
  gboolean live = FALSE;
  gst_query_parse_latency(query.get(), &live, &latency.min, &latency.max);
  latency.live = live != FALSE;
  return latency;
}

bool Captioner::send_upstream(GstEvent *event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEEK && !is_new_seek(event)) {
    gst_event_unref(event);
    return true;
  }
  return gst_pad_push_event(host_.sink_pad(), event) != FALSE;
}

void Captioner::text_failed(GstFlowReturn flow) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true))
      return;
  }
  GST_ELEMENT_FLOW_ERROR(element(), flow);
  leave(Session::Rest::kDiscard);
}

}  // namespace assemblyai

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text pad of the core.

#include <algorithm>

#include "element/debug.h"
#include "element/element_core.h"
#include "element/errors.h"

#define GST_CAT_DEFAULT category()

namespace assemblyai {

namespace {

// Deactivates the pad when downstream has released the buffer. A flush would end the push earlier,
// but muxers forward it, and a file sink then truncates its file.
void deactivate_later(GstElement *element, GstPad *pad) {
  GST_CAT_DEBUG_OBJECT(gst_assemblyai_text_debug, pad,
                       "downstream blocks: it is deactivated later");
  const auto deactivate = [](GstElement *, gpointer waiting) {
    // The pad has no parent any more, and gst_pad_set_active() would require one.
    GST_OBJECT_FLAG_UNSET(waiting, GST_PAD_FLAG_NEED_PARENT);
    gst_pad_set_active(GST_PAD(waiting), FALSE);
    GST_OBJECT_FLAG_SET(waiting, GST_PAD_FLAG_NEED_PARENT);
  };
  gst_element_call_async(element, deactivate, gst_object_ref(pad), gst_object_unref);
}

// Sends EOS to a consumer that was unlinked: an overlay that waits for text would wait for ever. In
// another thread, because a sink holds the EOS until its time.
void end_later(GstElement *element, GstPad *former_peer) {
  const auto end = [](GstElement *, gpointer peer) {
    if (gst_pad_is_linked(GST_PAD(peer)) == FALSE)
      gst_pad_send_event(GST_PAD(peer), gst_event_new_eos());
  };
  gst_element_call_async(element, end, gst_object_ref(former_peer), gst_object_unref);
}

}  // namespace

GstPad *ElementCore::add_text_pad(GstPadTemplate *templ) {
  const auto owner = adopt(GST_PAD(g_object_ref_sink(gst_pad_new_from_template(templ, "src"))));
  TextPad *pad = TextPad::attach(owner.get(), *this);
  {
    const std::lock_guard lock(mutex_);
    if (text_.pad != nullptr)
      return nullptr;
    text_ = {owner, pad};
    configure_text();
    if (group_)
      pad->set_group(*group_, {});
    if (source_.begin)
      pad->input_begins(*source_.begin);
    if (source_.clock)
      pad->follow(*source_.clock, host_.is_synchronized());
    if (playing_ && GST_STATE(element()) == GST_STATE_PLAYING)
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

void ElementCore::remove_text_pad(GstPad *pad) {
  const Text removed = text();
  if (removed.owner.get() != pad)
    return;
  const bool is_idle = removed.pad->retire();
  if (const Ref<GstPad> peer = removed.pad->former_peer())
    end_later(element(), peer.get());
  if (is_idle)
    gst_pad_set_active(pad, FALSE);
  captions_->set_pad({}, nullptr);
  Text text;
  {
    const std::lock_guard lock(mutex_);
    if (text_.owner.get() != pad)
      return;
    std::swap(text, text_);
    add(past_.texts, text.pad->counts());
  }
  gst_element_remove_pad(element(), pad);
  if (!is_idle)
    deactivate_later(element(), pad);
  gst_element_post_message(element(), gst_message_new_latency(GST_OBJECT(element())));
}

ElementCore::Text ElementCore::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

void ElementCore::configure_text() {
  const Settings settings = settings_->copy();
  captions_->configure(settings.text);
  if (text_.pad == nullptr)
    return;
  text_.pad->configure(settings.text);
  text_.pad->set_language(settings.language(), settings.assumed_language());
}

// Two properties have the same value.
void ElementCore::announce_latency() {
  g_object_notify(G_OBJECT(element()), "latency");
  g_object_notify(G_OBJECT(element()), "transcribe-latency");
  gst_element_post_message(element(), gst_message_new_latency(GST_OBJECT(element())));
}

void ElementCore::set_pipeline_latency(GstEvent *event) {
  GstClockTime latency = GST_CLOCK_TIME_NONE;
  gst_event_parse_latency(event, &latency);
  GST_DEBUG_OBJECT(element(), "the pipeline's latency is %" GST_TIME_FORMAT,
                   GST_TIME_ARGS(latency));
  if (const Text text = this->text(); text.pad != nullptr)
    text.pad->set_pipeline_latency(latency);
}

bool ElementCore::seek(GstEvent *event, const std::function<gboolean(GstEvent *)> &send) {
  {
    const std::lock_guard lock(mutex_);
    const guint32 seqnum = gst_event_get_seqnum(event);
    if (std::exchange(seek_.seqnum, seqnum) == seqnum) {
      gst_event_unref(event);
      return seek_.done;
    }
    seek_.done = true;  // assumed while the seek is under way
  }
  const bool done = send(event) != FALSE;
  const std::lock_guard lock(mutex_);
  seek_.done = done;
  return done;
}

void ElementCore::stream_start(GstEvent *event) {
  guint group = GST_GROUP_ID_INVALID;
  if (gst_event_parse_group_id(event, &group) == FALSE)
    group = gst_util_group_id_next();
  const nanoseconds at = sent_for_certain();
  const std::lock_guard lock(mutex_);
  group_ = group;
  if (text_.pad != nullptr)
    text_.pad->set_group(group, at);
}

bool ElementCore::pass_on(GstEvent *event) {
  const Text text = this->text();
  if (text.pad != nullptr)
    return text.pad->pass_on(event, sent_for_certain());
  gst_event_unref(event);
  return true;
}

// The running time up to which audio has certainly been sent: a part of a message waits for more.
nanoseconds ElementCore::sent_for_certain() const {
  const std::chrono::milliseconds rest(settings_->copy().chunk_duration_ms);
  const std::lock_guard lock(mutex_);
  return std::max<nanoseconds>(source_.end - rest, {});
}

// Audio waits to be sent.
bool ElementCore::has_backlog() {
  const Run run = current();
  return run.stream && run.stream->stats().audio_queued_bytes >= bytes_of(kMaxChunk);
}

// Audio up to this position of the segment that will not be sent.
void ElementCore::pass(GstClockTime position) {
  const Text text = this->text();
  if (text.pad == nullptr || segment_.format != GST_FORMAT_TIME)
    return;
  if (has_backlog())  // which comes first
    return;
  const GstClockTime time = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, position);
  if (GST_CLOCK_TIME_IS_VALID(time))
    text.pad->reached(nanoseconds(time));
}

bool ElementCore::finish_text(guint32 seqnum) {
  const Text text = this->text();
  if (text.pad == nullptr)
    return true;
  text.pad->finish(seqnum);
  for (;;) {
    switch (text.pad->wait_finished()) {
      case TextPad::Wait::kDone:
        return true;
      case TextPad::Wait::kLeft: {
        // Unless only the pad was removed.
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

std::optional<UpstreamLatency> ElementCore::upstream_latency() const {
  const GstOwned<GstQuery> query(gst_query_new_latency());
  if (gst_pad_peer_query(host_.sink_pad(), query.get()) == FALSE)
    return std::nullopt;
  UpstreamLatency latency;
  gboolean live = FALSE;
  gst_query_parse_latency(query.get(), &live, &latency.min, &latency.max);
  latency.live = live != FALSE;
  GST_DEBUG_OBJECT(element(), "upstream: %s, latency %" GST_TIME_FORMAT,
                   latency.live ? "live" : "not live", GST_TIME_ARGS(latency.min));
  return latency;
}

bool ElementCore::send_upstream(GstEvent *event) {
  const auto push = [this](GstEvent *pushed) {
    return gst_pad_push_event(host_.sink_pad(), pushed);
  };
  return GST_EVENT_TYPE(event) == GST_EVENT_SEEK ? seek(event, push) : push(event) != FALSE;
}

void ElementCore::text_failed(GstFlowReturn flow) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true))
      return;
  }
  GST_ELEMENT_FLOW_ERROR(element(), flow);
  leave(Rest::kDiscard);
}

}  // namespace assemblyai

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

/**
 * SECTION:element-assemblyaitranscriber
 * @title: assemblyaitranscriber
 * @short_description: speech to text as a filter
 * @see_also: assemblyaisink
 *
 * The same as #assemblyaisink, as a filter: audio in, text out. It always has both pads and is
 * not a sink, as `transcriberbin` and similar elements expect. Its default text mode is `words`,
 * with the events of the transcribers of gst-plugins-rs.
 *
 * A live source is never held back. Other audio does not wait for the pipeline's clock: the
 * element accepts it as fast as the service allows, a little faster than it plays.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=talk.wav ! wavparse ! audioconvert ! audioresample !
 * assemblyaitranscriber text-mode=cues ! srtenc ! filesink location=talk.srt
 * ]| Subtitles for a recording.
 *
 * Since: 0.1
 */

#include "element/gstassemblyaitranscriber.h"

#include <condition_variable>
#include <mutex>

#include "element/debug.h"
#include "element/passing_events.h"
#include "element/shell.h"

#define GST_CAT_DEFAULT gst_assemblyai_transcriber_debug

namespace {

using assemblyai::ElementCore;
using assemblyai::GstOwned;

// What GstBaseSink does for the sink: it holds the streaming thread until PLAYING, so that no
// session is opened before, and accepts nothing after EOS.
class TranscriberHost final : public assemblyai::ElementHost {
 public:
  explicit TranscriberHost(GstElement *element) : element_(element) {}

  void attach(GstPad *sink_pad) { sink_pad_ = sink_pad; }

  GstElement *element() const override { return element_; }
  GstDebugCategory *category() const override { return gst_assemblyai_transcriber_debug; }
  GstPad *sink_pad() const override { return sink_pad_; }
  bool is_synchronized() const override { return false; }
  GstOwned<GstStructure> stats() const override {
    return GstOwned<GstStructure>(gst_structure_new_empty("assemblyai-stats"));
  }

  const GstSegment *clock_segment() const override { return nullptr; }
  void set_ended() { ended_ = true; }
  bool has_ended() const { return ended_; }
  // A flush, or READY to PAUSED.
  void restart() { ended_ = false; }

  GstFlowReturn wait_for_playing() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return playing_ || flushing_ || !started_; });
    return flushing_ || !started_ ? GST_FLOW_FLUSHING : GST_FLOW_OK;
  }
  GstFlowReturn wait_for_playing(GstEvent *) override { return wait_for_playing(); }

  void set_playing(bool playing) {
    const std::lock_guard lock(mutex_);
    playing_ = playing;
    changed_.notify_all();
  }
  void set_flushing(bool flushing) {
    const std::lock_guard lock(mutex_);
    flushing_ = flushing;
    changed_.notify_all();
  }
  // From READY to PAUSED, and until PAUSED to READY.
  void set_started(bool started) {
    const std::lock_guard lock(mutex_);
    started_ = started;
    changed_.notify_all();
  }

 private:
  GstElement *const element_;
  GstPad *sink_pad_ = nullptr;

  // Streaming thread.
  bool ended_ = false;

  // Guards all below.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool started_ = false;
  bool playing_ = false;
  bool flushing_ = false;
};

}  // namespace

struct _GstAssemblyAITranscriber {
  GstElement parent;
  GstPad *sink_pad;
  // Everything with a destructor.
  TranscriberHost *host;
  ElementCore *core;
};

G_DEFINE_FINAL_TYPE(GstAssemblyAITranscriber, gst_assemblyai_transcriber, GST_TYPE_ELEMENT)

GST_ELEMENT_REGISTER_DEFINE(assemblyaitranscriber, "assemblyaitranscriber", GST_RANK_NONE,
                            GST_TYPE_ASSEMBLYAI_TRANSCRIBER)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(assemblyai::kSinkCaps));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(assemblyai::kTextCaps));

using Shell = assemblyai::Shell<GstAssemblyAITranscriber>;

static void gst_assemblyai_transcriber_finalize(GObject *object) {
  GstAssemblyAITranscriber *self = GST_ASSEMBLYAI_TRANSCRIBER(object);
  delete self->core;
  delete self->host;
  G_OBJECT_CLASS(gst_assemblyai_transcriber_parent_class)->finalize(object);
}

static GstStateChangeReturn gst_assemblyai_transcriber_change_state(GstElement *element,
                                                                    GstStateChange transition) {
  GstAssemblyAITranscriber *self = GST_ASSEMBLYAI_TRANSCRIBER(element);
  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      self->core->prepare();
      self->host->restart();
      self->host->set_flushing(false);
      self->host->set_started(true);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      self->core->set_playing(true);
      self->core->unlock_stop();
      self->host->set_playing(true);
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      self->host->set_playing(false);
      self->core->unlock();
      self->core->set_playing(false);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      // Before the pads stop: they wait for the streaming thread, which may wait for the core.
      self->host->set_started(false);
      self->core->unlock();
      self->core->stop();
      break;
    default:
      break;
  }
  return GST_ELEMENT_CLASS(gst_assemblyai_transcriber_parent_class)
      ->change_state(element, transition);
}

static GstFlowReturn gst_assemblyai_transcriber_chain(GstPad *, GstObject *parent,
                                                      GstBuffer *buffer) {
  GstAssemblyAITranscriber *self = GST_ASSEMBLYAI_TRANSCRIBER(parent);
  self->core->arrived(GST_BUFFER_PTS(buffer));
  GstFlowReturn flow = self->host->has_ended() ? GST_FLOW_EOS : self->host->wait_for_playing();
  if (flow == GST_FLOW_OK)
    flow = self->core->render(buffer);
  gst_buffer_unref(buffer);
  return flow;
}

static void gst_assemblyai_transcriber_gap(GstAssemblyAITranscriber *self, GstEvent *event) {
  GstClockTime start = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  gst_event_parse_gap(event, &start, &duration);
  self->core->arrived(start);
  if (self->host->wait_for_playing() == GST_FLOW_OK)
    self->core->gap(start, duration);
}

static void gst_assemblyai_transcriber_flush_start(GstAssemblyAITranscriber *self,
                                                   GstEvent *event) {
  self->host->set_flushing(true);
  self->core->unlock();
  self->core->flush_start(event);
}

static void gst_assemblyai_transcriber_flush_stop(GstAssemblyAITranscriber *self, GstEvent *event) {
  self->host->restart();
  self->core->flush_stop(event);
  self->core->unlock_stop();
  self->host->set_flushing(false);
}

// The text has its own stream, and only its task pushes: other events of upstream are sent with the
// text.
static gboolean gst_assemblyai_transcriber_sink_event(GstPad *, GstObject *parent,
                                                      GstEvent *event) {
  GstAssemblyAITranscriber *self = GST_ASSEMBLYAI_TRANSCRIBER(parent);
  GST_DEBUG_OBJECT(self, "received %" GST_PTR_FORMAT, event);
  gboolean handled = TRUE;
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
      self->core->stream_start(event);
      break;
    case GST_EVENT_SEGMENT:
      self->core->new_segment(event);
      break;
    case GST_EVENT_GAP:
      gst_assemblyai_transcriber_gap(self, event);
      break;
    case GST_EVENT_EOS:
      handled = static_cast<gboolean>(self->core->end_of_stream(event));
      if (handled != FALSE)
        self->host->set_ended();
      break;
    case GST_EVENT_FLUSH_START:
      gst_assemblyai_transcriber_flush_start(self, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_assemblyai_transcriber_flush_stop(self, event);
      break;
    default:
      if (assemblyai::concerns_text(event))
        return static_cast<gboolean>(self->core->pass_on(event));
      break;
  }
  gst_event_unref(event);
  return handled;
}

static gboolean gst_assemblyai_transcriber_sink_query(GstPad *pad, GstObject *parent,
                                                      GstQuery *query) {
  // The element copies the audio, so it holds no buffer of upstream.
  if (GST_QUERY_TYPE(query) == GST_QUERY_DRAIN)
    return TRUE;
  return gst_pad_query_default(pad, parent, query);
}

static void gst_assemblyai_transcriber_class_init(GstAssemblyAITranscriberClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = gst_assemblyai_transcriber_finalize;
  Shell::install(object_class, assemblyai::TextMode::kWords);

  GstElementClass *element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = gst_assemblyai_transcriber_change_state;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "AssemblyAI transcriber", "Audio/Text/Filter/Network",
      "Streams live audio to AssemblyAI's streaming speech-to-text and gives its text",
      "The gst-assemblyai authors");
}

static void gst_assemblyai_transcriber_init(GstAssemblyAITranscriber *self) {
  GstElement *element = GST_ELEMENT(self);
  self->host = new TranscriberHost(element);
  self->core = new ElementCore(*self->host, assemblyai::TextMode::kWords);
  self->sink_pad = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(self->sink_pad, gst_assemblyai_transcriber_chain);
  gst_pad_set_event_function(self->sink_pad, gst_assemblyai_transcriber_sink_event);
  gst_pad_set_query_function(self->sink_pad, gst_assemblyai_transcriber_sink_query);
  self->host->attach(self->sink_pad);
  gst_element_add_pad(element, self->sink_pad);
  self->core->add_text_pad(gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(self), "src"));
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

/**
 * SECTION:element-assemblyaisink
 * @title: assemblyaisink
 * @short_description: live captions with AssemblyAI's streaming speech-to-text
 *
 * Streams 16 kHz mono audio over a WebSocket to AssemblyAI's streaming v3 service
 * and posts the transcript as element messages: `assemblyai-turn` contains the growing
 * and then the final text of each turn of speech, with its times.
 *
 * ## Time
 *
 * Times in messages are running times of the audio, however late the text arrives.
 * The element synchronises to the pipeline clock, so a file takes as long as it plays:
 * the service accepts audio at about that pace only. A live source is never held back.
 *
 * ## Text
 *
 * The request pad `src` outputs captions as `text/x-raw`. The property
 * #GstAssemblyAISink:text-mode selects readable subtitles with exact times for muxers,
 * encoders and `textoverlay` (`cues`), single words (`words`), or the growing caption
 * (`rolling`). The pad sends text, or gaps where there is none, in every state of the network,
 * so a consumer that waits for text never stalls.
 *
 * The rest of the pipeline waits for the captions: the pad adds #GstAssemblyAISink:latency to
 * the latency of the pipeline (100 ms with `rolling`), and the other branches need queues of
 * that length. Without the pad, #GstAssemblyAISink:current-caption contains the growing caption.
 *
 * ## Discontinuities
 *
 * Discontinuities of the audio and GAP events of up to 2 seconds are sent as silence.
 * Longer ones end the turn. At playback rates other than 1 there are no captions.
 *
 * ## Changes while it runs
 *
 * Properties that the service can change during a session take effect at once; properties
 * that are set together are sent in one message. The others take effect with the next
 * session. A value of the wrong type or length is refused with a warning on the bus. When
 * the service refuses a value, for example the name of a mode, the element restores the
 * previous value, posts a warning, and continues with another session.
 *
 * ## Cost
 *
 * The service bills the time for which a session is open. The element opens a session with
 * the first audio in PLAYING, and terminates it at EOS, at a flush and on the way to READY.
 *
 * ## Failure
 *
 * A failure that no retry can cure posts exactly one error, which says what to do. After it
 * the element discards audio, so that the other branches of the pipeline continue. It can be
 * used again after READY.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -m pulsesrc ! audioconvert ! audioresample ! assemblyaisink
 * ]| Captions of a microphone. The environment variable ASSEMBLYAI_API_KEY contains the key.
 * |[
 * gst-launch-1.0 -m filesrc location=talk.wav ! wavparse ! audioconvert ! audioresample !
 * assemblyaisink keyterms-prompt="<GStreamer, AssemblyAI>"
 * ]| Captions of a file, with key terms.
 * |[
 * gst-launch-1.0 -e v4l2src ! videoconvert !
 * queue max-size-time=5000000000 max-size-buffers=0 max-size-bytes=0 !
 * textoverlay name=screen ! videoconvert ! autovideosink
 * pulsesrc ! audioconvert ! audioresample ! assemblyaisink name=captions
 * captions.src ! screen.text_sink
 * ]| Captions in the picture of a camera, which is delayed by 4 seconds.
 *
 * Since: 0.1
 */

#include "element/gstassemblyaisink.h"

#include "element/debug.h"
#include "element/shell.h"

#define GST_CAT_DEFAULT gst_assemblyai_sink_debug

namespace {

using assemblyai::ElementCore;
using assemblyai::GstOwned;

class SinkHost final : public assemblyai::ElementHost {
 public:
  explicit SinkHost(GstBaseSink *sink) : sink_(sink) {}

  GstElement *element() const override { return GST_ELEMENT(sink_); }
  GstDebugCategory *category() const override { return gst_assemblyai_sink_debug; }
  GstPad *sink_pad() const override { return GST_BASE_SINK_PAD(sink_); }
  bool is_synchronized() const override { return gst_base_sink_get_sync(sink_) != FALSE; }
  GstOwned<GstStructure> stats() const override {
    return GstOwned<GstStructure>(gst_base_sink_get_stats(sink_));
  }

  const GstSegment *clock_segment() const override { return &sink_->segment; }
  GstFlowReturn wait_for_playing() override { return gst_base_sink_wait_preroll(sink_); }
  GstFlowReturn wait_for_playing(GstEvent *eos) override {
    return gst_base_sink_do_preroll(sink_, GST_MINI_OBJECT_CAST(eos));
  }

 private:
  GstBaseSink *const sink_;
};

}  // namespace

struct _GstAssemblyAISink {
  GstBaseSink parent;
  // Everything with a destructor.
  SinkHost *host;
  ElementCore *core;
};

G_DEFINE_FINAL_TYPE(GstAssemblyAISink, gst_assemblyai_sink, GST_TYPE_BASE_SINK)

GST_ELEMENT_REGISTER_DEFINE(assemblyaisink, "assemblyaisink", GST_RANK_NONE,
                            GST_TYPE_ASSEMBLYAI_SINK)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(assemblyai::kSinkCaps));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS(assemblyai::kTextCaps));

using Shell = assemblyai::Shell<GstAssemblyAISink>;

static ElementCore &core_of(gpointer object) {
  return Shell::core_of(object);
}

static void gst_assemblyai_sink_finalize(GObject *object) {
  GstAssemblyAISink *self = GST_ASSEMBLYAI_SINK(object);
  delete self->core;
  delete self->host;
  G_OBJECT_CLASS(gst_assemblyai_sink_parent_class)->finalize(object);
}

static GstStateChangeReturn gst_assemblyai_sink_change_state(GstElement *element,
                                                             GstStateChange transition) {
  ElementCore &core = core_of(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    core.prepare();
  // The pipeline clock runs from here on.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    core.set_playing(true);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    core.set_playing(false);
  // Before the pads stop: they wait for the streaming thread, which may wait for the core.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    core.stop();
  return GST_ELEMENT_CLASS(gst_assemblyai_sink_parent_class)->change_state(element, transition);
}

static gboolean gst_assemblyai_sink_send_event(GstElement *element, GstEvent *event) {
  ElementCore &core = core_of(element);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_LATENCY:
      // The base class would delay the audio, and so every caption, by the latency of the pipeline.
      // Upstream still gets the event.
      core.set_pipeline_latency(event);
      return gst_pad_push_event(GST_BASE_SINK_PAD(element), event);
    case GST_EVENT_SEEK:
      return static_cast<gboolean>(core.seek(event, [element](GstEvent *seek) {
        return GST_ELEMENT_CLASS(gst_assemblyai_sink_parent_class)->send_event(element, seek);
      }));
    default:
      return GST_ELEMENT_CLASS(gst_assemblyai_sink_parent_class)->send_event(element, event);
  }
}

// The audio is not delayed by the pipeline's latency, so upstream needs no buffer for it. Without
// this answer, GStreamer would warn about a microphone, which has none.
static gboolean gst_assemblyai_sink_query(GstElement *element, GstQuery *query) {
  if (GST_ELEMENT_CLASS(gst_assemblyai_sink_parent_class)->query(element, query) == FALSE)
    return FALSE;
  if (GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
    gboolean live = FALSE;
    GstClockTime min = 0;
    gst_query_parse_latency(query, &live, &min, nullptr);
    gst_query_set_latency(query, live, min, GST_CLOCK_TIME_NONE);
  }
  return TRUE;
}

static GstPad *gst_assemblyai_sink_request_new_pad(GstElement *element, GstPadTemplate *templ,
                                                   const gchar *, const GstCaps *) {
  return core_of(element).add_text_pad(templ);
}

static void gst_assemblyai_sink_release_pad(GstElement *element, GstPad *pad) {
  core_of(element).remove_text_pad(pad);
}

// Called in every state, before the base class waits.
static GstFlowReturn gst_assemblyai_sink_prepare(GstBaseSink *sink, GstBuffer *buffer) {
  core_of(sink).arrived(GST_BUFFER_PTS(buffer));
  return GST_FLOW_OK;
}

static GstFlowReturn gst_assemblyai_sink_render(GstBaseSink *sink, GstBuffer *buffer) {
  return core_of(sink).render(buffer);
}

// The base class first waits for the time of the gap.
static gboolean gst_assemblyai_sink_gap(GstBaseSink *sink, GstEvent *event) {
  GstClockTime start = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  gst_event_parse_gap(event, &start, &duration);
  core_of(sink).arrived(start);
  return static_cast<gboolean>(
      GST_BASE_SINK_CLASS(gst_assemblyai_sink_parent_class)->event(sink, event) != FALSE &&
      core_of(sink).gap(start, duration) == GST_FLOW_OK);
}

static gboolean gst_assemblyai_sink_event(GstBaseSink *sink, GstEvent *event) {
  GST_DEBUG_OBJECT(sink, "received %" GST_PTR_FORMAT, event);
  ElementCore &core = core_of(sink);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
      core.stream_start(event);
      break;
    case GST_EVENT_EOS:
      if (!core.end_of_stream(event)) {
        gst_event_unref(event);
        return FALSE;
      }
      break;
    case GST_EVENT_GAP:
      return gst_assemblyai_sink_gap(sink, event);
    case GST_EVENT_FLUSH_START:
      core.flush_start(event);
      break;
    case GST_EVENT_FLUSH_STOP:
      core.flush_stop(event);
      break;
    case GST_EVENT_SEGMENT:
      core.new_segment(event);
      break;
    default:
      break;
  }
  return GST_BASE_SINK_CLASS(gst_assemblyai_sink_parent_class)->event(sink, event);
}

static gboolean gst_assemblyai_sink_unlock(GstBaseSink *sink) {
  core_of(sink).unlock();
  return TRUE;
}

static gboolean gst_assemblyai_sink_unlock_stop(GstBaseSink *sink) {
  core_of(sink).unlock_stop();
  return TRUE;
}

static void gst_assemblyai_sink_class_init(GstAssemblyAISinkClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = gst_assemblyai_sink_finalize;
  Shell::install(object_class, assemblyai::TextMode::kCues);

  GstElementClass *element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = gst_assemblyai_sink_change_state;
  element_class->send_event = gst_assemblyai_sink_send_event;
  element_class->query = gst_assemblyai_sink_query;
  element_class->request_new_pad = gst_assemblyai_sink_request_new_pad;
  element_class->release_pad = gst_assemblyai_sink_release_pad;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "AssemblyAI caption sink", "Sink/Audio/Network",
      "Streams live audio to AssemblyAI's streaming speech-to-text and gives captions, as "
      "messages and as a text stream",
      "The gst-assemblyai authors");

  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS(klass);
  sink_class->prepare = gst_assemblyai_sink_prepare;
  sink_class->render = gst_assemblyai_sink_render;
  sink_class->event = gst_assemblyai_sink_event;
  sink_class->unlock = gst_assemblyai_sink_unlock;
  sink_class->unlock_stop = gst_assemblyai_sink_unlock_stop;
}

static void gst_assemblyai_sink_init(GstAssemblyAISink *self) {
  GstBaseSink *sink = GST_BASE_SINK(self);
  self->host = new SinkHost(sink);
  self->core = new ElementCore(*self->host, assemblyai::TextMode::kCues);
  gst_base_sink_set_sync(sink, TRUE);
  gst_base_sink_set_last_sample_enabled(sink, FALSE);
  gst_base_sink_set_qos_enabled(sink, FALSE);
  // The element shows nothing, so it needs no processing deadline.
  gst_base_sink_set_processing_deadline(sink, 0);
}

// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-assemblyaisink
 * @title: assemblyaisink
 * @short_description: live captions with AssemblyAI's streaming speech-to-text
 *
 * Streams 16 kHz mono audio over a WebSocket to AssemblyAI's streaming v3 service
 * and posts what is said as element messages: `assemblyai-turn` with the growing
 * and then the final text of each turn of speech, and its times.
 *
 * ## Time
 *
 * Times in messages are running times of the audio, however late the text comes.
 * The element synchronises to the pipeline clock, so a file takes its own length,
 * as the service wants; a live source is never held back.
 *
 * Holes in the audio and GAP events of up to 2 seconds are heard as silence; longer
 * ones end the turn. At playback rates other than 1 there are no captions.
 *
 * ## While it runs
 *
 * Properties that the service can change in mid-session take effect at once: those
 * that are set together are one message to it. The others take effect with the next
 * session. A value of the wrong type, range or length is refused with a warning on the
 * bus. What only the service can judge, the name of a mode for example or whether the
 * model has a parameter at all, ends the session when it is wrong.
 *
 * ## Cost
 *
 * The service bills the time for which a session is open. The session opens with
 * the first audio in PLAYING and is terminated at EOS, at a flush and on the way
 * to READY.
 *
 * ## Failure
 *
 * A failure posts exactly one error, which says what to do. After it the element
 * takes audio and throws it away, so that the other branches of the pipeline go
 * on; it can be used again after READY.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -m pulsesrc ! audioconvert ! audioresample ! assemblyaisink
 * ]| Captions of the microphone; the key is taken from ASSEMBLYAI_API_KEY.
 * |[
 * gst-launch-1.0 -m filesrc location=talk.wav ! wavparse ! audioconvert ! audioresample !
 * assemblyaisink keyterms-prompt="<GStreamer, AssemblyAI>"
 * ]| Captions of a file, with names to recognise better.
 *
 * Since: 0.1
 */

#include "element/gstassemblyaisink.h"

#include "element/debug.h"
#include "element/properties.h"
#include "element/signals.h"
#include "element/sink_impl.h"

GST_DEBUG_CATEGORY(gst_assemblyai_sink_debug);

struct _GstAssemblyAISink {
  GstBaseSink parent;
  assemblyai::SinkImpl *impl;  // everything with a destructor
};

G_DEFINE_FINAL_TYPE_WITH_CODE(GstAssemblyAISink, gst_assemblyai_sink, GST_TYPE_BASE_SINK,
                              GST_DEBUG_CATEGORY_INIT(gst_assemblyai_sink_debug, "assemblyaisink",
                                                      0, "AssemblyAI caption sink"))

GST_ELEMENT_REGISTER_DEFINE(assemblyaisink, "assemblyaisink", GST_RANK_NONE,
                            GST_TYPE_ASSEMBLYAI_SINK)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                            GST_STATIC_CAPS("audio/x-raw, format=(string)S16LE, rate=(int)16000, "
                                            "channels=(int)1, layout=(string)interleaved"));

static assemblyai::SinkImpl &impl_of(gpointer object) {
  return *GST_ASSEMBLYAI_SINK(object)->impl;
}

static void gst_assemblyai_sink_set_property(GObject *object, guint id, const GValue *value,
                                             GParamSpec *pspec) {
  if (!impl_of(object).set_property(id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void gst_assemblyai_sink_get_property(GObject *object, guint id, GValue *value,
                                             GParamSpec *pspec) {
  if (!impl_of(object).get_property(id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void gst_assemblyai_sink_finalize(GObject *object) {
  delete GST_ASSEMBLYAI_SINK(object)->impl;
  G_OBJECT_CLASS(gst_assemblyai_sink_parent_class)->finalize(object);
}

static GstStateChangeReturn gst_assemblyai_sink_change_state(GstElement *element,
                                                             GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    impl_of(element).prepare();
  // Before the pads stop: they wait for the streaming thread, which may wait for us.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    impl_of(element).stop();
  return GST_ELEMENT_CLASS(gst_assemblyai_sink_parent_class)->change_state(element, transition);
}

static gboolean gst_assemblyai_sink_send_event(GstElement *element, GstEvent *event) {
  if (GST_EVENT_TYPE(event) != GST_EVENT_LATENCY)
    return GST_ELEMENT_CLASS(gst_assemblyai_sink_parent_class)->send_event(element, event);
  // The base class would delay the audio by the pipeline's latency, and so every
  // caption. Upstream still gets to know it.
  return gst_pad_push_event(GST_BASE_SINK_PAD(element), event);
}

static GstFlowReturn gst_assemblyai_sink_render(GstBaseSink *sink, GstBuffer *buffer) {
  return impl_of(sink).render(buffer);
}

// The base class waits for the moment of the gap first.
static gboolean gst_assemblyai_sink_gap(GstBaseSink *sink, GstEvent *event) {
  GstClockTime start = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  gst_event_parse_gap(event, &start, &duration);
  return static_cast<gboolean>(
      GST_BASE_SINK_CLASS(gst_assemblyai_sink_parent_class)->event(sink, event) != FALSE &&
      impl_of(sink).gap(start, duration) == GST_FLOW_OK);
}

static gboolean gst_assemblyai_sink_event(GstBaseSink *sink, GstEvent *event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_EOS:
      if (!impl_of(sink).end_of_stream(event)) {
        gst_event_unref(event);
        return FALSE;
      }
      break;
    case GST_EVENT_GAP:
      return gst_assemblyai_sink_gap(sink, event);
    case GST_EVENT_FLUSH_START:
      impl_of(sink).flush_start();
      break;
    case GST_EVENT_FLUSH_STOP:
      impl_of(sink).flush_stop();
      break;
    case GST_EVENT_SEGMENT:
      impl_of(sink).new_segment();
      break;
    default:
      break;
  }
  return GST_BASE_SINK_CLASS(gst_assemblyai_sink_parent_class)->event(sink, event);
}

static gboolean gst_assemblyai_sink_unlock(GstBaseSink *sink) {
  impl_of(sink).unlock();
  return TRUE;
}

static gboolean gst_assemblyai_sink_unlock_stop(GstBaseSink *sink) {
  impl_of(sink).unlock_stop();
  return TRUE;
}

static gboolean gst_assemblyai_sink_force_endpoint(GstAssemblyAISink *self) {
  return static_cast<gboolean>(self->impl->force_endpoint());
}

static gboolean gst_assemblyai_sink_update_configuration(GstAssemblyAISink *self,
                                                         const GstStructure *parameters) {
  return static_cast<gboolean>(self->impl->update_configuration(parameters));
}

static void gst_assemblyai_sink_class_init(GstAssemblyAISinkClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_assemblyai_sink_set_property;
  object_class->get_property = gst_assemblyai_sink_get_property;
  object_class->finalize = gst_assemblyai_sink_finalize;
  assemblyai::install_properties(object_class);
  assemblyai::install_signals(
      G_TYPE_FROM_CLASS(klass),
      {.force_endpoint = G_CALLBACK(gst_assemblyai_sink_force_endpoint),
       .update_configuration = G_CALLBACK(gst_assemblyai_sink_update_configuration)});

  GstElementClass *element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = gst_assemblyai_sink_change_state;
  element_class->send_event = gst_assemblyai_sink_send_event;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_set_static_metadata(
      element_class, "AssemblyAI caption sink", "Sink/Audio/Network",
      "Streams live audio to AssemblyAI's streaming speech-to-text and posts captions",
      "The gst-assemblyai authors");

  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS(klass);
  sink_class->render = gst_assemblyai_sink_render;
  sink_class->event = gst_assemblyai_sink_event;
  sink_class->unlock = gst_assemblyai_sink_unlock;
  sink_class->unlock_stop = gst_assemblyai_sink_unlock_stop;
}

static void gst_assemblyai_sink_init(GstAssemblyAISink *self) {
  GstBaseSink *sink = GST_BASE_SINK(self);
  self->impl = new assemblyai::SinkImpl(sink);
  gst_base_sink_set_sync(sink, TRUE);
  gst_base_sink_set_last_sample_enabled(sink, FALSE);
  gst_base_sink_set_qos_enabled(sink, FALSE);
  // Nothing is shown here, so nothing has to be ready before its time.
  gst_base_sink_set_processing_deadline(sink, 0);
}

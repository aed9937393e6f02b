// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/downstream_need.h"

#include <algorithm>
#include <functional>

#include "element/gst_ptr.h"

namespace assemblyai {

namespace {

using std::chrono::nanoseconds;
using Position = std::optional<nanoseconds>;

// Elements between the pad and where streams meet. More than anybody uses; a loop ends.
constexpr int kMostElements = 32;

void for_each_pad(GstIterator *iterator, const std::function<void(GstPad *)> &visit) {
  if (iterator == nullptr)
    return;
  const auto call = [](const GValue *item, gpointer function) {
    (*static_cast<const std::function<void(GstPad *)> *>(function))(
        GST_PAD(g_value_get_object(item)));
  };
  // What changes at this moment is found the next time.
  gst_iterator_foreach(iterator, call, const_cast<std::function<void(GstPad *)> *>(&visit));
  gst_iterator_free(iterator);
}

Position sooner(Position a, Position b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

Position arrived_at(GstPad *input) {
  GstEvent *event = gst_pad_get_sticky_event(input, GST_EVENT_SEGMENT, 0);
  if (event == nullptr)
    return std::nullopt;
  GstSegment segment;
  gst_event_copy_segment(event, &segment);
  gst_event_unref(event);
  gint64 stream_time = 0;
  if (segment.format != GST_FORMAT_TIME ||
      gst_pad_peer_query_position(input, GST_FORMAT_TIME, &stream_time) == FALSE || stream_time < 0)
    return nanoseconds::zero();
  const guint64 position = gst_segment_position_from_stream_time(&segment, GST_FORMAT_TIME,
                                                                 static_cast<guint64>(stream_time));
  const guint64 time = gst_segment_to_running_time(&segment, GST_FORMAT_TIME, position);
  return nanoseconds(GST_CLOCK_TIME_IS_VALID(time) ? time : 0);
}

// Of the inputs beside one. Whether there are any is not the same as whether one has data.
struct Beside {
  bool any = false;
  Position arrived;
};

Beside look_beside(GstElement *element, GstPad *own) {
  Beside beside;
  for_each_pad(gst_element_iterate_sink_pads(element), [&](GstPad *input) {
    if (input == own)
      return;
    beside.any = true;
    if (!GST_PAD_IS_EOS(input))
      beside.arrived = sooner(beside.arrived, arrived_at(input));
  });
  return beside;
}

bool is_prerolling(GstElement *element) {
  return gst_element_get_state(element, nullptr, nullptr, 0) == GST_STATE_CHANGE_ASYNC;
}

Position look_behind(GstPad *source, int elements) {
  const Ref<GstPad> sink = adopt(elements > 0 ? gst_pad_get_peer(source) : nullptr);
  if (!sink)
    return std::nullopt;
  // The pads at a bin's border belong to no element that takes data.
  const Ref<GstElement> element =
      adopt(GST_IS_PROXY_PAD(sink.get()) ? nullptr : gst_pad_get_parent_element(sink.get()));
  if (element) {
    if (const Beside beside = look_beside(element.get(), sink.get()); beside.any)
      return beside.arrived;
    if (element.get()->numsrcpads == 0 && is_prerolling(element.get()))
      return nanoseconds::zero();
  }
  Position found;
  for_each_pad(gst_pad_iterate_internal_links(sink.get()),
               [&](GstPad *next) { found = sooner(found, look_behind(next, elements - 1)); });
  return found;
}

}  // namespace

std::optional<nanoseconds> needed_downstream(GstPad *source) {
  return look_behind(source, kMostElements);
}

}  // namespace assemblyai

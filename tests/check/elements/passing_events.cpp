// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// assemblyaitranscriber as a filter among others: which events and queries of the audio's stream go
// through, when, and what goes upstream.

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "support/check.h"
#include "support/text_pipeline.h"
#include "support/upstream.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

bool has(const std::vector<std::string> &list, const std::string &text) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string &item) { return item.find(text) != item.npos; });
}

// Upstream's words on the way down, and ours on the way up. The pads' events as they pass.
class Passing {
 public:
  explicit Passing(const Pipeline &pipeline) {
    watch(pipeline, "src",
          GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH |
              GST_PAD_PROBE_TYPE_BUFFER,
          &down_);
    watch(pipeline, "sink", GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, &up_);
  }

  // Until it has gone downstream so often.
  void wait_for(const std::string &name, std::ptrdiff_t times = 1) const {
    down_.wait_for(name, times);
  }
  std::vector<std::string> down() const { return down_.copy(); }
  std::vector<std::string> up() const { return up_.copy(); }

 private:
  struct List {
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    std::vector<std::string> names;

    void wait_for(const std::string &name, std::ptrdiff_t times) const {
      std::unique_lock lock(mutex);
      const bool came = changed.wait_for(lock, kDeadline, [&] {
        return std::count_if(names.begin(), names.end(), [&](const std::string &item) {
                 return item.starts_with(name);
               }) >= times;
      });
      std::string last;
      for (std::size_t i = names.size() - std::min<std::size_t>(names.size(), 12); i < names.size();
           i++)
        last += "\n" + names[i];
      fail_unless(came, "%s does not come; the last are%s", name.c_str(), last.c_str());
    }
    std::vector<std::string> copy() const {
      const std::lock_guard lock(mutex);
      return names;
    }
  };

  // A custom event's name and fields; before those of others stands their type.
  static std::string text_of(GstEvent *event) {
    const GstStructure *structure = gst_event_get_structure(event);
    const std::string type = gst_event_type_get_name(GST_EVENT_TYPE(event));
    if (structure == nullptr)
      return type;
    gchar *text = gst_structure_to_string(structure);
    const std::string fields = text;
    g_free(text);
    return type.starts_with("custom") ? fields : type + " " + fields;
  }

  static GstPadProbeReturn note(GstPad *, GstPadProbeInfo *info, gpointer data) {
    auto *list = static_cast<List *>(data);
    const std::lock_guard lock(list->mutex);
    if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
      GstBuffer *buffer = gst_pad_probe_info_get_buffer(info);
      std::string text(gst_buffer_get_size(buffer), '\0');
      gst_buffer_extract(buffer, 0, text.data(), text.size());
      list->names.push_back("text " + text);
    } else {
      list->names.push_back(text_of(gst_pad_probe_info_get_event(info)));
    }
    list->changed.notify_all();
    return GST_PAD_PROBE_OK;
  }

  static void watch(const Pipeline &pipeline, const char *name, guint types, List *list) {
    GstPad *pad = gst_element_get_static_pad(pipeline.sink(), name);
    gst_pad_add_probe(pad, static_cast<GstPadProbeType>(types), note, list, nullptr);
    gst_object_unref(pad);
  }

  List down_;
  List up_;
};

GstEvent *custom(GstEventType type, const char *name) {
  return gst_event_new_custom(type, gst_structure_new_empty(name));
}

// Where in a list an item begins with this text.
std::ptrdiff_t place(const std::vector<std::string> &list, const std::string &text) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const std::string &item) { return item.starts_with(text); });
  fail_unless(found != list.end(), "there is no %s", text.c_str());
  return found - list.begin();
}

// The text of the whole talk, which the transcriber gets as fast as the service takes it.
struct Talked {
  std::unique_ptr<testserver::Server> server = start_server(coded_talk());
  Pipeline pipeline{to_text_sink(Factory::transcriber, server->endpoint(), "latency=500")};
  PadRecorder recorder{pipeline, "sink", "src"};
  Passing passing{pipeline};
  Upstream upstream{pipeline};

  explicit Talked(GstState state = GST_STATE_PLAYING) { pipeline.set_state(state); }
  Talked(const Talked &) = delete;
  Talked &operator=(const Talked &) = delete;
  // While all that listens is still there.
  ~Talked() { pipeline.set_state(GST_STATE_NULL); }

  void end() {
    upstream.push(gst_event_new_eos());
    recorder.wait_for_eos();
  }
};

}  // namespace

// What comes between two words of the audio comes between them in the text.
GST_START_TEST(test_events_in_band_go_with_the_text) {
  Talked talk;
  talk.upstream.begin("one");
  talk.upstream.push(custom(GST_EVENT_CUSTOM_DOWNSTREAM, "first"));
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  talk.upstream.push(custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, "sticky"));
  talk.upstream.push(custom(GST_EVENT_CUSTOM_BOTH, "both"));
  talk.upstream.push(gst_event_new_sink_message(
      "message", gst_message_new_application(nullptr, gst_structure_new_empty("words"))));
  talk.upstream.push(gst_event_new_segment_done(GST_FORMAT_TIME, 0));
  talk.upstream.push(gst_event_new_stream_group_done(7));
  talk.end();
  const std::vector<std::string> down = talk.passing.down();
  fail_unless(place(down, "first") < place(down, "text "));
  std::ptrdiff_t last = place(down, "text " + talk.recorder.cues().back().text);
  for (const char *name :
       {"sticky", "both", "sink-message", "segment-done", "stream-group-done", "eos"}) {
    fail_unless(place(down, name) > last, "%s comes too early", name);
    last = place(down, name);
  }
  assert_in_order(talk.recorder);
}
GST_END_TEST

GST_START_TEST(test_events_out_of_band_go_at_once) {
  Talked talk(GST_STATE_PAUSED);
  talk.upstream.begin("one");
  for (const GstEventType type : {GST_EVENT_CUSTOM_DOWNSTREAM_OOB, GST_EVENT_CUSTOM_BOTH_OOB}) {
    talk.upstream.push(custom(type, gst_event_type_get_name(type)));
    fail_unless(has(talk.passing.down(), gst_event_type_get_name(type)));
  }
}
GST_END_TEST

// Before there is any audio.
GST_START_TEST(test_sticky_events_stay) {
  Talked talk;
  talk.upstream.begin("one");
  talk.upstream.push(custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, "of-the-programme"));
  wait_until(talk.recorder, 1);
  talk.passing.wait_for("of-the-programme");
  const std::vector<std::string> down = talk.passing.down();
  fail_unless(place(down, "of-the-programme") > place(down, "segment"));
  GstPad *pad = gst_element_get_static_pad(talk.pipeline.sink(), "src");
  GstEvent *kept = gst_pad_get_sticky_event(pad, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, 0);
  fail_unless(kept != nullptr);
  gst_event_unref(kept);
  gst_object_unref(pad);
}
GST_END_TEST

// Downstream stops alone, and has forgotten all when it starts again.
GST_START_TEST(test_sticky_events_are_repeated_to_who_starts_again) {
  Talked talk;
  talk.upstream.begin("one");
  talk.upstream.push(custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, "of-the-programme"));
  talk.passing.wait_for("of-the-programme");
  GstElement *text = gst_bin_get_by_name(GST_BIN(talk.pipeline.element()), "text");
  gst_element_set_state(text, GST_STATE_READY);
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  gst_element_set_state(text, GST_STATE_PLAYING);
  talk.passing.wait_for("of-the-programme", 2);
  gst_object_unref(text);
}
GST_END_TEST

// A flush that comes before the text has got there.
GST_START_TEST(test_a_flush_takes_away_what_is_not_sticky) {
  Talked talk;
  talk.upstream.begin("one");
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  talk.upstream.push(custom(GST_EVENT_CUSTOM_DOWNSTREAM, "passing"));
  talk.upstream.push(gst_event_new_stream_group_done(7));
  talk.upstream.push(custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, "sticky"));
  talk.upstream.push(gst_event_new_flush_start());
  talk.upstream.push(gst_event_new_flush_stop(TRUE));
  talk.upstream.begin("two");
  talk.end();
  const std::vector<std::string> down = talk.passing.down();
  fail_unless(place(down, "sticky") > place(down, "flush-stop"));
  fail_if(has(down, "passing"));
  fail_if(has(down, "group-done"));
}
GST_END_TEST

GST_START_TEST(test_tags_of_the_audio_are_left_out) {
  Talked talk;
  talk.upstream.begin("one");
  for (const guint rate : {64000U, 65000U, 66000U})
    talk.upstream.push(gst_event_new_tag(
        gst_tag_list_new(GST_TAG_TITLE, "Evening", GST_TAG_LANGUAGE_CODE, "de", GST_TAG_AUDIO_CODEC,
                         "Opus", GST_TAG_BITRATE, rate, nullptr)));
  GstTagList *global =
      gst_tag_list_new(GST_TAG_ARTIST, "Somebody", GST_TAG_CONTAINER_FORMAT, "Ogg", nullptr);
  gst_tag_list_set_scope(global, GST_TAG_SCOPE_GLOBAL);
  talk.upstream.push(gst_event_new_tag(global));
  talk.end();
  const std::vector<std::string> down = talk.passing.down();
  const auto titles = std::count_if(down.begin(), down.end(), [](const std::string &item) {
    return item.find("Evening") != item.npos;
  });
  fail_unless_equals_int(titles, 1);
  fail_unless(has(down, "Somebody"));
  for (const char *name : {"Opus", "bitrate", "Ogg"})
    fail_if(has(down, name), "%s", name);
  fail_unless_equals_text(talk.recorder.language(), "de");
}
GST_END_TEST

// What the element was told counts for more than what upstream says.
GST_START_TEST(test_the_language_of_the_settings_wins) {
  Talked talk(GST_STATE_READY);
  g_object_set(talk.pipeline.sink(), "language-code", "fr", nullptr);
  talk.pipeline.set_state(GST_STATE_PLAYING);
  talk.upstream.begin("one");
  talk.upstream.push(gst_event_new_tag(
      gst_tag_list_new(GST_TAG_LANGUAGE_CODE, "de", GST_TAG_TITLE, "Abend", nullptr)));
  talk.end();
  fail_unless_equals_text(talk.recorder.language(), "fr");
  fail_unless(has(talk.passing.down(), "Abend"));
}
GST_END_TEST

GST_START_TEST(test_nothing_else_of_the_audio_goes_downstream) {
  Talked talk;
  talk.upstream.begin("one");
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  GstBuffer *data = gst_buffer_new();
  talk.upstream.push(gst_event_new_protection("system", data, "isobmff/moov"));
  gst_buffer_unref(data);
  talk.end();
  const std::vector<std::string> down = talk.passing.down();
  fail_if(has(down, "audio/x-raw"));
  fail_if(has(down, "protection"));
  const std::vector<std::string> events = talk.recorder.events();
  for (const char *name : {"stream-start", "caps", "segment", "eos"})
    fail_unless_equals_int(std::count(events.begin(), events.end(), name), 1);
}
GST_END_TEST

// As concat makes it, without an end between.
GST_START_TEST(test_another_stream_has_its_group) {
  Talked talk;
  const auto begin = [&](const char *id, guint group) {
    GstEvent *start = gst_event_new_stream_start(id);
    gst_event_set_group_id(start, group);
    talk.upstream.push(start);
  };
  begin("one", 41);
  talk.upstream.begin("one");
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  begin("two", 42);
  talk.end();
  const std::vector<std::string> down = talk.passing.down();
  fail_unless(has(down, "group-id=(uint)42"));
  assert_in_order(talk.recorder);
}
GST_END_TEST

GST_START_TEST(test_each_word_is_told_upstream) {
  Talked talk;
  talk.upstream.begin("one");
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  talk.end();
  std::vector<std::string> told;
  for (const std::string &item : talk.passing.up()) {
    if (item.starts_with("rstranscribe/new-item"))
      told.push_back(item);
  }
  const std::vector<Cue> cues = talk.recorder.cues();
  fail_unless_equals_uint64(told.size(), cues.size());
  for (std::size_t i = 0; i < cues.size(); i++) {
    gchar *expected = g_strdup_printf(
        "rstranscribe/new-item, speaker=(string)NULL, content=(string)%s, "
        "running-time=(guint64)%" G_GUINT64_FORMAT ", duration=(guint64)%" G_GUINT64_FORMAT ";",
        cues[i].text.c_str(), cues[i].start, cues[i].end - cues[i].start);
    fail_unless_equals_text(told[i], expected);
    g_free(expected);
  }
}
GST_END_TEST

GST_START_TEST(test_queries_about_bytes_are_not_the_audios) {
  const auto server = start_server();
  Pipeline pipeline(audio(10) + to_text_sink(Factory::transcriber, server->endpoint()));
  pipeline.set_state(GST_STATE_PAUSED);
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "src");
  gint64 value = 0;
  fail_if(gst_pad_query_duration(pad, GST_FORMAT_BYTES, &value));
  fail_if(gst_pad_query_position(pad, GST_FORMAT_DEFAULT, &value));
  fail_if(gst_pad_query_convert(pad, GST_FORMAT_TIME, GST_SECOND, GST_FORMAT_BYTES, &value));
  fail_unless(gst_pad_query_position(pad, GST_FORMAT_TIME, &value));
  fail_if(gst_pad_send_event(pad, gst_event_new_seek(1.0, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
                                                     GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));
  gst_object_unref(pad);
}
GST_END_TEST

// Nothing of upstream's is held, however far the text is, and whatever holds the text.
GST_START_TEST(test_drain_is_answered_at_once) {
  Talked talk;
  talk.upstream.begin("one");
  fail_unless_equals_int(talk.upstream.say(), GST_FLOW_OK);
  GstPad *text = gst_element_get_static_pad(talk.pipeline.sink(), "src");
  const auto refuse = [](GstPad *, GstPadProbeInfo *, gpointer) { return GST_PAD_PROBE_DROP; };
  gst_pad_add_probe(text, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, refuse, nullptr, nullptr);
  gst_object_unref(text);
  GstPad *pad = gst_element_get_static_pad(talk.pipeline.sink(), "sink");
  GstQuery *query = gst_query_new_drain();
  fail_unless(gst_pad_query(pad, query));
  gst_query_unref(query);
  query = gst_query_new_caps(nullptr);
  fail_unless(gst_pad_query(pad, query));
  GstCaps *caps = nullptr;
  gst_query_parse_caps_result(query, &caps);
  GstCaps *expected = gst_pad_get_pad_template_caps(pad);
  fail_unless(gst_caps_is_equal(caps, expected));
  gst_caps_unref(expected);
  gst_query_unref(query);
  gst_object_unref(pad);
}
GST_END_TEST

static Suite *passing_events_suite() {
  Suite *suite = suite_create("passing_events");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_events_in_band_go_with_the_text);
  tcase_add_test(tests, test_events_out_of_band_go_at_once);
  tcase_add_test(tests, test_sticky_events_stay);
  tcase_add_test(tests, test_sticky_events_are_repeated_to_who_starts_again);
  tcase_add_test(tests, test_a_flush_takes_away_what_is_not_sticky);
  tcase_add_test(tests, test_tags_of_the_audio_are_left_out);
  tcase_add_test(tests, test_the_language_of_the_settings_wins);
  tcase_add_test(tests, test_nothing_else_of_the_audio_goes_downstream);
  tcase_add_test(tests, test_another_stream_has_its_group);
  tcase_add_test(tests, test_each_word_is_told_upstream);
  tcase_add_test(tests, test_queries_about_bytes_are_not_the_audios);
  tcase_add_test(tests, test_drain_is_answered_at_once);
  return suite;
}

CHECK_SUITE(passing_events);

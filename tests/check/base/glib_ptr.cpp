// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Ownership: the number of references after each step.

#include "base/glib_ptr.h"

#include <memory>

#include "base/log.h"
#include "base/result.h"
#include "base/secret.h"
#include "support/check.h"

using namespace assemblyai;

namespace {

guint references(GObject *object) {
  return object->ref_count;
}

GObject *new_object() {
  return G_OBJECT(g_cancellable_new());
}

class Recorder final : public LogSink {
 public:
  bool is_enabled(LogTopic topic, LogLevel level) const override {
    return topic == LogTopic::kSession && level <= LogLevel::kInfo;
  }
  void write(LogTopic, LogLevel, const LogPlace &where, const char *line) override {
    place = where;
    text += line;
  }

  LogPlace place;
  std::string text;
};

}  // namespace

GST_START_TEST(test_adopting_takes_over_and_retaining_adds) {
  GObject *object = new_object();
  {
    const Ref<GObject> kept = retain(object);
    fail_unless_equals_int(references(object), 2);
  }
  fail_unless_equals_int(references(object), 1);
  {
    const Ref<GObject> owned = adopt(object);
    fail_unless(owned.get() == object);
    fail_unless_equals_int(references(object), 1);
    g_object_ref(object);
  }
  ASSERT_OBJECT_REFCOUNT(object, "object", 1);
  g_object_unref(object);
}
GST_END_TEST

GST_START_TEST(test_copies_share_and_moves_hand_over) {
  GObject *object = new_object();
  Ref<GObject> first = adopt(object);
  Ref<GObject> copy = first;
  fail_unless_equals_int(references(object), 2);
  Ref<GObject> moved = std::move(first);
  fail_unless_equals_int(references(object), 2);
  fail_if(static_cast<bool>(first));
  copy = {};
  fail_unless_equals_int(references(object), 1);
  const Ref<GObject> &same = moved;
  moved = same;
  fail_unless_equals_int(references(object), 1);
  GObject *released = moved.release();
  fail_if(static_cast<bool>(moved));
  fail_unless_equals_int(references(released), 1);
  g_object_unref(released);
}
GST_END_TEST

GST_START_TEST(test_nothing_is_nothing) {
  const Ref<GObject> empty = adopt<GObject>(nullptr);
  fail_if(static_cast<bool>(empty));
  const Ref<GObject> copy = empty;
  fail_unless(copy.get() == nullptr);
  fail_unless(retain<GObject>(nullptr).get() == nullptr);
}
GST_END_TEST

GST_START_TEST(test_an_error_is_freed_with_its_holder) {
  OutError error;
  fail_if(static_cast<bool>(error));
  g_set_error_literal(error.out(), G_IO_ERROR, G_IO_ERROR_FAILED, "no luck");
  fail_unless(static_cast<bool>(error));
  fail_unless_equals_text(error->message, "no luck");
}
GST_END_TEST

GST_START_TEST(test_a_result_is_a_value_or_a_failure) {
  const Result<std::string> good(std::string("yes"));
  fail_unless(static_cast<bool>(good));
  fail_unless_equals_text(*good, "yes");
  const Result<std::string> bad(Failure{.kind = FailureKind::kBusy, .message = "no"});
  fail_if(static_cast<bool>(bad));
  fail_unless(bad.failure().kind == FailureKind::kBusy);
}
GST_END_TEST

GST_START_TEST(test_a_line_of_the_log_has_its_level_and_its_place) {
  const auto recorder = std::make_shared<Recorder>();
  const Logger logger(recorder);
  int evaluated = 0;
  ASSEMBLYAI_LOG(logger, kSession, kInfo, "sent %d", ++evaluated);
  const int line = __LINE__ - 1;
  ASSEMBLYAI_LOG(logger, kSession, kDebug, "not wanted %d", ++evaluated);
  ASSEMBLYAI_LOG(logger, kProtocol, kInfo, "not wanted %d", ++evaluated);
  ASSEMBLYAI_LOG(Logger(), kSession, kWarning, "nobody reads it %d", ++evaluated);
  fail_unless_equals_text(recorder->text, "sent 1");
  fail_unless_equals_int(evaluated, 1);
  fail_unless_equals_int(recorder->place.line, line);
  fail_unless(g_str_has_suffix(recorder->place.file, "glib_ptr.cpp"));
}
GST_END_TEST

GST_START_TEST(test_a_secret_has_no_way_into_text_but_reveal) {
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
  static_assert(!std::is_convertible_v<std::string, Secret>);
  fail_unless_equals_text(Secret("key").reveal(), "key");
  fail_unless(Secret().empty());
}
GST_END_TEST

static Suite *glib_ptr_suite() {
  Suite *suite = suite_create("glib_ptr");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_adopting_takes_over_and_retaining_adds);
  tcase_add_test(tests, test_copies_share_and_moves_hand_over);
  tcase_add_test(tests, test_nothing_is_nothing);
  tcase_add_test(tests, test_an_error_is_freed_with_its_holder);
  tcase_add_test(tests, test_a_result_is_a_value_or_a_failure);
  tcase_add_test(tests, test_a_line_of_the_log_has_its_level_and_its_place);
  tcase_add_test(tests, test_a_secret_has_no_way_into_text_but_reveal);
  return suite;
}

CHECK_SUITE(glib_ptr);

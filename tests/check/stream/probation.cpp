// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given the request of a session, its updates, and the refusal by the service: the changes to
// revert.

#include "stream/probation.h"

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

ParameterSet mode(const char *value) {
  return {{"mode", std::string(value)}};
}

ParameterSet prompt(const char *value) {
  return {{"prompt", std::string(value)}};
}

std::string text_of(const std::optional<ParameterValue> &value) {
  return value ? query_value(*value) : "-";
}

// As "mode:bad>good prompt:b>-".
std::string text_of(const std::vector<RefusedChange> &changes) {
  std::string text;
  for (const RefusedChange &change : changes)
    text += (text.empty() ? "" : " ") + change.parameter + ":" + text_of(change.refused) + ">" +
            text_of(change.before);
  return text;
}

// A session that was requested with the mode "good".
struct Fixture {
  Probation probation;
  Fixture() { probation.begin(mode("good")); }
};

}  // namespace

GST_START_TEST(test_the_named_update_is_reverted_as_a_whole) {
  Fixture f;
  f.probation.tell(prompt("a"), 0s);
  f.probation.tell({{"mode", std::string("bad")}, {"vad_threshold", 0.5}}, 1s);
  fail_unless_equals_text(text_of(f.probation.refuse_update("Invalid 'mode': x")),
                          "mode:bad>good vad_threshold:0.5>-");
}
GST_END_TEST

GST_START_TEST(test_all_unaccepted_changes_are_reverted_when_none_is_named) {
  Fixture f;
  f.probation.tell(prompt("accepted"), 0s);
  f.probation.hear(Probation::kLength);
  f.probation.tell(prompt("new"), Probation::kLength);
  f.probation.tell(mode("bad"), Probation::kLength);
  fail_unless_equals_text(text_of(f.probation.refuse_update("")),
                          "mode:bad>good prompt:new>accepted");
  fail_unless_equals_text(text_of(f.probation.refuse_update("")), "");
}
GST_END_TEST

GST_START_TEST(test_accepted_changes_are_not_reverted) {
  Fixture f;
  f.probation.tell(mode("other"), 0s);
  f.probation.hear(Probation::kLength - 1ms);
  f.probation.hear(Probation::kLength);
  fail_unless_equals_text(text_of(f.probation.refuse_update("mode")), "");
  fail_unless_equals_text(text_of(f.probation.refuse_request(mode("bad"), "mode")),
                          "mode:bad>other");
}
GST_END_TEST

// Which of two updates was refused is unknown: the next session tries the last one.
GST_START_TEST(test_of_two_updates_the_next_request_finds_the_refused_one) {
  Fixture first;
  first.probation.tell(mode("bad"), 0s);
  first.probation.tell(mode("better"), 500ms);
  fail_unless_equals_text(text_of(first.probation.refuse_update("mode")), "");

  Fixture second;
  second.probation.tell(mode("better"), 0s);
  second.probation.tell(mode("bad"), 500ms);
  fail_unless_equals_text(text_of(second.probation.refuse_update("mode")), "");
  fail_unless_equals_text(text_of(second.probation.refuse_request(mode("bad"), "mode")),
                          "mode:bad>better");
  fail_unless_equals_text(text_of(second.probation.refuse_request(mode("better"), "mode")),
                          "mode:better>good");
  fail_unless_equals_text(text_of(second.probation.refuse_request(mode("good"), "mode")), "");
}
GST_END_TEST

GST_START_TEST(test_a_request_reverts_to_the_accepted_values) {
  Fixture f;
  const ParameterSet asked{{"prompt", std::string("a")}, {"keyterms_prompt", std::string("b")}};
  fail_unless_equals_text(text_of(f.probation.refuse_request(asked, "")),
                          "keyterms_prompt:b>- mode:->good prompt:a>-");
  fail_unless_equals_text(
      text_of(f.probation.refuse_request(asked, "Invalid 'keyterms_prompt': x")),
      "keyterms_prompt:b>-");
}
GST_END_TEST

GST_START_TEST(test_the_same_again_and_back_and_forth_is_no_change) {
  Fixture f;
  f.probation.tell(mode("good"), 0s);
  f.probation.tell({{"prompt", std::string()}}, 0s);
  fail_unless_equals_text(text_of(f.probation.refuse_update("mode")), "");
  f.probation.tell(mode("bad"), 0s);
  f.probation.tell(mode("bad"), 1s);
  fail_unless_equals_text(text_of(f.probation.refuse_update("mode")), "mode:bad>good");
}
GST_END_TEST

static Suite *probation_suite() {
  Suite *suite = suite_create("probation");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_named_update_is_reverted_as_a_whole);
  tcase_add_test(tests, test_all_unaccepted_changes_are_reverted_when_none_is_named);
  tcase_add_test(tests, test_accepted_changes_are_not_reverted);
  tcase_add_test(tests, test_of_two_updates_the_next_request_finds_the_refused_one);
  tcase_add_test(tests, test_a_request_reverts_to_the_accepted_values);
  tcase_add_test(tests, test_the_same_again_and_back_and_forth_is_no_change);
  return suite;
}

CHECK_SUITE(probation);

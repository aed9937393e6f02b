// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What leaves the pad while the caption grows: chunks that follow one another, with a text that
// stays in the output as long as reading takes.

#include "captions/sources.h"
#include "shown.h"
#include "spoken.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

TextOptions rolling() {
  TextOptions options;
  options.mode = TextMode::kRolling;
  return options;
}

}  // namespace

GST_START_TEST(test_chunks_follow_one_another) {
  const auto source = make_text_source(rolling());
  fail_unless_equals_text(all(source, 50ms), "0.000 - 0.050");
  fail_unless_equals_text(all(source, 69ms), "");
  source->report(turn_of(0, "how"));
  fail_unless_equals_text(all(source, 100ms), "0.050 how 0.100");
  source->report(turn_of(0, "how are"));
  source->report(turn_of(0, "how are you"));
  fail_unless_equals_text(all(source, 150ms), "0.100 how are you 0.150");
  fail_unless_equals_text(all(source, 200ms), "0.150 how are you 0.200");
  fail_unless(source->position() == 200ms);
  fail_unless_equals_uint64(source->counts().texts, 0);
}
GST_END_TEST

// Its time begins in the output, where it is first seen.
GST_START_TEST(test_text_stays_for_its_time) {
  const auto source = make_text_source(rolling());
  all(source, 10s);
  source->report(final_turn(0, "how are you"));
  fail_unless_equals_text(all(source, 10950ms), "10.000 how are you 10.950");
  fail_unless_equals_text(all(source, 11100ms), "10.950 how are you 11.000 - 11.100");
}
GST_END_TEST

// Audio that is sent in a burst carries the output along.
GST_START_TEST(test_a_text_is_seen_though_the_output_jumps) {
  const auto source = make_text_source(rolling());
  source->report(final_turn(0, "how are you"));
  fail_unless_equals_text(all(source, 3s), "0.000 how are you 1.000 - 3.000");
}
GST_END_TEST

GST_START_TEST(test_nothing_goes_before_its_time) {
  const auto source = make_text_source(rolling());
  all(source, 5s);
  source->report(final_turn(0, "how are you"));
  fail_unless_equals_text(all(source, 1s), "");
  fail_unless_equals_text(all(source, 5100ms), "5.000 how are you 5.100");
}
GST_END_TEST

// No chunk is too short to be seen.
GST_START_TEST(test_the_last_chunk_of_a_text_is_not_a_scrap) {
  const auto source = make_text_source(rolling());
  source->report(final_turn(0, "how are you"));
  fail_unless_equals_text(all(source, 990ms), "0.000 how are you 0.990");
  fail_unless_equals_text(all(source, 1100ms), "0.990 how are you 1.010 - 1.100");
}
GST_END_TEST

GST_START_TEST(test_the_last_words_stay_after_the_end) {
  for (const bool final : {false, true}) {
    const auto source = make_text_source(rolling());
    all(source, 1s);
    source->report(final ? final_turn(0, "how are you") : turn_of(0, "how are you"));
    source->finish();
    fail_if(source->drained());
    fail_unless_equals_text(all(source, 1s),
                            final ? "1.000 how are you 2.000" : "1.000 how are you 8.000");
    fail_unless(source->drained());
  }
  const auto silent = make_text_source(rolling());
  silent->finish();
  fail_unless(silent->drained());
  fail_unless_equals_text(all(silent, 1s), "");
}
GST_END_TEST

GST_START_TEST(test_an_error_takes_the_text_away) {
  const auto source = make_text_source(rolling());
  source->report(turn_of(0, "how are"));
  all(source, 100ms);
  source->clear();
  fail_unless_equals_text(all(source, 200ms), "0.100 - 0.200");
}
GST_END_TEST

// The words of a turn that is recognised again are not a second caption.
GST_START_TEST(test_a_turn_is_told_anew) {
  const auto source = make_text_source(rolling());
  source->report(turn_of(0, "how are you"));
  all(source, 100ms);
  source->retell();
  fail_unless_equals_text(all(source, 150ms), "0.100 how are you 0.150");
  source->report(turn_of(0, "how are they"));
  fail_unless_equals_text(all(source, 200ms), "0.150 how are they 0.200");
}
GST_END_TEST

GST_START_TEST(test_output_that_begins_late_has_what_is_known) {
  const auto source = make_text_source(rolling());
  source->report(final_turn(0, "how are you"));
  source->begin(10s);
  source->report(final_turn(1, "fine"));
  fail_unless_equals_text(all(source, 10100ms), "10.000 how are you\nfine 10.100");
}
GST_END_TEST

GST_START_TEST(test_only_stable_words_when_wanted) {
  TextOptions options = rolling();
  const auto source = make_text_source(options);
  source->report(turn_of(0, "how *are *you"));
  fail_unless_equals_text(all(source, 100ms), "0.000 how are you 0.100");
  options.stable_only = true;
  source->set_options(options);
  source->report(turn_of(0, "how *are *you"));
  fail_unless_equals_text(all(source, 200ms), "0.100 how 0.200");
}
GST_END_TEST

GST_START_TEST(test_markup_goes_with_the_text) {
  const auto source = make_text_source(rolling());
  source->report(turn_of(0, "R&D *is"));
  const auto item = source->next(100ms);
  fail_unless_equals_text(item->text, "R&D is");
  fail_unless_equals_text(item->markup, R"(R&amp;D <span alpha="60%">is</span>)");
}
GST_END_TEST

static Suite *rolling_source_suite() {
  Suite *suite = suite_create("rolling_source");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_chunks_follow_one_another);
  tcase_add_test(tests, test_text_stays_for_its_time);
  tcase_add_test(tests, test_a_text_is_seen_though_the_output_jumps);
  tcase_add_test(tests, test_nothing_goes_before_its_time);
  tcase_add_test(tests, test_the_last_chunk_of_a_text_is_not_a_scrap);
  tcase_add_test(tests, test_the_last_words_stay_after_the_end);
  tcase_add_test(tests, test_an_error_takes_the_text_away);
  tcase_add_test(tests, test_a_turn_is_told_anew);
  tcase_add_test(tests, test_output_that_begins_late_has_what_is_known);
  tcase_add_test(tests, test_only_stable_words_when_wanted);
  tcase_add_test(tests, test_markup_goes_with_the_text);
  return suite;
}

CHECK_SUITE(rolling_source);

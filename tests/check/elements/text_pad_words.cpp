// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What a text pad keeps while nobody takes it.

#include "element/gst_ptr.h"
#include "element/text_pad.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

class Owner final : public TextPadOwner {
 public:
  GstElement *element() const override { return nullptr; }
  std::optional<UpstreamLatency> upstream_latency() const override { return std::nullopt; }
  bool is_synchronized() const override { return true; }
  bool send_upstream(GstEvent *event) override {
    gst_event_unref(event);
    return false;
  }
  void text_failed(GstFlowReturn) override {}
};

// What was lost of many turns that nobody has taken.
std::uint64_t lost_of_many(TextMode mode) {
  Owner owner;
  const auto pad = adopt(GST_PAD(gst_object_ref_sink(gst_pad_new("src", GST_PAD_SRC))));
  TextPad *text = TextPad::attach(pad.get(), owner);
  text->configure({.mode = mode});
  for (std::uint64_t number = 0; number < 3000; number++) {
    const nanoseconds start = 1s * number;
    text->report({.number = number,
                  .final = true,
                  .words = {{.text = "word", .start = start, .end = start + 500ms}}});
  }
  return text->counts().dropped;
}

}  // namespace

GST_START_TEST(test_rolling_text_keeps_no_words) {
  fail_unless(lost_of_many(TextMode::kCues) > 0);
  fail_unless_equals_uint64(lost_of_many(TextMode::kRolling), 0);
}
GST_END_TEST

static Suite *text_pad_words_suite() {
  Suite *suite = suite_create("text_pad_words");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_rolling_text_keeps_no_words);
  return suite;
}

CHECK_SUITE(text_pad_words);

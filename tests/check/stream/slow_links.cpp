// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A talk over links that are slow or long: the server recognizes all spoken words.

#include "support/slow_link.h"
#include "support/transport_fixture.h"

using namespace testing;

namespace {

struct WayThere {
  LinkConditions conditions;
  std::chrono::milliseconds talk;
  std::chrono::milliseconds limit;  // the time for the transfer, and two round trips
};

constexpr WayThere kWays[] = {
    {{300ms, 0}, 21s, 21s},
    {{500ms, 0}, 21s, 21s},
    {{20ms, 22000}, 7s, 20s},
};

std::string talk_text(std::chrono::milliseconds duration) {
  std::string text;
  for (const std::string &word : testserver::expected_words(duration.count(), true))
    text += word + " ";
  return text;
}

}  // namespace

GST_START_TEST(test_a_talk_over_a_slow_link_is_recognized_word_by_word) {
  const WayThere &link = kWays[__i__];
  const auto slow = SlowLink::create(link.conditions);
  if (!slow) {
    g_print("skipped: no network of its own, or no TUN device\n");
    return;
  }
  std::string error;
  const auto server = testserver::Server::start(coded(), &error);
  fail_unless(server != nullptr, "%s", error.c_str());
  StreamOptions options = Fixture::quick();
  options.keepalive_interval = 5s;
  const Fixture f("ws://" + slow->to(server->port()) + "/v3/ws", options);
  f.wait_begin();
  const nanoseconds begin = f.io_thread->now();
  f.push_talk(link.talk);
  f.session->finish();
  f.wait_end();
  const nanoseconds took = f.io_thread->now() - begin;
  fail_if(f.recorder->end->has_value(), "%s", f.recorder->end->value().message.c_str());
  g_print("%lld ms each way, %.0f kB/s: %lld s of talk took %.1f s\n",
          static_cast<long long>(link.conditions.delay.count()),
          link.conditions.bytes_per_second / 1000, static_cast<long long>(link.talk.count() / 1000),
          std::chrono::duration<double>(took).count());
  fail_unless_equals_text(f.recorder->text, talk_text(link.talk));
  // The pacer sends 1.25 times as fast as real time: the link does not slow it down.
  fail_unless(took < link.limit);
}
GST_END_TEST

static Suite *slow_links_suite() {
  Suite *suite = suite_create("slow_links");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_talk_over_a_slow_link_is_recognized_word_by_word, 0,
                      std::size(kWays));
  return suite;
}

CHECK_SUITE(slow_links);

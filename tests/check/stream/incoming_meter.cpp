// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/incoming_meter.h"

#include <string>

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr std::uint64_t kMost = 1000;

const char *count(IncomingMeter &meter, const std::string &bytes,
                  std::chrono::nanoseconds now = 1h) {
  return meter.count(std::as_bytes(std::span(bytes)), now);
}

// The size of the payload in the header alone.
std::string header(char opcode, std::uint16_t size) {
  return {opcode, '\x7e', static_cast<char>(size >> 8U), static_cast<char>(size & 0xffU)};
}

std::string fragment(char opcode, std::uint16_t size) {
  return header(opcode, size) + std::string(size, '\x81');
}

}  // namespace

GST_START_TEST(test_frames_are_counted_however_they_are_cut) {
  const std::string frames = "\x89\x00"s + "\x81\x03\x81\x00\x81"s + fragment('\x82', 300);
  for (std::size_t piece = 1; piece <= frames.size(); piece += 7) {
    IncomingMeter meter(kMost);
    std::string stream;
    for (int i = 0; i < 3334; i++)
      stream += frames;  // 10,002 frames
    std::size_t at = 0;
    while (at < stream.size() && count(meter, stream.substr(at, piece)) == nullptr)
      at += piece;
    // Of the last round only the first frame is allowed.
    const std::size_t second = 3333 * frames.size() + 2 + 1;
    fail_unless(at <= second && second < at + piece, "at %zu, in pieces of %zu", at, piece);
  }
}
GST_END_TEST

GST_START_TEST(test_time_allows_more_frames) {
  IncomingMeter meter(kMost);
  std::string second;
  for (int i = 0; i < 900; i++)
    second += "\x89\x00"s;
  std::chrono::nanoseconds now = 1h;
  for (int i = 0; i < 100; i++, now += 1s)
    fail_unless(count(meter, second, now) == nullptr);
  int seconds = 0;
  while (count(meter, second + second, now += 1s) == nullptr)
    seconds++;
  fail_unless(seconds > 5 && seconds < 20, "%d", seconds);
}
GST_END_TEST

GST_START_TEST(test_bytes_are_limited) {
  IncomingMeter meter(1U << 30U);
  const std::string header = "\x82\x7f\x00\x00\x00\x00\x3f\xff\xff\xff"s;
  fail_unless(count(meter, header) == nullptr);
  const std::string megabyte(1U << 20U, 'x');
  int megabytes = 0;
  while (count(meter, megabyte) == nullptr)
    megabytes++;
  fail_unless_equals_int(megabytes, 31);
}
GST_END_TEST

GST_START_TEST(test_a_message_of_fragments_has_a_limit) {
  IncomingMeter meter(kMost);
  fail_unless(count(meter, fragment('\x01', 500)) == nullptr);
  fail_unless(count(meter, "\x89\x00"s) == nullptr);  // a ping in between
  fail_unless(count(meter, fragment('\x80', 500)) == nullptr);
  fail_unless(count(meter, fragment('\x81', 1000)) == nullptr);
  fail_unless(count(meter, fragment('\x01', 500)) == nullptr);
  fail_unless(count(meter, header('\x00', 501)) != nullptr);
}
GST_END_TEST

GST_START_TEST(test_a_size_that_overflows_is_refused) {
  IncomingMeter meter(kMost);
  fail_unless(count(meter, fragment('\x01', 500)) == nullptr);
  fail_unless(count(meter, "\x00\x7f"s + std::string(8, '\xff')) != nullptr);
}
GST_END_TEST

static Suite *incoming_meter_suite() {
  Suite *suite = suite_create("incoming_meter");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_frames_are_counted_however_they_are_cut);
  tcase_add_test(tests, test_time_allows_more_frames);
  tcase_add_test(tests, test_bytes_are_limited);
  tcase_add_test(tests, test_a_message_of_fragments_has_a_limit);
  tcase_add_test(tests, test_a_size_that_overflows_is_refused);
  return suite;
}

CHECK_SUITE(incoming_meter);

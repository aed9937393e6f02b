// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/host_name.h"

#include <iterator>

#include "support/check.h"

using namespace assemblyai;

namespace {

struct Name {
  const char *host;
  bool is_mixed;
};

constexpr Name kNames[] = {
    {"streaming.assemblyai.com", false},
    {"127.0.0.1", false},
    {"::1", false},
    {"", false},
    {"xn--", false},
    {"münchen-2.example", false},
    {"пример.com", false},          // one script in each label
    {"東京ラーメンabc.jp", false},  // Japanese
    {"서울中abc.kr", false},        // Korean
    {"аssemblyai.com", true},       // a Cyrillic a
    {"xn--ssemblyai-zyh.com", true},
    {"αbc.example", true},
    {"www.gοοgle.example", true},  // Greek o
    {"日本пример.example", true},
};

}  // namespace

GST_START_TEST(test_scripts_that_no_language_mixes_are_noticed) {
  const Name &name = kNames[__i__];
  fail_unless_equals_int(mixes_scripts(name.host), name.is_mixed);
}
GST_END_TEST

static Suite *host_name_suite() {
  Suite *suite = suite_create("host_name");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_scripts_that_no_language_mixes_are_noticed, 0, std::size(kNames));
  return suite;
}

CHECK_SUITE(host_name);

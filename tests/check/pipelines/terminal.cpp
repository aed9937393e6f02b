// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The example live-captions on a terminal: the caption that grows, the prompt, and text
// that would like to do something to the terminal.

#include <clocale>
#include <cwchar>

#include "support/check.h"
#include "support/examples.h"
#include "support/pipeline.h"

using namespace testing;

namespace {

using Lines = std::vector<std::string>;

const char *const kHostileWords =
    R"("\u001b]0;owned\u0007 good\u001b[2J\u001b[31m \u009b6n evening\r\n \u202eback\u2028to")";

testserver::Options scenario(const std::string &text, const std::string &formatted) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"start": 100, "word_ms": 150, "text": )" + text +
                     R"(, "formatted": )" + formatted + "}]}";
  return options;
}

// A terminal that knows what the example may do, and fails at everything else.
class Screen {
 public:
  Screen(const std::string &bytes, int columns) : columns_(columns) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
    for (const char *p = bytes.c_str(); *p != '\0';)
      p = take(p);
  }

  // From the top; without the row of the cursor when nothing is in it.
  Lines rows() const {
    Lines result = rows_;
    while (!result.empty() && result.back().empty())
      result.pop_back();
    return result;
  }
  // What stood in a row when it was erased.
  const Lines &grown() const { return grown_; }
  bool has_wrapped() const { return wrapped_; }

 private:
  const char *take(const char *p) {
    if (g_str_has_prefix(p, "\033[K")) {
      fail_unless(column_ == 0);
      if (!rows_[row_].empty())
        grown_.push_back(rows_[row_]);
      rows_[row_].clear();
      return p + 3;
    }
    if (g_str_has_prefix(p, "\033[A")) {
      fail_unless(row_ > 0);
      row_--;
      return p + 3;
    }
    if (*p == '\r')
      column_ = 0;
    else if (*p == '\n')
      next_row();
    else
      return put(p);
    return p + 1;
  }

  const char *put(const char *p) {
    const gunichar c = g_utf8_get_char_validated(p, -1);
    const int width = wcwidth(static_cast<wchar_t>(c));
    fail_unless(width >= 0 && c != 0x202e, "U+%04X reaches the terminal", c);
    column_ += width;
    wrapped_ = wrapped_ || column_ >= columns_;
    const char *next = g_utf8_next_char(p);
    rows_[row_].append(p, next);
    return next;
  }

  void next_row() {
    if (++row_ == rows_.size())
      rows_.emplace_back();
  }

  int columns_;
  Lines rows_{1}, grown_;
  std::size_t row_ = 0;
  int column_ = 0;
  bool wrapped_ = false;
};

bool has_row(const Screen &screen, const std::string &part) {
  for (const std::string &row : screen.rows()) {
    if (row.find(part) != std::string::npos)
      return true;
  }
  return false;
}

// Words that the caption has shown in the end, one more each time.
void assert_grows(const Screen &screen, const Lines &words) {
  std::size_t word = 0;
  for (const std::string &line : screen.grown()) {
    while (word < words.size() && line.ends_with(words[word]))
      word++;
  }
  fail_unless_equals_int(word, words.size());
}

}  // namespace

GST_START_TEST(test_a_caption_grows_and_stays) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone}, 80);
  program.wait_for_output("tin.\r\n");
  program.write("\003");  // Ctrl-C
  fail_unless(program.wait(), "%s", program.output().c_str());
  fail_unless(server->session(0).terminated);
  const Screen screen(program.output(), 80);
  assert_grows(screen, {"Ban", "ken", "lin", "mon", "nun", "ran", "sen"});
  fail_unless(screen.grown()[0].starts_with("  1  "), "%s", screen.grown()[0].c_str());
  std::size_t captions = 0;
  for (const std::string &row : screen.rows()) {
    captions += row.ends_with("Ban ken lin mon nun ran sen tin.");
    fail_unless(row.find("Ban") == row.rfind("Ban"), "%s", row.c_str());
  }
  fail_unless_equals_int(captions, 1);
  fail_unless(has_row(screen, "seconds billed: "));
}
GST_END_TEST

GST_START_TEST(test_the_growing_caption_fits_the_terminal) {
  const unsigned short columns = __i__ == 0 ? 60 : 30;
  const auto server = start_server(scenario(
      R"("皆様 会議は 午前十時に 始まります e\u0301te\u0301 資料を お手元に ご用意 ください 終わり")",
      R"("終わり")"));
  LiveCaptions program(*server, {"--source", std::string(kMicrophone) + " num-buffers=60"},
                       columns);
  fail_unless(program.wait(), "%s", program.output().c_str());
  const std::string output = program.output();
  const std::size_t caption = output.rfind("\033[K", output.find("皆様"));
  const Screen until_last(output.substr(caption, output.rfind("終わり") - caption), columns);
  fail_if(until_last.has_wrapped());
  assert_grows(until_last, {"会議は", "始まります", "資料を", "ください"});
  fail_unless(until_last.grown().back().find("…") != std::string::npos);
  for (const std::string &line : until_last.grown())
    fail_unless_equals_int(line.starts_with("  1 "), columns == 60);
  fail_unless(has_row(Screen(output, 1000), " s  終わり"));
}
GST_END_TEST

GST_START_TEST(test_captions_wait_while_something_is_typed) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone}, 100);
  program.wait_for_output("Ban");
  program.write("\n");
  program.wait_for_output("> ");
  fail_unless(server->wait_for(
      [](auto &s) {
        const std::string newest = s.session(0).sent_messages.back();
        return newest.find("\"turn_order\":1") != std::string::npos;
      },
      kDeadline));
  program.write("?\n");
  program.wait_for_output("tin.\r\n");
  program.wait_for_output("-TERM  remove");
  program.write("?\n");  // without a prompt
  program.wait_for_output("-TERM  remove");
  program.write("\n");
  program.wait_for_output("> ");
  program.write("\003");
  fail_unless(program.wait(), "%s", program.output().c_str());
  const std::string output = program.output();
  const std::size_t prompt = output.find("> ");
  fail_unless_equals_text(output.substr(prompt, 5), "> ?\r\n");
  const Screen screen(output, 100);
  const Lines rows = screen.rows();
  std::size_t growing = 0;  // captions that were left behind
  for (const std::string &row : rows)
    growing += row.starts_with("  ") && !row.ends_with('.');
  fail_unless(growing <= 1, "%s", output.c_str());  // the last one, cut off by Ctrl-C
  fail_unless(has_row(screen, " s  Ban ken lin mon nun ran sen tin."));
  fail_unless(has_row(screen, "seconds billed: "));
}
GST_END_TEST

GST_START_TEST(test_ctrl_d_closes_the_prompt_and_not_the_keyboard) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone}, 100);
  program.wait_for_output("Ban");
  program.write("\n");
  program.wait_for_output("> ");
  program.write("\004");
  program.wait_for_output("tin.\r\n");
  program.write("?\n");
  program.wait_for_output("-TERM  remove");
  program.write("\003");
  fail_unless(program.wait(), "%s", program.output().c_str());
}
GST_END_TEST

GST_START_TEST(test_text_does_nothing_to_the_terminal) {
  const unsigned short columns = __i__ == 0 ? 0 : 100;
  const auto server = start_server(scenario(kHostileWords, kHostileWords));
  LiveCaptions program(*server, {"--source", kMicrophone, "--set", "max-retries=0"}, columns);
  program.wait_for_output("back");
  server->command("warning 7 \033[2Jwatch out\007");
  server->command("error 3005 \033[2Jserver \u009b trouble");
  fail_unless_equals_int(program.wait_for_status(), 1);
  const std::string output = program.output() + program.errors();
  const Screen screen(output, 1000);
  fail_unless(columns > 0 || output.find('\033') == std::string::npos);
  for (const char *text : {"owned", "good", "evening", "back", "watch out", "trouble"})
    fail_unless(has_row(screen, text), "%s is not in: %s", text, output.c_str());
}
GST_END_TEST

GST_START_TEST(test_a_terminal_that_cannot_erase) {
  const auto server = start_server();
  Environment environment = key_environment();
  environment["TERM"] = "dumb";
  Child program({example_program("live-captions"), "--endpoint", server->endpoint(), "--source",
                 std::string(kMicrophone) + " num-buffers=30"},
                environment, 80);
  fail_unless(program.wait(), "%s", program.output().c_str());
  fail_unless(program.output().find(" s  Ban ken") != std::string::npos);
  fail_unless(program.output().find('\033') == std::string::npos);
}
GST_END_TEST

static Suite *terminal_suite() {
  Suite *suite = suite_create("terminal");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_caption_grows_and_stays);
  tcase_add_loop_test(tests, test_the_growing_caption_fits_the_terminal, 0, 2);
  tcase_add_test(tests, test_captions_wait_while_something_is_typed);
  tcase_add_test(tests, test_ctrl_d_closes_the_prompt_and_not_the_keyboard);
  tcase_add_loop_test(tests, test_text_does_nothing_to_the_terminal, 0, 2);
  tcase_add_test(tests, test_a_terminal_that_cannot_erase);
  return suite;
}

CHECK_SUITE(terminal);

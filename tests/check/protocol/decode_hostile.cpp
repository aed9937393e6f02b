// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given a frame that is not a message, decode() reports what is wrong, whatever a peer sends.

#include "protocol/decode.h"

#include <iterator>

#include "protocol/decoded.h"
#include "protocol/samples.h"
#include "protocol/text.h"

using namespace assemblyai;

namespace {

void expect_refused(const std::string &frame, const char *detail, const DecodeLimits &limits = {}) {
  const Result<ServerMessage> result = decode(frame, limits);
  fail_if(static_cast<bool>(result), "accepted: %s", frame.substr(0, 200).c_str());
  const Failure &failure = result.failure();
  fail_unless(failure.kind == FailureKind::kProtocol);
  fail_unless(failure.retry == Retry::kBackOff);
  fail_if(failure.message.empty());
  fail_unless(failure.detail.find(detail) != std::string::npos, "%s: got '%s', expected '%s'",
              frame.substr(0, 200).c_str(), failure.detail.c_str(), detail);
  fail_unless(failure.detail.size() < 400, "%s", failure.detail.c_str());
}

bool all_strings_valid(const ServerMessage &message) {
  const auto valid = [](const std::string &text) {
    return text.empty() || g_utf8_validate_len(text.data(), text.size(), nullptr);
  };
  if (const auto *turn = std::get_if<Turn>(&message)) {
    for (const Word &word : turn->words) {
      const bool is_backwards = word.end != kUnknownTime && word.end < word.start;
      if (!valid(word.text) || !valid(word.speaker) || is_backwards)
        return false;
    }
    return valid(turn->transcript) && valid(turn->utterance) && valid(turn->error);
  }
  if (const auto *error = std::get_if<ServerError>(&message))
    return valid(error->text);
  if (const auto *unknown = std::get_if<UnknownMessage>(&message))
    return valid(unknown->type);
  return true;
}

}  // namespace

namespace {

struct RefusedCase {
  const char *frame;
  const char *detail;
};

}  // namespace

static const RefusedCase kRefused[] = {
    {"", "ends early"},
    {" \n ", "ends early"},
    {"null", "not a JSON object"},
    {"5", "not a JSON object"},
    {"\"Turn\"", "not a JSON object"},
    {"[]", "not a JSON object"},
    {"<html>Bad gateway</html>", "not a JSON object or array: <html>Bad gateway</html>"},
    {"{", "ends early"},
    {"}", "not a JSON object"},
    {"{\"type\":\"Turn\"", "ends early"},
    {"{\"type\":\"Turn", "unterminated string"},
    {"{\"type\":\"Turn\\", "unterminated string"},
    {"{\"type\":\"Turn\\\"", "unterminated string"},
    {"{\"type\":\"Silence\"]", "arse error"},
    {"{\"type\" \"Silence\"}", "arse error"},
    {"{\"a\":1}{\"b\":2}", "something follows"},
    {"{\"a\":1} x", "something follows"},
    {"var x = {\"a\":1}", "not a JSON object"},
    {"/* \" */ {}", "not a JSON object"},
    {"{/* \" */}", "unexpected character"},
    {"{'type':'Silence'}", "unexpected character"},
    {"{\"a\":$1}", "unexpected character"},
    {"{\"a\":nan}", "arse error"},
    {"{\"a\":NaNs}", "arse error"},
    {"{\"a\":+Infinity}", "unexpected character"},
    {"{\"a\":1.2.3}", "arse error"},
    {"{\"a\":1e}", "arse error"},
    {"{\"a\":\"\\x41\"}", "unknown escape"},
    {"{\"a\":\"\\101\"}", "unknown escape"},
    {"{\"a\":\"\\u12\"}", "broken \\u escape"},
    {"{\"a\":\"\\u12G4\"}", "broken \\u escape"},
    {"{}", "without a type"},
    {"{\"type\":null}", "without a type"},
    {"{\"type\":7}", "without a type"},
    {"{\"error\":null}", "without a type"},
    {R"({"type":"Turn"})", "Turn with neither text nor turn_order"},
    {R"({"type":"Turn","turn_order":"one","end_of_turn":1,"transcript":null,"words":{}})",
     "neither text nor turn_order"},
    {R"({"type":"Turn","turn_order":-1,"end_of_turn":true,"transcript":" ","words":[7,null,{}]})",
     "neither text nor turn_order"},
    {R"({"transcript":"who am I?"})", "without a type"},
    {R"({"type":"Silence","start_ms":1})", "Silence with no usable start_ms and end_ms"},
    {R"({"type":"Silence","end_ms":1})", "no usable start_ms and end_ms"},
    {R"({"type":"Silence","start_ms":-1,"end_ms":1})", "no usable start_ms and end_ms"},
    {R"({"type":"SpeakerRevision"})", "SpeakerRevision with no usable revisions"},
    {R"({"type":"SpeakerRevision","revisions":{}})", "no usable revisions"},
    {R"({"type":"SpeakerRevision","revisions":[{"words":[]},7]})", "no usable revisions"},
};

GST_START_TEST(test_unusable_frames_are_refused) {
  expect_refused(kRefused[__i__].frame, kRefused[__i__].detail);
}
GST_END_TEST

GST_START_TEST(test_size_is_limited) {
  const std::string frame = sample("turn_pro_final");
  DecodeLimits limits;
  limits.max_bytes = frame.size();
  fail_unless(static_cast<bool>(decode(frame, limits)));
  limits.max_bytes = frame.size() - 1;
  expect_refused(frame, "longer than", limits);
}
GST_END_TEST

static std::string nested(std::size_t depth, const char *open, const char *close) {
  std::string frame = "{\"type\":\"New\",\"a\":";
  for (std::size_t i = 1; i < depth; ++i)
    frame += open;
  frame += "0";
  for (std::size_t i = 1; i < depth; ++i)
    frame += close;
  return frame + "}";
}

GST_START_TEST(test_depth_is_limited) {
  decoded<UnknownMessage>(nested(32, "[", "]"));
  expect_refused(nested(33, "[", "]"), "nested too deeply");
  expect_refused(nested(33, "{\"a\":", "}"), "nested too deeply");
  expect_refused(nested(100000, "[", "]"), "nested too deeply");
  expect_refused(std::string(100000, '['), "nested too deeply");
  expect_refused(std::string(100000, '{'), "nested too deeply");
}
GST_END_TEST

// json-glib 1.6 swallows the quote after a lone surrogate, so that text which
// looks like a string to a scanner is structure to its recursive parser.
GST_START_TEST(test_depth_cannot_be_hidden_in_a_string) {
  const std::string deep(100000, '[');
  const auto turn = decoded<Turn>(
      turn_with("\"transcript\":\"\\ud800\",\"utterance\":\" \",\"new\":\"," + deep + "\""));
  expect_string(turn.transcript, "\uFFFD");
  expect_refused("{\"a\":\"\\ud800\" \"" + deep + "\"}", "arse error");
}
GST_END_TEST

GST_START_TEST(test_number_of_words_is_limited) {
  const auto frame = [](std::size_t count) {
    std::string words;
    for (std::size_t i = 0; i < count; ++i)
      words += std::string(i > 0 ? "," : "") +
               R"({"text":"x","start":1,"end":2,"confidence":1,"word_is_final":true,)"
               R"("speaker":"A","speaker_confidence":1})";
    return turn_with("\"words\":[" + words + "]");
  };
  fail_unless_equals_uint64(decoded<Turn>(frame(100000)).words.size(), 100000);
  expect_refused(frame(100001), "Turn with too many words");
}
GST_END_TEST

// json-glib searches all members for a duplicate, and its hash of names collides easily.
GST_START_TEST(test_members_are_limited) {
  const auto object = [](std::size_t count) {
    std::string members;
    for (std::size_t i = 0; i < count; ++i)
      members += ",\"k" + std::to_string(i) + "\":{\"k\":[0]}";
    return R"({"type":"New")" + members + "}";
  };
  decoded<UnknownMessage>(object(255));
  expect_refused(object(256), "too many members");
  std::string again = R"({"type":"New")";
  while (again.size() < (1U << 20U))
    again += R"(,"type":"New")";
  expect_refused(again + "}", "too many members");
}
GST_END_TEST

// Each of them costs much more memory than text.
GST_START_TEST(test_values_are_limited) {
  const auto array = [](std::size_t count, std::string_view value) {
    std::string values;
    for (std::size_t i = 0; i < count; ++i)
      (values += value) += ',';
    return R"({"type":"New","a":[)" + values + "0]}";
  };
  decoded<UnknownMessage>(array(999998, "1"));
  expect_refused(array(1000000, "1"), "too many values");
  decoded<UnknownMessage>(array(199998, "{}"));
  expect_refused(array(199999, "{}"), "too many objects");
  expect_refused(array(199999, "[]"), "too many objects");
}
GST_END_TEST

// Names and explanations cannot control a terminal; recognized speech stays unchanged.
GST_START_TEST(test_texts_other_than_speech_are_printable) {
  constexpr char kBad[] = "\"\\u001b[2J\\u202eab\\u2066\\u0007\\n\\ufffe c\"";
  constexpr char kGood[] = "[2J ab c";
  const auto with = [&](std::string frame) {
    for (std::size_t at = frame.find('?'); at != frame.npos; at = frame.find('?'))
      frame.replace(at, 1, kBad);
    return frame;
  };
  const auto begin =
      decoded<Begin>(with(R"({"type":"Begin","id":?,"configuration":{"model":?,"mode":?}})"));
  expect_string(begin.id, kGood);
  expect_string(begin.configuration.model, kGood);
  expect_string(begin.configuration.mode, kGood);
  const auto turn = decoded<Turn>(
      with(turn_with(R"("transcript":?,"language_code":?,"speaker_label":?,"error":?,)"
                     R"("words":[{"text":?,"start":1,"end":2,"speaker":?}])")));
  const std::string said = "\x1b[2J\u202eab\u2066\a\n\ufffe c";
  expect_string(turn.transcript, said);
  expect_string(turn.words[0].text, said);
  expect_string(turn.words[0].speaker, kGood);
  expect_string(turn.language_code, kGood);
  expect_string(turn.speaker_label, kGood);
  expect_string(turn.error, kGood);
  expect_string(decoded<ServerError>(with(R"({"type":"Error","error":?})")).text, kGood);
  expect_string(decoded<Warning>(with(R"({"type":"Warning","warning":?})")).text, kGood);
}
GST_END_TEST

GST_START_TEST(test_texts_other_than_speech_are_short) {
  const std::string text = "\"" + std::string(1U << 20U, 'x') + "\"";
  const auto limit = [](std::size_t count) { return std::string(count, 'x') + "…"; };
  expect_string(decoded<Begin>(R"({"type":"Begin","id":)" + text + "}").id, limit(100));
  expect_string(decoded<Turn>(turn_with("\"speaker_label\":" + text)).speaker_label, limit(100));
  expect_string(decoded<Turn>(turn_with("\"error\":" + text)).error, limit(kMaxExplanation));
  expect_string(decoded<Warning>(R"({"type":"Warning","warning":)" + text + "}").text,
                limit(kMaxExplanation));
  expect_string(decoded<ServerError>(R"({"type":"Error","error":{"a":)" + text + "}}").text,
                "{\"a\":\"" + limit(kMaxExplanation - 6));
}
GST_END_TEST

// Every prefix of a sample is refused; so the parser never reads past the end.
GST_START_TEST(test_truncated_frames_are_refused) {
  const std::string name = kSamples[__i__];
  const std::string frame = sample(name);
  const std::size_t length = frame.rfind('}') + 1;
  fail_unless(static_cast<bool>(decode(frame.substr(0, length))), "%s", name.c_str());
  for (std::size_t cut = 0; cut < length; ++cut) {
    const std::string exact = frame.substr(0, cut);
    fail_if(static_cast<bool>(decode(exact)), "%s cut to %zu bytes", name.c_str(), cut);
  }
}
GST_END_TEST

// Whatever a byte is replaced with, the result is a valid message or a failure.
GST_START_TEST(test_damaged_frames_yield_valid_text) {
  static constexpr std::string_view kBytes("\0\"\\{}[]:,-0e.u\n/'\x7f\x80\xc3\xed\xff", 22);
  const std::string original = sample(kSamples[__i__]);
  GRand *random = g_rand_new_with_seed(4711);
  for (int round = 0; round < 2000; ++round) {
    std::string frame = original;
    for (int hit = g_rand_int_range(random, 1, 4); hit > 0; --hit) {
      const auto at =
          static_cast<std::size_t>(g_rand_int_range(random, 0, static_cast<gint32>(frame.size())));
      frame[at] = kBytes[static_cast<std::size_t>(
          g_rand_int_range(random, 0, static_cast<gint32>(kBytes.size())))];
    }
    const Result<ServerMessage> result = decode(frame);
    if (result)
      fail_unless(all_strings_valid(*result), "%s", frame.c_str());
    else
      fail_unless(result.failure().kind == FailureKind::kProtocol);
  }
  g_rand_free(random);
}
GST_END_TEST

static Suite *decode_hostile_suite() {
  Suite *suite = suite_create("decode_hostile");
  TCase *hostile = tcase_create("hostile");
  suite_add_tcase(suite, hostile);
  tcase_set_timeout(hostile, 60);
  tcase_add_loop_test(hostile, test_unusable_frames_are_refused, 0, std::ssize(kRefused));
  tcase_add_test(hostile, test_size_is_limited);
  tcase_add_test(hostile, test_depth_is_limited);
  tcase_add_test(hostile, test_depth_cannot_be_hidden_in_a_string);
  tcase_add_test(hostile, test_number_of_words_is_limited);
  tcase_add_test(hostile, test_members_are_limited);
  tcase_add_test(hostile, test_values_are_limited);
  tcase_add_test(hostile, test_texts_other_than_speech_are_printable);
  tcase_add_test(hostile, test_texts_other_than_speech_are_short);
  tcase_add_loop_test(hostile, test_truncated_frames_are_refused, 0, std::ssize(kSamples));
  tcase_add_loop_test(hostile, test_damaged_frames_yield_valid_text, 0, std::ssize(kSamples));
  return suite;
}

CHECK_SUITE(decode_hostile);

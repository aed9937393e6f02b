// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A client of the simulated service. It sends the talk in real time and keeps the messages that it
// receives.

#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "json.h"
#include "support/check.h"
#include "support/simulated_service.h"
#include "talk.h"

namespace testing {

using namespace std::chrono_literals;
using assemblyai::ManualLoop;
using assemblyai::TransportEnd;

inline bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

struct Heard {
  std::string text;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
};

class Client final : private assemblyai::TransportObserver {
 public:
  explicit Client(SimulatedBehaviour behaviour = {}, const std::string &query = {})
      : service_(loop_, std::move(behaviour)) {
    target_.request.url = assemblyai::Secret("ws://localhost/v3/ws?" + query);
    connect();
  }

  void connect() {
    transport_ = service_.factory()(*this, {.keepalive_interval = 5s});
    transport_->open(target_);
  }
  void begin() {
    loop_->advance(1s);
    fail_unless_equals_int(count("Begin"), 1);
  }
  // Continues at the current position of the talk; audio that the network does not accept is left
  // out.
  void talk(nanoseconds duration) {
    for (const nanoseconds end = loop_->now() + duration; loop_->now() < end;) {
      const std::vector<std::uint8_t> bytes = testserver::coded_bytes(talk_ms_, talk_ms_ + 50);
      talk_ms_ += 50;
      if (transport_ && transport_->writable())
        transport_->send_binary(std::as_bytes(std::span(bytes)));
      loop_->advance(50ms);
    }
  }
  void send(std::size_t bytes) { transport_->send_binary(std::vector<std::byte>(bytes)); }
  void say(const std::string &text) { transport_->send_text(text); }
  void terminate() { say(R"({"type":"Terminate"})"); }
  void inject(const Fault &fault) { service_.inject(fault); }
  void wait(nanoseconds duration) { loop_->advance(duration); }
  void hang_up() { transport_.reset(); }

  int count(const std::string &type) const {
    const std::string field = "\"type\":\"" + type + '"';
    return static_cast<int>(std::count_if(texts.begin(), texts.end(),
                                          [&](const auto &text) { return has(text, field); }));
  }
  // The words of the final turns.
  std::vector<Heard> heard() const {
    std::vector<Heard> words;
    for (const std::string &text : texts) {
      testserver::JsonText json;
      if (!has(text, "\"end_of_turn\":true") || !json.parse(text))
        continue;
      JsonArray *array = testserver::json_array(json.object(), "words");
      for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonObject *word = json_array_get_object_element(array, i);
        words.push_back({testserver::json_string(word, "text"),
                         testserver::json_integer(word, "start", -1),
                         testserver::json_integer(word, "end", -1)});
      }
    }
    return words;
  }
  void check_heard(std::int64_t duration_ms) const {
    const std::vector<std::string> expected = testserver::expected_words(duration_ms, true);
    const std::vector<Heard> words = heard();
    fail_unless_equals_uint64(words.size(), expected.size());
    for (std::size_t i = 0; i < words.size(); i++)
      fail_unless_equals_text(words[i].text, expected[i]);
  }
  void check_ended(unsigned code) const {
    fail_unless_equals_uint64(ends.size(), 1);
    fail_unless_equals_int(static_cast<int>(ends[0].close_code), static_cast<int>(code));
    fail_unless_equals_int(static_cast<int>(counters().open), 0);
  }
  const SimulatedCounters &counters() const { return service_.counters(); }
  const std::vector<std::string> &faults() const { return service_.faults(); }
  SimulatedService &service() { return service_; }
  assemblyai::Transport &transport() { return *transport_; }

  std::vector<std::string> texts;
  std::vector<TransportEnd> ends;
  int pongs = 0;
  int writables = 0;
  std::function<void()> when_text;

 private:
  void on_opened() override {}
  void on_text(std::string_view text) override {
    texts.emplace_back(text);
    if (when_text)
      when_text();
  }
  void on_alive() override { pongs++; }
  void on_writable() override { writables++; }
  void on_ended(TransportEnd end) override { ends.push_back(std::move(end)); }

  std::shared_ptr<ManualLoop> loop_ = std::make_shared<ManualLoop>();
  SimulatedService service_;
  assemblyai::ConnectionInfo target_;
  std::unique_ptr<assemblyai::Transport> transport_;
  std::int64_t talk_ms_ = 0;
};

}  // namespace testing

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A pipeline with the element in it, against a local server in this process.

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server.h"
#include "support/check.h"

namespace testing {

using std::chrono::milliseconds;

inline constexpr milliseconds kDeadline{20000 * kSlowness};
// Looks like a real key and occurs nowhere else.
inline constexpr char kKey[] = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

std::unique_ptr<testserver::Server> start_server(testserver::Options options = {});

// A server that decodes the words from the samples of the talk.
testserver::Options coded_talk();

// Waits until the condition holds, by polling. Fails the test at the deadline.
void poll_until(const std::function<bool()> &condition);

// Waits until every session that the server has seen is closed.
void wait_all_closed(testserver::Server &server);

// A live source, as the first part of a pipeline.
inline constexpr char kLive[] =
    "audiotestsrc is-live=true samplesperbuffer=800 ! audio/x-raw,rate=16000 ! ";

struct StructureDeleter {
  void operator()(GstStructure *structure) const { gst_structure_free(structure); }
};
using Structure = std::unique_ptr<GstStructure, StructureDeleter>;

// The talk's audio as a WAV file that is deleted with this object.
class TalkFile {
 public:
  explicit TalkFile(milliseconds duration);
  TalkFile(const TalkFile &) = delete;
  TalkFile &operator=(const TalkFile &) = delete;
  ~TalkFile();
  const std::string &path() const { return path_; }

 private:
  std::string path_;
};

// The messages of the bus, in order.
struct Heard {
  std::vector<Structure> elements;  // element messages
  std::vector<std::string> errors;  // the user's text
  std::vector<GError *> error_codes;
  std::vector<std::string> debugs;
  std::vector<Structure> error_details;
  std::vector<std::string> warnings;
  std::vector<GError *> warning_codes;
  std::vector<Structure> warning_details;
  bool eos = false;
  // Position of EOS among the element messages: how many came before it.
  std::size_t elements_before_eos = 0;
};

struct HeardWord {
  std::string text;
  GstClockTime start;
  GstClockTime end;
};

class Pipeline {
 public:
  // The description of a pipeline; the element in it is named "sink".
  explicit Pipeline(const std::string &description);
  Pipeline(const Pipeline &) = delete;
  Pipeline &operator=(const Pipeline &) = delete;
  ~Pipeline();

  GstElement *element() const { return pipeline_; }
  GstElement *sink() const { return sink_; }
  void set_state(GstState state);
  void wait_for_state(GstState state);

  // Reads the bus until the condition holds. Fails the test at the deadline.
  void wait_for(const std::function<bool(const Heard &)> &condition,
                milliseconds deadline = kDeadline);
  void wait_for_eos() {
    wait_for([](const Heard &heard) { return heard.eos; });
  }
  void wait_for_error() {
    wait_for([](const Heard &heard) { return !heard.errors.empty(); });
  }
  void wait_for_element_message(const char *name);
  // Handles the messages that are on the bus now.
  void drain_bus();
  // Reads the bus for a while: for variety, not to wait for a condition.
  void dwell(std::chrono::microseconds duration);

  const Heard &heard() const { return heard_; }
  // The element messages of this name.
  std::vector<const GstStructure *> messages(const char *name) const;
  // The text of all final turns.
  std::string transcript() const;
  // The words of all final turns.
  std::vector<HeardWord> words() const;
  Structure stats() const;
  guint64 stat(const char *field) const;

 private:
  void take(GstMessage *message);

  GstElement *pipeline_;
  GstElement *sink_;
  GstBus *bus_;
  Heard heard_;
};

// The sink's launch text with endpoint and key.
std::string sink_text(const testserver::Server &server, const std::string &properties = "");

// "filesrc ! wavparse ! convert ! sink", as in the README.
std::string file_pipeline(const TalkFile &file, const testserver::Server &server,
                          const std::string &properties = "");

// The talk's words up to a duration, joined by spaces.
std::string talk_text(milliseconds duration);

// The words are those of the talk from its beginning, each at its time plus an offset, with the
// tolerance of a chunk.
void assert_word_times(const Pipeline &pipeline, GstClockTimeDiff offset);

// The bytes of the talk's audio.
std::vector<std::uint8_t> talk_bytes(milliseconds duration);

// The server has received these bytes, each once and in order, in messages of message_bytes,
// followed only by silence to fill the last message.
void assert_received(const testserver::ReceivedSession &session,
                     const std::vector<std::uint8_t> &audio, std::size_t message_bytes = 1600);

std::string string_field(const GstStructure *structure, const char *field);
guint64 time_field(const GstStructure *structure, const char *field);
// running-time and duration.
guint64 end_time(const GstStructure *structure);
bool bool_field(const GstStructure *structure, const char *field);

}  // namespace testing

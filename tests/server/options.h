// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// How the local server behaves. Every field has a default, so a test names
// only what it is about.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace testserver {

using Milliseconds = std::chrono::milliseconds;

enum class EngineKind {
  script,        // the scenario, or the built-in talk, by audio position
  coded,         // words read from the samples made by coded_audio(): follows the content
  pocketsphinx,  // real recognition
};

enum class Tls { off, good, unknown_issuer, expired, wrong_host };

// What ends a turn. `derived` follows the model and format_turns; the others override it.
enum class Finals { derived, single, classical, unformatted };

// What times words of Universal-3 get.
enum class WordTimes {
  acoustic,  // when they were said
  spread,    // in proportion to their characters, from the turn's begin to shortly before now
};

// What the client's Terminate gets.
enum class TerminateAnswer {
  normal,      // remaining turns, Termination, close 1000
  close_only,  // remaining turns, close 1000
  silent,      // nothing, for ever
};

// A moment of a session at which it can be held (see Server::release).
enum class Moment {
  none,
  upgraded,           // before Begin
  partial,            // a Turn that goes on was sent
  unformatted_final,  // the final was sent, its formatted form was not
  final,              // the final formatted Turn was sent
  terminate,          // Terminate has come, and nothing was said to it
};

// An answer given in place of the WebSocket upgrade (or of the token, or of health).
struct HttpAnswer {
  unsigned status = 0;  // 0 = no override
  std::map<std::string, std::string> headers;
  std::string body;
  unsigned times = 0;  // how often; 0 = always
  bool hang = false;   // accept the request and never answer; status is not looked at
};

// An accepted upgrade that is refused in band: Error frame, then close with the same code.
struct Refusal {
  unsigned code = 0;  // 0 = none
  std::string text;
  unsigned times = 0;  // how often; 0 = always
};

struct Options {
  std::uint16_t port = 0;  // 0 = any free one
  Tls tls = Tls::off;
  // A directory with server.pem, server-key.pem and ca.pem to use in place of the built-in ones.
  std::string tls_directory;
  bool proxied = false;                // clients reach the server through a TcpProxy
  std::size_t proxy_buffer_bytes = 0;  // SO_RCVBUF and SO_SNDBUF of the proxy; 0 = the system's

  // Who may come in. Empty accepts every non-empty raw key.
  std::string api_key;
  Refusal refusal;
  HttpAnswer handshake;
  HttpAnswer token_answer;
  bool single_use_tokens = false;
  unsigned max_open_sessions = 0;  // more give 3009; 0 = no limit
  bool require_speech_model = false;

  // Audio rules.
  bool check_chunks = true;    // the 50..1000 ms rule at all
  bool strict_chunks = false;  // at the first violation, not after a second of short ones
  std::optional<double> max_ahead_seconds;  // audio ahead of real time before 3007
  double real_time = 1;                     // seconds of audio in a second, for that

  // Session life.
  Milliseconds begin_delay{0};
  bool never_begin = false;
  Milliseconds max_session{3 * 3600 * 1000};
  std::optional<Milliseconds> announced_session;  // what Begin.expires_at says, if different
  TerminateAnswer terminate_answer = TerminateAnswer::normal;
  Milliseconds terminate_delay{0};        // before the first answer to Terminate
  Milliseconds heartbeat_interval{5000};  // with session_heartbeat
  Milliseconds inactivity_second{1000};   // how long a second of inactivity_timeout lasts

  // The session stands still when it comes to this moment for the nth time.
  Moment hold_at = Moment::none;
  unsigned hold_count = 1;

  // Turns.
  Finals finals = Finals::derived;
  bool partials_formatted = true;  // turn_is_formatted on partials of the U3 Pro family
  WordTimes word_times = WordTimes::acoustic;
  Milliseconds partial_interval{0};  // of audio, at least between two partials of a turn
  bool empty_final = true;           // the empty final on Terminate (Universal-Streaming)
  bool duplicate_turns = false;      // every Turn frame twice
  bool late_formatted = false;       // classical: formatted final after the next turn began
  bool split_messages = false;       // every text message in several WebSocket fragments

  // What is heard.
  EngineKind engine = EngineKind::script;
  std::string scenario;  // JSON text; empty = the built-in endless talk
  std::string default_model = "universal-3-5-pro";

  bool keep_audio = true;  // off for long runs: ReceivedSession::audio stays empty

  // Called on the server's thread; must not call back into the server. A line never holds a key or
  // a token. `detail` is what comes many times a second.
  std::function<void(const std::string &line, bool detail)> log;
};

}  // namespace testserver

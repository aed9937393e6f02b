// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "console.h"

#include <glib.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "command.h"

namespace testserver {

namespace {

const char kMoreHelp[] =
    "\n"
    "hang [off]               accept connections and forward nothing\n"
    "refuse [off]             refuse connections\n"
    "delay MS                 hold back everything, both ways\n"
    "fragment BYTES           pass on to clients in pieces (0 = off)\n"
    "cut-after BYTES          drop a connection after so much to the client (0 = off)\n"
    "drop-tcp, reset-tcp      end every connection below TLS\n"
    "http STATUS [TIMES]      answer handshakes with an HTTP status (0 = off)\n"
    "refuse-session CODE TEXT answer the next session with an Error\n"
    "begin-delay MS           for sessions to come\n"
    "hold MOMENT [N]          sessions to come stand still at the nth upgraded, partial,\n"
    "                         unformatted-final, final or terminate, until \"release\" (none = "
    "off)\n"
    "session N                commands go to this session (-1 = the newest)\n"
    "status                   the sessions so far\n"
    "quit\n";

constexpr std::pair<std::string_view, Moment> kMoments[] = {
    {"none", Moment::none},       {"upgraded", Moment::upgraded},
    {"partial", Moment::partial}, {"unformatted-final", Moment::unformatted_final},
    {"final", Moment::final},     {"terminate", Moment::terminate},
};

std::int64_t number(const std::string &text) {
  return g_ascii_strtoll(text.c_str(), nullptr, 10);
}

std::string after_word(const std::string &text) {
  std::size_t space = text.find(' ');
  return space == std::string::npos ? std::string() : text.substr(space + 1);
}

}  // namespace

std::string Console::run(const std::string &line) {
  std::string word = line.substr(0, line.find(' '));
  return word.empty() ? std::string() : run_word(word, after_word(line));
}

std::string Console::run_word(const std::string &word, const std::string &rest) {
  if (word == "help")
    return std::string(command_help()) + kMoreHelp;
  if (word == "status")
    return status();
  if (word == "quit") {
    quit_ = true;
    return {};
  }
  if (word == "session") {
    session_ = static_cast<int>(number(rest));
    return "ok\n";
  }
  if (change_proxy(word, rest) || change_options(word, rest))
    return "ok\n";
  if (!parse_command(word + " " + rest))
    return "not understood; try \"help\"\n";
  return server_->command(word + " " + rest, session_) ? "ok\n" : "no such session is open\n";
}

bool Console::change_proxy(const std::string &word, const std::string &rest) {
  TcpProxy *proxy = server_->proxy();
  if (proxy == nullptr)
    return false;
  if (word == "hang")
    proxy->hang(rest != "off");
  else if (word == "refuse")
    proxy->refuse(rest != "off");
  else if (word == "delay")
    proxy->delay(Milliseconds(CLAMP(number(rest), 0, 3600000)));
  else if (word == "fragment")
    proxy->fragment(static_cast<std::size_t>(MAX(number(rest), 0)));
  else if (word == "cut-after")
    proxy->cut_after(static_cast<std::uint64_t>(MAX(number(rest), 0)));
  else if (word == "drop-tcp")
    proxy->drop();
  else if (word == "reset-tcp")
    proxy->reset();
  else
    return false;
  return true;
}

bool Console::change_options(const std::string &word, const std::string &rest) {
  std::int64_t value = number(rest);
  std::string more = after_word(rest);
  if (word == "http" && (value == 0 || (value >= 100 && value <= 999))) {
    server_->change([&](Options &options) {
      options.handshake.status = static_cast<unsigned>(value);
      options.handshake.times = static_cast<unsigned>(MAX(number(more), 0));
    });
    return true;
  }
  if (word == "refuse-session" && value > 0) {
    server_->change([&](Options &options) {
      options.refusal = {static_cast<unsigned>(value), more, 1};
    });
    return true;
  }
  if (word == "hold") {
    const std::string name = rest.substr(0, rest.find(' '));
    const auto *moment = std::find_if(std::begin(kMoments), std::end(kMoments),
                                      [&](const auto &known) { return name == known.first; });
    if (moment == std::end(kMoments))
      return false;
    const auto count = static_cast<unsigned>(MAX(number(more), 1));
    server_->change([&](Options &options) {
      options.hold_at = moment->second;
      options.hold_count = count;
    });
    return true;
  }
  if (word == "begin-delay" && value >= 0) {
    server_->change([&](Options &options) { options.begin_delay = Milliseconds(value); });
    return true;
  }
  return false;
}

std::string Console::status() const {
  std::size_t count = server_->session_count(), closed = 0, terminated = 0;
  std::string lines;
  for (std::size_t i = 0; i < count; i++) {
    server_->inspect(i, [&](const ReceivedSession &session) {
      closed += session.closed;
      terminated += session.terminated;
      lines += "session " + std::to_string(i) + ": " + std::to_string(session.audio_bytes) +
               " bytes of audio, " + (session.closed ? "closed" : "open") + "\n";
    });
  }
  return std::to_string(count) + " sessions: " + std::to_string(server_->open_sessions()) +
         " open, " + std::to_string(closed) + " closed, " + std::to_string(terminated) +
         " terminated\n" + lines;
}

}  // namespace testserver

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "command.h"

#include <glib.h>

#include <algorithm>
#include <cstring>

namespace testserver {

namespace {

using Kind = Command::Kind;

enum class Arguments { none, text, code_and_text, on_off };

struct Word {
  const char *name;
  Kind kind;
  Arguments arguments;
};

constexpr Word kWords[] = {
    {"close", Kind::close, Arguments::code_and_text},
    {"error", Kind::fail, Arguments::code_and_text},
    {"warning", Kind::warning, Arguments::code_and_text},
    {"drop", Kind::drop, Arguments::none},
    {"reset", Kind::reset, Arguments::none},
    {"text", Kind::text, Arguments::text},
    {"binary", Kind::binary, Arguments::text},
    {"fragmented", Kind::fragmented, Arguments::code_and_text},
    {"raw", Kind::raw, Arguments::text},
    {"garbage", Kind::garbage, Arguments::text},
    {"ping", Kind::ping, Arguments::none},
    {"mute", Kind::mute, Arguments::none},
    {"duplicate", Kind::duplicate, Arguments::none},
    {"swap", Kind::swap, Arguments::none},
    {"force-endpoint", Kind::force_endpoint, Arguments::none},
    {"release", Kind::release, Arguments::none},
    {"stall-read", Kind::stall_reading, Arguments::on_off},
    {"stall-write", Kind::stall_writing, Arguments::on_off},
};

const Word *find_word(const std::string &name) {
  for (const Word &word : kWords) {
    if (name == word.name)
      return &word;
  }
  return nullptr;
}

// Cuts the first word off.
std::string take_word(std::string_view *rest) {
  std::size_t start = rest->find_first_not_of(" \t");
  if (start == std::string_view::npos)
    start = rest->size();
  std::size_t end = rest->find_first_of(" \t", start);
  if (end == std::string_view::npos)
    end = rest->size();
  std::string word(rest->substr(start, end - start));
  rest->remove_prefix(std::min(rest->size(), end + 1));
  return word;
}

std::optional<Command> checked(Command command) {
  return command.kind == Kind::garbage ? garbage(command.text) : command;
}

}  // namespace

std::optional<Command> parse_command(std::string_view line) {
  std::string name = take_word(&line);
  const Word *word = find_word(name);
  if (word == nullptr)
    return std::nullopt;
  Command command{word->kind, 0, {}};
  if (word->arguments == Arguments::code_and_text) {
    guint64 code = 0;
    std::string digits = take_word(&line);
    if (g_ascii_string_to_unsigned(digits.c_str(), 10, 0, 65535, &code, nullptr) == FALSE)
      return std::nullopt;
    command.code = static_cast<unsigned>(code);
  }
  if (word->arguments == Arguments::on_off)
    command.code = take_word(&line) == "off" ? 0 : 1;
  if (word->arguments == Arguments::text || word->arguments == Arguments::code_and_text)
    command.text = line;
  return checked(std::move(command));
}

std::optional<Command> parse_command(JsonObject *step) {
  const Word *word = find_word(json_string(step, "do"));
  if (word == nullptr)
    return std::nullopt;
  Command command{word->kind, 0, json_string(step, "text")};
  std::int64_t code = json_integer(step, "code", word->arguments == Arguments::on_off ? 1 : 0);
  if (code < 0 || code > 65535)
    return std::nullopt;
  command.code = static_cast<unsigned>(code);
  if (json_object_has_member(step, "message") != FALSE)
    command.text = json_print(json_object_get_member(step, "message"));
  return checked(std::move(command));
}

std::optional<Command> garbage(const std::string &name) {
  if (name == "not-json")
    return Command{Kind::text, 0, "this is no JSON"};
  if (name == "array")
    return Command{Kind::text, 0, "[]"};
  if (name == "truncated")
    return Command{Kind::text, 0, R"({"turn_order":0,"turn_is_formatted":true,"end_of)"};
  if (name == "binary")
    return Command{Kind::binary, 0, std::string("\0\1\2\3", 4)};
  if (name == "unknown-type")
    return Command{Kind::text, 0, R"({"type":"Novelty","value":[1,{"a":null}]})"};
  if (name == "no-type")
    return Command{Kind::text, 0, R"({"transcript":"who am I?"})"};
  if (name == "bad-turn")
    return Command{Kind::text, 0,
                   R"({"turn_order":"one","end_of_turn":1,"transcript":null,"words":{},)"
                   R"("type":"Turn"})"};
  if (name == "huge")
    return Command{Kind::text, 0,
                   R"({"type":"Novelty","value":")" + std::string(1 << 20, 'x') + "\"}"};
  if (name == "deep")
    return Command{
        Kind::text, 0,
        R"({"type":"Turn","words":)" + std::string(100000, '[') + std::string(100000, ']') + "}"};
  return std::nullopt;
}

const char *command_help() {
  return "close CODE [REASON]      close frame\n"
         "error CODE TEXT          Error message, then close with the same code\n"
         "warning CODE TEXT        Warning message\n"
         "drop                     TCP FIN without a closing handshake\n"
         "reset                    TCP RST\n"
         "text JSON                send a text message\n"
         "binary BYTES             send a binary message\n"
         "fragmented N JSON        send a text message in N fragments\n"
         "raw BYTES                write below the WebSocket framing\n"
         "garbage NAME             not-json, array, truncated, binary, unknown-type, no-type,\n"
         "                         bad-turn, huge, deep\n"
         "ping                     WebSocket ping\n"
         "mute                     send nothing any more\n"
         "duplicate                send the next Turn twice\n"
         "swap                     send the next Turn after the one behind it\n"
         "force-endpoint           end the turn now\n"
         "release                  go on after \"hold\"\n"
         "stall-read [off]         stop reading what clients send (needs the proxy)\n"
         "stall-write [off]        stop sending to clients (needs the proxy)\n";
}

}  // namespace testserver

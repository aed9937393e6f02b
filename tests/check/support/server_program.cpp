// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/server_program.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <utility>

#include "support/check.h"
#include "support/pipeline.h"

namespace testing {

namespace {

// A shortage of resources in this process does not affect the server.
void lift_limit(gpointer) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace

ServerProgram::ServerProgram(const std::vector<std::string> &options) : options_(options) {
  start(options);
}

void ServerProgram::start(const std::vector<std::string> &options) {
  std::vector<gchar *> argv{const_cast<gchar *>(g_getenv("TEST_SERVER")),
                            const_cast<gchar *>("--commands")};
  for (const std::string &option : options)
    argv.push_back(const_cast<gchar *>(option.c_str()));
  argv.push_back(nullptr);
  constexpr auto kFlags =
      static_cast<GSpawnFlags>(G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL);
  int input = -1;
  int output = -1;
  GError *error = nullptr;
  fail_unless(g_spawn_async_with_pipes(nullptr, argv.data(), nullptr, kFlags, lift_limit, nullptr,
                                       &pid_, &input, &output, nullptr, &error),
              "%s", error != nullptr ? error->message : "");
  input_ = fdopen(input, "w");
  output_ = fdopen(output, "r");
  const std::string ready = read();
  endpoint_ = ready.substr(ready.rfind(' ') + 1);
}

void ServerProgram::restart() {
  const std::size_t port = endpoint_.find_last_of(':') + 1;
  std::vector<std::string> options = options_;
  options.push_back("--port=" + endpoint_.substr(port, endpoint_.find('/', port) - port));
  start(options);
}

void ServerProgram::kill() {
  ::kill(pid_, SIGKILL);
  fclose(input_);
  fclose(output_);
  waitpid(std::exchange(pid_, 0), nullptr, 0);
}

ServerProgram::~ServerProgram() {
  if (pid_ == 0)
    return;
  write("quit");
  fclose(input_);
  fclose(output_);
  waitpid(pid_, nullptr, 0);
}

void ServerProgram::write(const std::string &line) {
  fprintf(input_, "%s\n", line.c_str());
  fflush(input_);
}

std::string ServerProgram::read() {
  std::array<char, 256> line{};
  fail_unless(fgets(line.data(), line.size(), output_) != nullptr, "the server has ended");
  return g_strchomp(line.data());
}

void ServerProgram::command(const std::string &line) {
  write(line);
  fail_unless_equals_text(read(), "ok");
}

bool ServerProgram::try_command(const std::string &line) {
  write(line);
  const std::string answer = read();
  fail_unless(answer == "ok" || answer == "no such session is open", "%s", answer.c_str());
  return answer == "ok";
}

ServerProgram::Sessions ServerProgram::sessions() {
  write("status");
  Sessions sessions;
  const std::string line = read();
  fail_unless_equals_int(
      sscanf(line.c_str(), "%zu sessions: %zu open, %zu closed, %zu terminated", &sessions.accepted,
             &sessions.open, &sessions.closed, &sessions.terminated),
      4);
  for (std::size_t i = 0; i < sessions.accepted; i++)
    read();
  return sessions;
}

ServerProgram::Sessions ServerProgram::closed_sessions() {
  const gint64 end = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
  for (;;) {
    const Sessions now = sessions();
    if (now.closed == now.accepted)
      return now;
    fail_unless(g_get_monotonic_time() < end, "%zu of %zu sessions are closed", now.closed,
                now.accepted);
    g_usleep(5000);
  }
}

}  // namespace testing

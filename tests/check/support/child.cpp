// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/child.h"

#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "support/check.h"

namespace testing {

namespace {

constexpr std::chrono::seconds kChildDeadline{55};

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() { fail_unless(pipe2(ends.data(), O_CLOEXEC) == 0); }
};

std::vector<char *> pointers(const std::vector<std::string> &texts) {
  std::vector<char *> result;
  for (const std::string &text : texts)
    result.push_back(const_cast<char *>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const Environment &more) {
  gchar **variables = g_get_environ();
  for (const auto &[name, value] : more)
    variables = g_environ_setenv(variables, name.c_str(), value.c_str(), TRUE);
  std::vector<std::string> result;
  for (gchar **variable = variables; *variable != nullptr; variable++)
    result.emplace_back(*variable);
  g_strfreev(variables);
  return result;
}

// In the child: only calls that are safe after a fork.
[[noreturn]] void become(char *const *arguments, char *const *environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // ends with a test that timed out
  execvpe(arguments[0], arguments, environment);
  _exit(127);
}

// Returns false at the end.
bool read_some(int file, std::string &into) {
  std::array<char, 4096> bytes;
  const ssize_t count = read(file, bytes.data(), bytes.size());
  if (count > 0)
    into.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  gchar *path = g_dir_make_tmp("gst-assemblyai-XXXXXX", nullptr);
  fail_unless(path != nullptr);
  path_ = path;
  g_free(path);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::vector<std::string> TemporaryDirectory::names() const {
  std::vector<std::string> found;
  GDir *directory = g_dir_open(path_.c_str(), 0, nullptr);
  while (const gchar *name = g_dir_read_name(directory))
    found.emplace_back(name);
  g_dir_close(directory);
  return found;
}

std::string TemporaryDirectory::read(const std::string &name) const {
  gchar *text = nullptr;
  gsize size = 0;
  fail_unless(g_file_get_contents(file(name).c_str(), &text, &size, nullptr));
  std::string result(text, size);
  g_free(text);
  return result;
}

Child::Child(const std::vector<std::string> &command, const Environment &environment,
             unsigned short columns) {
  const std::vector<char *> argv = pointers(command);
  const std::vector<std::string> variables = environment_with(environment);
  const std::vector<char *> envp = pointers(variables);
  if (columns > 0) {
    const winsize size{24, columns, 0, 0};
    pid_ = forkpty(&output_, nullptr, nullptr, &size);
    if (pid_ == 0)
      become(argv.data(), envp.data());
    fcntl(output_, F_SETFD, FD_CLOEXEC);
    input_ = fcntl(output_, F_DUPFD_CLOEXEC, 0);
  } else {
    const Pipe input, output, errors;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(input.ends[0], STDIN_FILENO);
      dup2(output.ends[1], STDOUT_FILENO);
      dup2(errors.ends[1], STDERR_FILENO);
      become(argv.data(), envp.data());
    }
    for (const int theirs : {input.ends[0], output.ends[1], errors.ends[1]})
      close(theirs);
    input_ = input.ends[1];
    output_ = output.ends[0];
    errors_ = errors.ends[0];
  }
  fail_unless(pid_ > 0);
  reader_ = std::thread([this] { read_outputs(); });
}

Child::~Child() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (reader_.joinable())
    reader_.join();
  for (const int file : {input_, output_, errors_}) {
    if (file >= 0)
      close(file);
  }
}

void Child::read_outputs() {
  std::array<pollfd, 2> files{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    poll(files.data(), files.size(), -1);
    const std::lock_guard lock(mutex_);
    for (pollfd &file : files) {
      std::string &into = (&file == &files[0] ? outputs_.output : outputs_.errors).text;
      if (file.fd >= 0 && file.revents != 0 && !read_some(file.fd, into))
        file.fd = -1;
    }
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  outputs_.complete = true;
  changed_.notify_all();
}

void Child::interrupt() {
  send_signal(SIGINT);
}

void Child::send_signal(int signal) {
  kill(pid_, signal);
}

void Child::write(const std::string &text) {
  fail_unless(::write(input_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

void Child::wait_for(Output &output, const std::string &text) {
  std::unique_lock lock(mutex_);
  std::size_t at = std::string::npos;
  changed_.wait_for(lock, kChildDeadline, [&] {
    at = output.text.find(text, output.seen);
    return at != std::string::npos || outputs_.complete;
  });
  fail_unless(at != std::string::npos, "\"%s\" is not in:\n%s\n%s", text.c_str(),
              outputs_.output.text.c_str(), outputs_.errors.text.c_str());
  output.seen = at + text.size();
}

int Child::wait_for_status() {
  {
    std::unique_lock lock(mutex_);
    const bool ended =
        changed_.wait_for(lock, kChildDeadline, [this] { return outputs_.complete; });
    fail_unless(ended, "does not end:\n%s\n%s", outputs_.output.text.c_str(),
                outputs_.errors.text.c_str());
  }
  int status = 0;
  waitpid(std::exchange(pid_, 0), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string Child::output() const {
  const std::lock_guard lock(mutex_);
  return outputs_.output.text;
}

std::string Child::errors() const {
  const std::lock_guard lock(mutex_);
  return outputs_.errors.text;
}

}  // namespace testing

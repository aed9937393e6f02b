// SPDX-License-Identifier: LGPL-2.1-or-later

#include "support/child.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "support/check.h"

namespace testing {

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

Child::Child(const std::vector<std::string> &command,
             const std::map<std::string, std::string> &environment) {
  std::vector<gchar *> argv;
  for (const std::string &argument : command)
    argv.push_back(const_cast<gchar *>(argument.c_str()));
  argv.push_back(nullptr);
  gchar **envp = g_get_environ();
  for (const auto &[name, value] : environment)
    envp = g_environ_setenv(envp, name.c_str(), value.c_str(), TRUE);
  const int output = g_open(directory_.file("output").c_str(), O_WRONLY | O_CREAT, 0600);
  GError *error = nullptr;
  fail_unless(g_spawn_async_with_fds(
                  nullptr, argv.data(), envp,
                  static_cast<GSpawnFlags>(G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD),
                  nullptr, nullptr, &pid_, -1, output, output, &error),
              "%s", error != nullptr ? error->message : "");
  g_close(output, nullptr);
  g_strfreev(envp);
}

Child::~Child() {
  if (pid_ == 0)
    return;
  kill(pid_, SIGKILL);
  wait();
}

void Child::send_signal(int number) {
  kill(pid_, number);
}

bool Child::wait() {
  int status = 0;
  waitpid(std::exchange(pid_, 0), &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace testing

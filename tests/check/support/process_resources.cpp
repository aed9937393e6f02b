// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/process_resources.h"

#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>

#include <algorithm>

#include "support/check.h"
#include "support/pipeline.h"

namespace testing {

namespace {

std::vector<std::string> names_in(const char *directory) {
  std::vector<std::string> names;
  GDir *dir = g_dir_open(directory, 0, nullptr);
  fail_unless(dir != nullptr);
  while (const char *name = g_dir_read_name(dir))
    names.emplace_back(name);
  g_dir_close(dir);
  return names;
}

std::vector<std::string> descriptor_names() {
  std::vector<std::string> targets;
  for (const std::string &number : names_in("/proc/self/fd")) {
    gchar *target = g_file_read_link(("/proc/self/fd/" + number).c_str(), nullptr);
    // The directory's own descriptor is closed by now.
    if (target != nullptr)
      targets.emplace_back(target);
    g_free(target);
  }
  return targets;
}

// Exact with the environment of the endurance suite, in which no freed memory is kept in a thread's
// cache or by GSlice.
std::size_t heap_in_use() {
  if (kSanitized)
    return 0;
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::string joined(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string &name : names)
    text += name + ", ";
  return text;
}

}  // namespace

std::vector<std::string> thread_names() {
  std::vector<std::string> names;
  for (const std::string &id : names_in("/proc/self/task")) {
    gchar *name = nullptr;
    // The process may have ended in between.
    if (g_file_get_contents(("/proc/self/task/" + id + "/comm").c_str(), &name, nullptr, nullptr))
      names.emplace_back(g_strchomp(name));
    g_free(name);
  }
  return names;
}

ProcessResources ProcessResources::now() {
  return {names_in("/proc/self/task").size(), descriptor_names().size(), heap_in_use()};
}

ProcessResources initial_resources() {
  // GLib starts threads and creates a context when needed, and keeps them.
  g_main_context_default();
  g_source_unref(g_unix_signal_source_new(SIGUSR1));
  const auto no_work = [](gpointer, gpointer) {};
  g_thread_pool_free(g_thread_pool_new(no_work, nullptr, 1, FALSE, nullptr), TRUE, FALSE);
  return ProcessResources::now();
}

ProcessResources settle(const ProcessResources &before) {
  const gint64 end = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
  for (;;) {
    // GLib keeps threads for later tasks.
    g_thread_pool_stop_unused_threads();
    const ProcessResources resources = ProcessResources::now();
    if (resources.threads <= before.threads && resources.descriptors <= before.descriptors)
      return resources;
    fail_unless(g_get_monotonic_time() < end,
                "%zu threads, not %zu: %s\n%zu descriptors, not %zu: %s", resources.threads,
                before.threads, joined(thread_names()).c_str(), resources.descriptors,
                before.descriptors, joined(descriptor_names()).c_str());
    g_usleep(1000);
  }
}

}  // namespace testing

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "base/resources.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>
#include <vector>

#include "base/glib_ptr.h"

namespace assemblyai {

namespace {

// Descriptors of one connection: sockets to several addresses, the name lookup, certificates,
// GLib's wake-ups.
constexpr std::size_t kDescriptors = 8;
// Descriptors of each attempt in progress: its socket, a socket to another address, a certificate
// file, the wake-up of the TLS handshake.
constexpr std::size_t kClaimed = 4;
std::atomic<std::size_t> claims{0};
// Threads that GLib starts itself: one that it starts once, one for the name lookup and TLS.
constexpr std::size_t kThreads = 2;

}  // namespace

// Counts free descriptors without opening any: opening them would take them from code that needs
// them now.
std::optional<Failure> missing_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > G_MAXINT)
    return std::nullopt;
  std::size_t wanted = kDescriptors + kClaimed * claims;
  // The free descriptors of a large limit are mostly at its end.
  for (auto number = static_cast<int>(limit.rlim_cur); number > 0 && wanted > 0; number--)
    wanted -= fcntl(number - 1, F_GETFD) < 0 ? 1 : 0;
  return wanted > 0 ? std::optional(out_of_descriptors(g_strerror(EMFILE))) : std::nullopt;
}

std::optional<Failure> missing_threads() {
  const auto run = [](gpointer gate) -> gpointer {
    const std::lock_guard lock(*static_cast<std::mutex *>(gate));
    return nullptr;
  };
  std::mutex gate;
  std::vector<GThread *> started;
  OutError error;
  {
    const std::lock_guard lock(gate);  // no thread ends before all have started
    while (!error && started.size() < kThreads) {
      if (GThread *thread = g_thread_try_new("assemblyai-try", run, &gate, error.out()))
        started.push_back(thread);
    }
  }
  for (GThread *thread : started)
    g_thread_join(thread);
  return error ? std::optional(out_of_threads(error->message)) : std::nullopt;
}

std::optional<Failure> missing_resources() {
  std::optional<Failure> missing = missing_descriptors();
  return missing ? missing : missing_threads();
}

DescriptorClaim::DescriptorClaim() {
  claims++;
}

DescriptorClaim::~DescriptorClaim() {
  claims--;
}

bool is_out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE;
}

bool is_out_of_descriptors(const GError *error) {
  return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES) != FALSE ||
         g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_MFILE) != FALSE ||
         g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NFILE) != FALSE;
}

Failure out_of_descriptors(std::string detail) {
  return {.kind = FailureKind::kExhausted,
          .retry = Retry::kBackOff,
          .message =
              "The process has too few free file descriptors for a connection; raise the limit "
              "(LimitNOFILE of a systemd unit, or ulimit -n)",
          .detail = std::move(detail)};
}

Failure out_of_threads(std::string detail) {
  return {.kind = FailureKind::kExhausted,
          .retry = Retry::kBackOff,
          .message =
              "The process cannot start more threads; raise the limit (TasksMax of a systemd unit, "
              "or ulimit -u)",
          .detail = std::move(detail)};
}

}  // namespace assemblyai

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/limits.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/check.h"

namespace testing {

namespace {

constexpr uid_t kNobody = 65534;

// The process's soft limit, which it may raise again.
rlim_t set_limit(__rlimit_resource resource, rlim_t value) {
  rlimit limit{};
  fail_unless_equals_int(getrlimit(resource, &limit), 0);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = value;
  fail_unless_equals_int(setrlimit(resource, &limit), 0);
  return before;
}

rlim_t most(__rlimit_resource resource) {
  rlimit limit{};
  fail_unless_equals_int(getrlimit(resource, &limit), 0);
  return limit.rlim_max;
}

}  // namespace

NoMoreThreads::NoMoreThreads() : was_root_(geteuid() == 0) {
  if (was_root_)
    fail_unless_equals_int(setresuid(kNobody, kNobody, 0), 0);
  set_limit(RLIMIT_NPROC, 0);
}

NoMoreThreads::~NoMoreThreads() {
  set_limit(RLIMIT_NPROC, most(RLIMIT_NPROC));
  if (was_root_)
    fail_unless_equals_int(setresuid(0, 0, 0), 0);
}

// All descriptors below the highest are opened first: poll() accepts no more than the limit.
NoMoreDescriptors::NoMoreDescriptors(unsigned left) {
  constexpr int kEnough = 4096;
  int highest = 0;
  for (int number = 0; number < kEnough; number++)
    highest = fcntl(number, F_GETFD) < 0 ? highest : number;
  int next = dup(STDERR_FILENO);
  for (; next >= 0 && next < highest; next = dup(STDERR_FILENO))
    taken_.push_back(next);
  fail_unless(next >= 0);
  close(next);
  before_ = set_limit(RLIMIT_NOFILE, static_cast<rlim_t>(next) + left);
}

NoMoreDescriptors::~NoMoreDescriptors() {
  set_limit(RLIMIT_NOFILE, before_);
  for (const int number : taken_)
    close(number);
}

}  // namespace testing

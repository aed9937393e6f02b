// SPDX-License-Identifier: LGPL-2.1-or-later
// The real gst-launch-1.0 as a child process.

#pragma once

#include <glib.h>

#include <map>
#include <string>
#include <vector>

namespace testing {

// A directory that goes with all files in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;
  ~TemporaryDirectory();

  std::string file(const std::string &name) const { return path_ + "/" + name; }
  const std::string &path() const { return path_; }
  std::vector<std::string> names() const;
  std::string read(const std::string &name) const;

 private:
  std::string path_;
};

class GstLaunch {
 public:
  // The arguments after "gst-launch-1.0"; environment variables beside the test's.
  GstLaunch(const std::vector<std::string> &arguments,
            const std::map<std::string, std::string> &environment = {});
  GstLaunch(const GstLaunch &) = delete;
  GstLaunch &operator=(const GstLaunch &) = delete;
  ~GstLaunch();

  void interrupt();  // as Ctrl-C does
  // Waits for the end; true when it ended with status 0. Output is complete then.
  bool wait();
  std::string output() const { return directory_.read("output"); }

 private:
  TemporaryDirectory directory_;
  GPid pid_ = 0;
};

}  // namespace testing

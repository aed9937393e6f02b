// SPDX-License-Identifier: LGPL-2.1-or-later
// Other programs, and the files that they need.

#pragma once

#include <glib.h>

#include <map>
#include <string>
#include <vector>

namespace testing {

// A directory that goes with all that is in it.
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

// A program that is killed when this goes, unless it has ended.
class Child {
 public:
  // The program's name or path with its arguments; environment variables beside the test's.
  explicit Child(const std::vector<std::string> &command,
                 const std::map<std::string, std::string> &environment = {});
  Child(const Child &) = delete;
  Child &operator=(const Child &) = delete;
  ~Child();

  void send_signal(int number);
  // Waits for the end; true when it ended with status 0. Output is complete then.
  bool wait();
  std::string output() const { return directory_.read("output"); }

 private:
  TemporaryDirectory directory_;
  GPid pid_ = 0;
};

}  // namespace testing

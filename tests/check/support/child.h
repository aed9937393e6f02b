// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Child processes, their input, output and exit status; and files.

#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace testing {

// A directory that is deleted with its contents.
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

using Environment = std::map<std::string, std::string>;

// A program that is killed on destruction, unless it has ended.
class Child {
 public:
  // The program is looked up in PATH. The variables are added to the environment of the test. With
  // columns it runs on a terminal of that width; otherwise its input and outputs are pipes.
  explicit Child(const std::vector<std::string> &command, const Environment &environment = {},
                 unsigned short columns = 0);
  Child(const Child &) = delete;
  Child &operator=(const Child &) = delete;
  ~Child();

  void interrupt();  // like Ctrl-C
  void send_signal(int signal);
  void write(const std::string &text);  // to its standard input; on a terminal, as typed

  // Waits until the program has printed the text, after the text of the last wait. Fails the test
  // at the deadline.
  void wait_for_output(const std::string &text) { wait_for(outputs_.output, text); }
  void wait_for_errors(const std::string &text) { wait_for(outputs_.errors, text); }
  // Waits for the end; true if it ended with status 0. Then the output is complete.
  bool wait() { return wait_for_status() == 0; }
  int wait_for_status();  // -1 if a signal killed it

  // Standard output and standard error; on a terminal both are in output().
  std::string output() const;
  std::string errors() const;

 private:
  struct Output {
    std::string text;
    std::size_t seen = 0;  // already waited for
  };
  struct Outputs {
    Output output, errors;
    bool complete = false;
  };

  void read_outputs();
  void wait_for(Output &output, const std::string &text);

  int pid_ = 0;
  int input_ = -1, output_ = -1, errors_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Outputs outputs_;
  std::thread reader_;
};

}  // namespace testing

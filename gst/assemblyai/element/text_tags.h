// SPDX-License-Identifier: LGPL-2.1-or-later
// The tags of the text's stream: upstream's, with the language of the text.

#pragma once

#include <gst/gst.h>

#include <string>

#include "element/gst_ptr.h"

namespace assemblyai {

// No thread safety: it belongs to a lock.
class TextTags {
 public:
  // What the settings say of the language, and what it is if they and everybody else do not.
  void configure(const std::string &configured, const std::string &assumed);
  // Another stream.
  void restart();
  // What the service says, if it does.
  void detect(const std::string &language);
  // Downstream has forgotten what was sent.
  void forget_sent() { sent_language_.clear(); }

  // The event to send when another language than was sent last is known; nullptr: none.
  GstOwned<GstEvent> news();
  // The event to send for a TAG event of upstream; nullptr: none, it says nothing new.
  GstOwned<GstEvent> pass_on(GstEvent *event);

 private:
  std::string language() const;
  GstOwned<GstTagList> list();

  std::string configured_;
  std::string assumed_;
  std::string language_;  // as detected, else as configured
  std::string sent_language_;
  GstOwned<GstTagList> of_audio_;
  GstOwned<GstTagList> sent_;
};

}  // namespace assemblyai

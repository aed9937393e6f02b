// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The tags of the text stream: upstream's, with the language of the text.

#pragma once

#include <gst/gst.h>

#include <string>

#include "element/gst_ptr.h"

namespace assemblyai {

// No thread safety: it belongs to a lock.
class TextTags {
 public:
  // The language in the settings, and the one to assume when nothing else names any.
  void configure(const std::string &configured, const std::string &assumed);
  // A new stream.
  void restart();
  // The language that the service has detected; empty: none.
  void detect(const std::string &language);
  // Downstream has lost its sticky events.
  void forget_sent() { sent_language_.clear(); }

  // The event to send because the language has changed, or nullptr.
  GstOwned<GstEvent> news();
  // The event to send in place of a TAG event from upstream; nullptr if nothing is new.
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

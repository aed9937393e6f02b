// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <utility>

#include "support/pipeline.h"

namespace testing {

// A branch beside the element that prerolls only when the test allows it: the output of the element
// "slow" is held.
class SlowBranch {
 public:
  static constexpr char kText[] = "audiotestsrc ! identity name=slow ! fakesink ";

  explicit SlowBranch(const Pipeline &pipeline) {
    GstElement *slow = gst_bin_get_by_name(GST_BIN(pipeline.element()), "slow");
    pad_ = gst_element_get_static_pad(slow, "src");
    gst_object_unref(slow);
  }
  SlowBranch(const SlowBranch &) = delete;
  SlowBranch &operator=(const SlowBranch &) = delete;
  ~SlowBranch() {
    let_go();
    gst_object_unref(pad_);
  }
  void hold() {
    constexpr auto kBlock =
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER);
    block_ = gst_pad_add_probe(
        pad_, kBlock, [](GstPad *, GstPadProbeInfo *, gpointer) { return GST_PAD_PROBE_OK; },
        nullptr, nullptr);
  }
  void let_go() {
    if (const gulong block = std::exchange(block_, 0); block != 0)
      gst_pad_remove_probe(pad_, block);
  }

 private:
  GstPad *pad_ = nullptr;
  gulong block_ = 0;
};

}  // namespace testing

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Ownership of GStreamer's types; see also base/glib_ptr.h.

#pragma once

#include <gst/gst.h>

#include <memory>
#include <span>

#include "base/glib_ptr.h"

namespace assemblyai {

struct GstDeleter {
  void operator()(GstCaps *caps) const { gst_caps_unref(caps); }
  void operator()(GstStructure *structure) const { gst_structure_free(structure); }
  void operator()(GstEvent *event) const { gst_event_unref(event); }
  void operator()(GstQuery *query) const { gst_query_unref(query); }
  void operator()(GstTagList *tags) const { gst_tag_list_unref(tags); }
};

template <typename T>
using GstOwned = std::unique_ptr<T, GstDeleter>;

// The bytes of a buffer for reading. Empty if they cannot be mapped.
class MappedBuffer {
 public:
  explicit MappedBuffer(GstBuffer *buffer) : buffer_(buffer) {
    mapped_ = gst_buffer_map(buffer, &map_, GST_MAP_READ) != FALSE;
  }
  MappedBuffer(const MappedBuffer &) = delete;
  MappedBuffer &operator=(const MappedBuffer &) = delete;
  ~MappedBuffer() {
    if (mapped_)
      gst_buffer_unmap(buffer_, &map_);
  }

  explicit operator bool() const { return mapped_; }
  std::span<const std::byte> bytes() const {
    return std::as_bytes(std::span<const guint8>(map_.data, mapped_ ? map_.size : 0));
  }

 private:
  GstBuffer *buffer_;
  GstMapInfo map_{};
  bool mapped_ = false;
};

// A weak reference that any thread can turn into a strong one.
template <typename T>
class WeakRef {
 public:
  explicit WeakRef(T *object) { g_weak_ref_init(&ref_, object); }
  WeakRef(const WeakRef &) = delete;
  WeakRef &operator=(const WeakRef &) = delete;
  ~WeakRef() { g_weak_ref_clear(&ref_); }

  void set(T *object) { g_weak_ref_set(&ref_, object); }
  Ref<T> lock() { return adopt(static_cast<T *>(g_weak_ref_get(&ref_))); }

 private:
  GWeakRef ref_{};
};

}  // namespace assemblyai

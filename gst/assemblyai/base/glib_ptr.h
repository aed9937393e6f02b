// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Ownership of GLib objects spelled in the type.
//
//   Ref<T>     shares a GObject: copying adds a reference
//   Owned<T>   sole owner of a boxed type or buffer
//   adopt(p)   takes over a (transfer full) result
//   retain(p)  adds a reference to a borrowed object

#pragma once

#include <gio/gio.h>

#include <memory>
#include <utility>

namespace assemblyai {

template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(const Ref &other) : object_(other.object_) {
    if (object_ != nullptr)
      g_object_ref(object_);
  }
  Ref(Ref &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref &operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr)
      g_object_unref(object_);
  }

  T *get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  T *release() { return std::exchange(object_, nullptr); }

  static Ref take(T *object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }

 private:
  T *object_ = nullptr;
};

template <typename T>
Ref<T> adopt(T *object) {
  return Ref<T>::take(object);
}

template <typename T>
Ref<T> retain(T *object) {
  if (object != nullptr)
    g_object_ref(object);
  return Ref<T>::take(object);
}

struct GlibDeleter {
  void operator()(char *text) const { g_free(text); }
  void operator()(char **list) const { g_strfreev(list); }
  void operator()(GBytes *bytes) const { g_bytes_unref(bytes); }
  void operator()(GError *error) const { g_error_free(error); }
  void operator()(GMainContext *context) const { g_main_context_unref(context); }
  void operator()(GMainLoop *loop) const { g_main_loop_unref(loop); }
  void operator()(GUri *uri) const { g_uri_unref(uri); }
};

template <typename T>
using Owned = std::unique_ptr<T, GlibDeleter>;

// Receives a GError ** out-parameter; the error is freed with it.
class OutError {
 public:
  OutError() = default;
  OutError(const OutError &) = delete;
  OutError &operator=(const OutError &) = delete;
  ~OutError() { g_clear_error(&error_); }

  GError **out() { return &error_; }
  const GError *get() const { return error_; }
  explicit operator bool() const { return error_ != nullptr; }
  const GError *operator->() const { return error_; }

 private:
  GError *error_ = nullptr;
};

}  // namespace assemblyai

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The common part of the GObject shells. T is the instance structure, with a member `core`.

#pragma once

#include <gst/gst.h>

#include "element/debug.h"
#include "element/element_core.h"
#include "element/properties.h"
#include "element/signals.h"

namespace assemblyai {

inline constexpr char kSinkCaps[] =
    "audio/x-raw, format=(string)S16LE, rate=(int)16000, channels=(int)1, "
    "layout=(string)interleaved";
inline constexpr char kTextCaps[] = "text/x-raw, format=(string){ utf8, pango-markup }";

template <typename T>
class Shell {
 public:
  static void install(GObjectClass *klass, TextMode default_mode) {
    klass->set_property = set_property;
    klass->get_property = get_property;
    install_properties(klass, default_mode);
    install_signals(G_TYPE_FROM_CLASS(klass),
                    {.force_endpoint = G_CALLBACK(force_endpoint),
                     .update_configuration = G_CALLBACK(update_configuration)});
  }

  static ElementCore &core_of(gpointer object) { return *static_cast<T *>(object)->core; }

 private:
  static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec) {
    // Without the value, which may be a secret.
    GST_CAT_DEBUG_OBJECT(core_of(object).category(), object, "%s is set", pspec->name);
    if (!core_of(object).set_property(id, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }

  static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec) {
    if (!core_of(object).get_property(id, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }

  static gboolean force_endpoint(GstElement *self) {
    return static_cast<gboolean>(core_of(self).force_endpoint());
  }

  static gboolean update_configuration(GstElement *self, const GstStructure *parameters) {
    return static_cast<gboolean>(core_of(self).update_configuration(parameters));
  }
};

}  // namespace assemblyai

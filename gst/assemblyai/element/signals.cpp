// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/signals.h"

#include "base/glib_ptr.h"

namespace assemblyai {

namespace {

// The first handler that has a token.
gboolean take_first_text(GSignalInvocationHint *, GValue *result, const GValue *answer, gpointer) {
  const char *text = g_value_get_string(answer);
  if (text == nullptr || *text == '\0')
    return TRUE;
  g_value_set_string(result, text);
  return FALSE;
}

void install_request_token(GType type) {
  /**
   * GstAssemblyAISink::request-token:
   * @object: the element
   *
   * Asks for a temporary token before each connection, so that single-use tokens
   * survive reconnections. The element emits the signal from a separate thread, never
   * from the streaming or the main thread. A handler may block: audio is queued in the
   * meantime. The time counts against #GstAssemblyAISink:connect-timeout. The first
   * handler that returns a text ends the emission.
   *
   * The element does not wait for a handler: it may still run after the element has gone
   * to NULL. The objects that it uses must live as long, for example with
   * g_signal_connect_object().
   *
   * Returns: (transfer full) (nullable): the token, or %NULL to use the properties
   */
  g_signal_new("request-token", type, G_SIGNAL_RUN_LAST, 0, take_first_text, nullptr, nullptr,
               G_TYPE_STRING, 0);
}

void install_actions(GType type, const SignalActions &actions) {
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  /**
   * GstAssemblyAISink::force-endpoint:
   * @object: the element
   *
   * Action: ends the current turn after the audio that has arrived so far, rounded to
   * one message of audio (#GstAssemblyAISink:chunk-duration). The following audio is a
   * new turn.
   *
   * Returns: %FALSE if there is no session
   */
  g_signal_new_class_handler("force-endpoint", type, kAction, actions.force_endpoint, nullptr,
                             nullptr, nullptr, G_TYPE_BOOLEAN, 0);
  /**
   * GstAssemblyAISink::update-configuration:
   * @object: the element
   * @parameters: parameters by the names of the service, with the types of extra-parameters
   *
   * Action: changes several parameters at once: in one message to the service if a
   * session is running, and in the properties and extra-parameters for the following
   * sessions. An empty array or text resets keyterms_prompt, language_codes or prompt. The
   * element accepts all of them or none: if the service cannot change one during a session,
   * or a value is invalid, it posts a warning.
   *
   * Returns: %FALSE if they were not accepted
   */
  g_signal_new_class_handler("update-configuration", type, kAction, actions.update_configuration,
                             nullptr, nullptr, nullptr, G_TYPE_BOOLEAN, 1, GST_TYPE_STRUCTURE);
}

}  // namespace

void install_signals(GType type, const SignalActions &actions) {
  install_request_token(type);
  install_actions(type, actions);
}

Secret emit_request_token(GstElement *element) {
  gchar *answer = nullptr;
  g_signal_emit_by_name(element, "request-token", &answer);
  const Owned<char> token(answer);
  return Secret(token ? token.get() : "");
}

}  // namespace assemblyai

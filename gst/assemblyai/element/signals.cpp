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

}  // namespace

void install_signals(GType type, const SignalActions &actions) {
  /**
   * GstAssemblyAISink::request-token:
   * @object: the element
   *
   * Asks for a temporary token before each connection, so that tokens for one use
   * survive reconnections. It is emitted from a thread of the element's own, never
   * from the streaming or the main thread, and may block: audio is queued meanwhile.
   * It counts against #GstAssemblyAISink:connect-timeout. The first handler that
   * returns a text ends the emission.
   *
   * A handler that runs is not waited for: it may go on after the element has gone to
   * NULL. What it uses has to live as long, by g_signal_connect_object() for example.
   *
   * Returns: (transfer full) (nullable): the token, or %NULL to use the properties
   */
  g_signal_new("request-token", type, G_SIGNAL_RUN_LAST, 0, take_first_text, nullptr, nullptr,
               G_TYPE_STRING, 0);
  /**
   * GstAssemblyAISink::force-endpoint:
   * @object: the element
   *
   * Action: the turn that is being spoken ends after the audio that has come so far,
   * to one message of audio (#GstAssemblyAISink:chunk-duration). What follows is a
   * new turn.
   *
   * Returns: %FALSE when there is no session
   */
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  g_signal_new_class_handler("force-endpoint", type, kAction, actions.force_endpoint, nullptr,
                             nullptr, nullptr, G_TYPE_BOOLEAN, 0);
  /**
   * GstAssemblyAISink::update-configuration:
   * @object: the element
   * @parameters: parameters by the service's names, with the types of extra-parameters
   *
   * Action: changes several parameters at once, in one message to the service if a
   * session is running, and for the sessions that follow: the properties and
   * extra-parameters hold them then. An empty array or text takes keyterms_prompt,
   * language_codes or prompt back. All of them are taken or none: if the service
   * cannot change one in a session, or a value is wrong, a warning on the bus says so.
   *
   * Returns: %FALSE when they were not taken
   */
  g_signal_new_class_handler("update-configuration", type, kAction, actions.update_configuration,
                             nullptr, nullptr, nullptr, G_TYPE_BOOLEAN, 1, GST_TYPE_STRUCTURE);
}

Secret emit_request_token(GstElement *element) {
  gchar *answer = nullptr;
  g_signal_emit_by_name(element, "request-token", &answer);
  const Owned<char> token(answer);
  return Secret(token ? token.get() : "");
}

}  // namespace assemblyai

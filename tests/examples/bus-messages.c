/* SPDX-License-Identifier: LGPL-2.1-or-later
 * SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
 *
 * Reads captions from the bus of a pipeline.
 *
 *   bus-messages pulsesrc ! audioconvert ! audioresample ! assemblyaisink
 *
 * Set the key in the environment variable ASSEMBLYAI_API_KEY. */

#include <glib-unix.h>
#include <gst/gst.h>

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  gboolean failed;
} App;

/* Replaces characters that control a terminal: the text comes from the service unchanged. */
static gchar *printable(const gchar *text) {
  GString *out = g_string_new(NULL);

  for (; *text != '\0'; text = g_utf8_next_char(text)) {
    gunichar c = g_utf8_get_char(text);
    g_string_append_unichar(out, g_unichar_isprint(c) && !g_unichar_isspace(c) ? c : ' ');
  }
  return g_string_free(out, FALSE);
}

/* Each turn has exactly one message with final = TRUE. */
static void show_turn(const GstStructure *turn) {
  gboolean final = FALSE;
  guint64 start = GST_CLOCK_TIME_NONE;

  gst_structure_get(turn, "final", G_TYPE_BOOLEAN, &final, "start", G_TYPE_UINT64, &start, NULL);
  if (final) {
    gchar *text = printable(gst_structure_get_string(turn, "transcript"));
    g_print("%" GST_TIME_FORMAT "  %s\n", GST_TIME_ARGS(start), text);
    g_free(text);
  }
}

static void show_error(GstMessage *message) {
  GError *error = NULL;
  gchar *debug = NULL;

  gst_message_parse_error(message, &error, &debug);
  g_printerr("ERROR: %s\n%s\n", error->message, debug != NULL ? debug : "");
  g_error_free(error);
  g_free(debug);
}

static gboolean on_message(GstBus *bus, GstMessage *message, gpointer data) {
  App *app = data;
  (void)bus;

  if (gst_message_has_name(message, "assemblyai-turn")) {
    show_turn(gst_message_get_structure(message));
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    show_error(message);
    app->failed = TRUE;
    g_main_loop_quit(app->loop);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    g_main_loop_quit(app->loop);
  }
  return G_SOURCE_CONTINUE;
}

/* Ctrl-C sends EOS, which makes the last turn final and ends the session. The next one kills. */
static gboolean on_interrupt(gpointer data) {
  App *app = data;

  gst_element_send_event(app->pipeline, gst_event_new_eos());
  return G_SOURCE_REMOVE;
}

int main(int argc, char **argv) {
  App app = {NULL, NULL, FALSE};
  GError *error = NULL;
  GstBus *bus;

  gst_init(&argc, &argv);
  app.pipeline = gst_parse_launchv((const gchar **)argv + 1, &error);
  if (error != NULL) {
    g_printerr("%s\n", error->message);
    g_error_free(error);
    gst_clear_object(&app.pipeline);
    return 2;
  }
  app.loop = g_main_loop_new(NULL, FALSE);
  bus = gst_element_get_bus(app.pipeline);
  gst_bus_add_watch(bus, on_message, &app);
  g_unix_signal_add(SIGINT, on_interrupt, &app);

  gst_element_set_state(app.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(app.loop);
  gst_element_set_state(app.pipeline, GST_STATE_NULL);

  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_object_unref(app.pipeline);
  g_main_loop_unref(app.loop);
  return app.failed ? 1 : 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/pulse_daemon.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#include <string>

#include "support/check.h"

namespace testing {

namespace {

constexpr guint kStartSeconds = 20;

// A socket on which the daemon reports that it is ready, as to systemd.
GSocket *listen_at(const std::string &path) {
  GError *error = nullptr;
  GSocket *socket =
      g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  fail_unless(socket != nullptr, "%s", error != nullptr ? error->message : "");
  GSocketAddress *address = g_unix_socket_address_new(path.c_str());
  fail_unless(g_socket_bind(socket, address, FALSE, &error), "%s",
              error != nullptr ? error->message : "");
  g_object_unref(address);
  g_socket_set_timeout(socket, kStartSeconds);
  return socket;
}

}  // namespace

PulseDaemon::PulseDaemon() {
  const std::string &directory = directory_.path();
  const std::string socket_path = directory_.file("native");
  for (const char *name :
       {"HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH"})
    g_setenv(name, directory.c_str(), TRUE);
  g_setenv("PULSE_COOKIE", directory_.file("cookie").c_str(), TRUE);
  g_setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);

  GSocket *notifications = listen_at(directory_.file("notify"));
  // A daemon that its test leaves behind ends when idle.
  daemon_.emplace(
      std::vector<std::string>{
          "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=30",
          "--disable-shm=yes", "--high-priority=no", "--realtime=no", "--log-target=stderr",
          "--load=module-null-sink sink_name=speaker rate=16000 channels=1 format=s16le",
          "--load=module-null-sink sink_name=card rate=48000 channels=2 format=s16le",
          "--load=module-native-protocol-unix auth-anonymous=1 socket=" + socket_path},
      std::map<std::string, std::string>{{"NOTIFY_SOCKET", directory_.file("notify")}});
  gchar message[64] = "";
  const bool ready =
      g_socket_receive(notifications, message, sizeof message - 1, nullptr, nullptr) > 0;
  g_object_unref(notifications);
  fail_unless(ready, "pulseaudio does not start: %s", daemon_->errors().c_str());
  g_setenv("PULSE_SERVER", ("unix:" + socket_path).c_str(), TRUE);
}

}  // namespace testing

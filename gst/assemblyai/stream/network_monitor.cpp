// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/network_monitor.h"

#include <utility>
#include <vector>

#include "base/resources.h"

namespace assemblyai {

namespace {

// GIO's default monitor always calls back on the thread that used it first. That must not be the
// I/O thread, which ends. The monitor over D-Bus could block the thread.
Ref<GNetworkMonitor> create_monitor() {
  // GIO never retries a module that it could not open, for example the TLS module.
  if (missing_descriptors())
    return {};
  g_proxy_resolver_get_default();  // loads GIO's modules
  GIOExtensionPoint *point = g_io_extension_point_lookup(G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  GIOExtension *netlink =
      point != nullptr ? g_io_extension_point_get_extension_by_name(point, "netlink") : nullptr;
  if (netlink == nullptr)
    return {};
  gpointer monitor = g_initable_new(g_io_extension_get_type(netlink), nullptr, nullptr, nullptr);
  return monitor != nullptr ? adopt(G_NETWORK_MONITOR(monitor)) : Ref<GNetworkMonitor>();
}

void on_network_changed(GNetworkMonitor *, gboolean, gpointer data) {
  static_cast<NetworkMonitor *>(data)->changed();
}

}  // namespace

class NetworkMonitor::Watch final : public NetworkWatch {
 public:
  Watch(std::shared_ptr<NetworkMonitor> monitor, std::uint64_t id)
      : monitor_(std::move(monitor)), id_(id) {}
  ~Watch() override { monitor_->tasks_.erase(id_); }

 private:
  std::shared_ptr<NetworkMonitor> monitor_;
  std::uint64_t id_;
};

NetworkMonitor::~NetworkMonitor() {
  if (monitor_)
    g_signal_handlers_disconnect_by_data(monitor_.get(), this);
}

std::unique_ptr<NetworkWatch> NetworkMonitor::watch(std::function<void()> task) {
  if (!monitor_) {
    monitor_ = create_monitor();
    if (monitor_)
      g_signal_connect(monitor_.get(), "network-changed", G_CALLBACK(on_network_changed), this);
  }
  const std::uint64_t id = next_++;
  tasks_.emplace(id, std::move(task));
  return std::make_unique<Watch>(shared_from_this(), id);
}

void NetworkMonitor::changed() {
  if (!timer_)
    timer_ = after_(kSettles, [this] { notify(); });
}

// A task may end watches, including its own and the last one.
void NetworkMonitor::notify() {
  const std::shared_ptr<NetworkMonitor> self = shared_from_this();
  timer_.reset();
  std::vector<std::uint64_t> ids;
  for (const auto &[id, task] : tasks_)
    ids.push_back(id);
  for (const std::uint64_t id : ids) {
    const auto found = tasks_.find(id);
    if (found == tasks_.end())
      continue;
    const std::function<void()> task = found->second;
    task();
  }
}

}  // namespace assemblyai

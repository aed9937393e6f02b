// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/simulated_service.h"

#include <algorithm>
#include <utility>

namespace testing {

namespace {

class SimulatedTransport final : public assemblyai::Transport {
 public:
  explicit SimulatedTransport(std::shared_ptr<SimulatedSession> session)
      : session_(std::move(session)) {}
  ~SimulatedTransport() override { session_->abandon(); }

  void open(const assemblyai::ConnectionInfo &info) override { session_->open(info); }
  bool writable() override { return session_->writable(); }
  void send_text(const std::string &text) override { session_->send_text(text); }
  void send_binary(std::span<const std::byte> data) override { session_->send_binary(data); }
  std::uint64_t received() const override { return 0; }
  std::string_view progress() const override { return "connecting"; }

 private:
  std::shared_ptr<SimulatedSession> session_;
};

}  // namespace

SimulatedService::SimulatedService(std::shared_ptr<assemblyai::ManualLoop> loop,
                                   SimulatedBehaviour behaviour)
    : context_{.loop = std::move(loop), .behaviour = std::move(behaviour)} {}

assemblyai::TransportFactory SimulatedService::factory() {
  return
      [this](assemblyai::TransportObserver &observer, const assemblyai::TransportOptions &options) {
        sessions_.push_back(std::make_shared<SimulatedSession>(context_, observer, options));
        return std::make_unique<SimulatedTransport>(sessions_.back());
      };
}

SimulatedSession *SimulatedService::find(bool oldest) const {
  const auto connected = [](const auto &session) { return session->is_connected(); };
  if (oldest) {
    const auto found = std::find_if(sessions_.begin(), sessions_.end(), connected);
    return found == sessions_.end() ? nullptr : found->get();
  }
  const auto found = std::find_if(sessions_.rbegin(), sessions_.rend(), connected);
  return found == sessions_.rend() ? nullptr : found->get();
}

std::size_t SimulatedService::connections() const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [](const auto &session) { return session->is_connected(); }));
}

void SimulatedService::inject(const Fault &fault) {
  faults_.push_back(describe(fault));
  note("fault: " + faults_.back());
  switch (fault.kind) {
    case Fault::Kind::kRefuse:
    case Fault::Kind::kHttp:
    case Fault::Kind::kNoBegin:
    case Fault::Kind::kNext:
      context_.arrivals.push_back(fault);
      return;
    case Fault::Kind::kOutage:
      context_.out_until = context_.loop->now() + fault.duration;
      for (std::size_t i = 0, count = sessions_.size(); i < count; i++) {
        if (sessions_[i]->is_connected())
          sessions_[i]->inject({.kind = Fault::Kind::kLoss});
      }
      return;
    default:
      if (SimulatedSession *session = find(fault.oldest))
        session->inject(fault);
  }
}

void SimulatedService::strike_after(nanoseconds delay, const Fault &fault) {
  planned_.push_back(context_.loop->after(delay, [this, fault] { inject(fault); }));
}

void SimulatedService::disturb(unsigned seed, nanoseconds interval) {
  random_.seed(seed);
  interval_ = interval;
  strike_at_random();
}

void SimulatedService::calm() {
  next_.reset();
  context_.arrivals.clear();
  context_.out_until = {};
  for (const auto &session : sessions_)
    session->recover();
}

void SimulatedService::strike_at_random() {
  const std::chrono::duration<double> mean = interval_;
  std::exponential_distribution<double> pause(1 / mean.count());
  const auto delay =
      std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(pause(random_)));
  next_ = context_.loop->after(delay, [this] {
    inject(random_fault(random_));
    strike_at_random();
  });
}

}  // namespace testing

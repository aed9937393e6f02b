// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Settings of a session, and what happens to it, separated by 0x1E: audio, calls of the
// application, frames of the service, lost connections, time. Whatever it is, the session ends in
// its time and says so once, each turn has its end, and no session of the service is left open.

#include "stream/stream.h"

#include <map>
#include <span>

#include "peers.h"
#include "protocol/failure.h"
#include "support/manual_loop.h"
#include "support/stream_observer.h"

using namespace assemblyai;
using namespace fuzz;
using namespace std::chrono_literals;

namespace {

// What a session reports, in order.
class Witness final : public testing::StreamObserver {
 public:
  Witness(std::uint64_t first_turn, Announced &announced)
      : first_turn_(first_turn), announced_(announced) {}

  void on_connection(const ConnectionReport &report) override {
    note();
    require(report.attempt > 0 && report.delay >= 0ns, "attempts are counted");
    const bool failed = report.state == ConnectionReport::State::kReconnecting ||
                        report.state == ConnectionReport::State::kLost;
    require(failed == report.failure.has_value(), "a failure says why");
  }
  void on_begin(const Begin &) override {
    note();
    open_++;
  }
  void on_switched() override { note(); }
  void on_audio_sent(const AudioChunk &chunk) override {
    require_wanted();  // no application hears of it, and could leave
    announced_ = {!has_left(), chunk.position, chunk.padding};
    std::size_t size = chunk.padding;
    for (const AudioPiece &piece : chunk.pieces)
      size += piece.size;
    require(size == chunk.data.size(), "each byte has its time");
  }
  void on_audio_lost(const std::vector<AudioPiece> &pieces, bool) override {
    note();
    require(!pieces.empty(), "what is lost was there");
  }
  void on_turn(const TurnReport &report) override {
    note();
    require(report.number >= first_turn_, "turns are counted on");
    const std::uint64_t number = report.number - first_turn_;
    require(number <= is_final_.size(), "turns are counted without a gap");
    if (number == is_final_.size())
      is_final_.push_back(false);
    require(!is_final_[number], "nothing comes after the final");
    require(report.final || !report.text.empty(), "a growing turn has text");
    is_final_[number] = report.final;
  }
  void on_message() override { note(); }
  void on_frame(std::string_view) override { note(); }
  void on_undecodable(const Failure &) override { note(); }
  void on_refused(const std::vector<RefusedChange> &) override {}
  void on_deaf() override { note(); }
  void on_session_end(const SessionEnd &) override {
    note();
    open_--;
  }
  void on_ended(const std::optional<Failure> &failure) override {
    note();
    ended_ = true;
    require(open_ == 0, "each session has its end");
    require(std::find(is_final_.begin(), is_final_.end(), false) == is_final_.end(),
            "each turn has its final");
    require(!failure || !failure->message.empty(), "a failure has a message");
  }

  // The next report that an application hears of is answered by leaving.
  void leave_next(std::shared_ptr<Stream> session) { leaving_ = std::move(session); }
  void leave(Stream &session, Rest rest) {
    left_ = true;
    announced_.known = false;
    session.leave(rest);
  }
  bool has_left() const { return left_; }
  bool has_ended() const { return ended_; }
  std::uint64_t next_turn() const { return first_turn_ + is_final_.size(); }

 private:
  void require_wanted() const {
    require(!ended_, "nothing comes after the end");
    require(!left_, "nothing comes to who has left");
  }
  void note() {
    require_wanted();
    if (const auto session = std::exchange(leaving_, nullptr))
      leave(*session, Rest::kDiscard);
  }

  const std::uint64_t first_turn_;
  Announced &announced_;
  std::shared_ptr<Stream> leaving_;
  std::vector<bool> is_final_;
  int open_ = 0;
  bool left_ = false;
  bool ended_ = false;
};

StreamOptions take_options(Numbers &numbers) {
  StreamOptions options;
  options.chunk_duration = 50ms + numbers.next() % 20 * 50ms;
  options.max_backlog = 1s + numbers.next() * 100ms;
  options.connect_timeout = 100ms + numbers.next() * 100ms;
  options.drain_timeout = 100ms + numbers.next() * 100ms;
  options.idle_timeout = numbers.next() * 200ms;
  options.keepalive_interval = numbers.next() % 8 * 1s;
  options.retry.shortest = 20ms + numbers.next() * 20ms;
  options.retry.longest = numbers.next() * 200ms;
  options.retry.most_retries = static_cast<int>(numbers.next() % 8) - 1;
  options.overflow = numbers.next() % 2 == 0 ? Overflow::kDropOldest : Overflow::kBlock;
  options.first_turn = numbers.next();
  return options;
}

ParameterSet take_parameters(unsigned kind) {
  ParameterSet parameters{{"speech_model", std::string(kind % 2 == 0 ? "u3-rt-pro" : "en")}};
  if ((kind & 2U) != 0)
    parameters["format_turns"] = true;
  if ((kind & 4U) != 0)
    parameters["session_heartbeat"] = true;
  if ((kind & 8U) != 0)
    parameters["include_partial_turns"] = false;
  return parameters;
}

// A turn of words that follow one another.
std::string turn(Numbers numbers) {
  const unsigned order = numbers.next();
  const unsigned kind = numbers.next();
  unsigned start = numbers.next() * 100;
  const unsigned first = numbers.next();
  std::string words;
  std::string text;
  for (unsigned i = 0; i < numbers.next() % 16; i++, start += 300) {
    const std::string word = "w" + std::to_string(first + i);
    text += (i > 0 ? " " : "") + word;
    words += (i > 0 ? "," : "") + std::string(R"({"text":")") + word + R"(","start":)" +
             std::to_string(start) + R"(,"end":)" + std::to_string(start + 250) +
             R"(,"confidence":1,"word_is_final":true})";
  }
  return R"({"type":"Turn","turn_order":)" + std::to_string(order) + R"(,"end_of_turn":)" +
         ((kind & 1U) != 0 ? "true" : "false") + R"(,"turn_is_formatted":)" +
         ((kind & 2U) != 0 ? "true" : "false") + R"(,"end_of_turn_confidence":0,"transcript":")" +
         text + R"(","words":[)" + words + "]}";
}

// A session, and what it meets.
class World {
 public:
  explicit World(Numbers settings)
      : options_(take_options(settings)),
        parameters_(take_parameters(settings.next())),
        ending_(settings.next()),
        peers_(announced_, options_.overflow == Overflow::kDropOldest),
        witness_(std::make_shared<Witness>(options_.first_turn, announced_)),
        session_(std::make_shared<Stream>(
            options_, [this] { return target(); }, loop_, peers_.factory(),
            testing::callbacks_of(witness_))) {
    session_->start();
    loop_->run();
  }

  void act(std::string_view part) {
    if (part.empty())
      return;
    const char what = part.front();
    part.remove_prefix(1);
    if (what == 'm' || what == 'v')
      hear(what, part);
    else if (what >= 'A' && what <= 'Z')
      call(what, Numbers(part));
    else
      happen(what, Numbers(part));
    loop_->run();
    check();
  }

  void end() {
    if (ending_ % 3 == 0)
      witness_->leave(*session_, Rest::kDiscard);
    else if (ending_ % 3 == 1)
      witness_->leave(*session_, Rest::kSend);
    else
      session_->finish();
    loop_->advance(longest_end());
    require(session_->ended(), "it ends in its time");
    require(witness_->has_ended() || witness_->has_left(), "the end is reported");
    witness_->leave_next(nullptr);
    session_.reset();
    loop_->release_background();
    loop_->run();
    require(witness_.use_count() == 1, "nothing keeps it alive");
    require(peers_.all_gone(), "all connections are closed");
    require(loop_->pending_timers() == 0, "no timer is left");
  }

 private:
  Result<ConnectionInfo> target() {
    if (target_fails_)
      return Failure{.retry = static_cast<Retry>(target_fails_ % 7), .message = "no key"};
    ConnectionInfo target;
    target.request.parameters = parameters_;
    target.has_new_token = true;
    return target;
  }

  // Nobody comes to help. What is queued goes at the service's pace, then each thing has its limit.
  nanoseconds longest_end() const {
    return 2 * options_.max_backlog +
           8 * (options_.connect_timeout + options_.drain_timeout + options_.retry.longest +
                options_.retry.shortest + options_.chunk_duration) +
           60s;
  }

  void check() const {
    const StreamStats stats = session_->stats();
    require(stats.audio_queued_bytes <=
                bytes_of(options_.max_backlog) + kLongestBlock + bytes_of(options_.chunk_duration),
            "the queue has its limit");
    require(stats.session_seconds >= 0, "what is billed is sane");
    require(witness_->has_left() || session_->next_turn() == witness_->next_turn(),
            "the next turn's number is known");
    require(!witness_->has_ended() || session_->ended(), "what has ended is over");
  }

  // Calls of the application.
  void call(char what, Numbers numbers) {
    if (what == 'A')
      push(std::min<std::size_t>(2 * numbers.next() * numbers.next(), kLongestBlock),
           Content::kAudio);
    if (what == 'G')
      push(numbers.next() * 64, Content::kFilling);
    if (what == 'F')
      session_->finish();
    if (what == 'L')
      witness_->leave(*session_, numbers.next() % 2 == 0 ? Rest::kDiscard : Rest::kSend);
    if (what == 'N')
      witness_->leave_next(session_);
    if (what == 'E')
      session_->force_endpoint();
    if (what == 'U')
      session_->update(take_parameters(numbers.next()));
    if (what == 'W')
      session_->withdraw("format_turns");
    if (what == 'I') {
      session_->interrupt();
      session_->wait_end();
      session_->resume();
    }
  }

  void push(std::size_t size, Content content) {
    size -= size % 2;
    // With a full message to send it may wait, for this very thread.
    if (options_.overflow == Overflow::kBlock &&
        session_->stats().audio_queued_bytes >= bytes_of(options_.chunk_duration))
      return;
    AudioBlock block;
    block.stamp.running_time = duration_of(pushed_);
    for (std::size_t i = 0; i < size; i++)
      block.data.push_back(audio_at(pushed_ + i));
    const bool is_left_out = session_->idle() && content == Content::kFilling;
    const PushResult result = session_->push(std::move(block), content);
    require(result != PushResult::kInterrupted, "nobody has interrupted");
    if (result == PushResult::kAccepted && !is_left_out)
      pushed_ += size;
  }

  // What the network and the time bring.
  void happen(char what, Numbers numbers) {
    const auto peer = peers_.peer(numbers.next());
    const unsigned number = numbers.next();
    if (what == 't')
      loop_->advance(number * 20ms);
    if (what == 'j')
      loop_->jump(number * 100ms);
    if (what == 'h') {
      loop_->hold_background = number % 2 != 0;
      if (!loop_->hold_background)
        loop_->release_background();
    }
    if (what == 'k')
      target_fails_ = number;
    if (peer == nullptr)
      return;
    if (what == 'o' || what == 'b')
      peer->open();
    if (what == 'b')
      peer->say(R"({"type":"Begin","id":"s","expires_at":)" + std::to_string(expiry(number)) + "}");
    if (what == 's')
      peer->set_writable(number % 2 != 0);
    if (what == 'p')
      peer->answer_ping();
    if (what == 'c')
      peer->end({.close_code = number < 20 ? 1000 + number : 3000 + number, .reason = "why"});
    if (what == 'x')
      peer->end({.failure = http_failure(300 + number, numbers.next())});
  }

  std::int64_t expiry(unsigned seconds) const {
    return seconds == 0 ? 0 : loop_->wall_clock().count() + seconds;
  }

  static Failure http_failure(unsigned status, unsigned retry_after) {
    Failure failure = failure_from_http(status, "no");
    failure.retry_after = std::chrono::seconds(retry_after);
    return failure;
  }

  // What the service says: anything, or a turn that makes sense.
  void hear(char what, std::string_view part) {
    Numbers numbers(part);
    const auto peer = peers_.peer(numbers.next());
    if (peer != nullptr)
      peer->say(what == 'm' ? std::string(numbers.rest()) : turn(numbers));
  }

  static constexpr std::size_t kLongestBlock = 64000;

  const StreamOptions options_;
  const ParameterSet parameters_;
  const unsigned ending_;
  Announced announced_;
  unsigned target_fails_ = 0;
  std::uint64_t pushed_ = 0;
  std::shared_ptr<ManualLoop> loop_ = std::make_shared<ManualLoop>();
  Peers peers_;
  std::shared_ptr<Witness> witness_;
  std::shared_ptr<Stream> session_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::vector<std::string> parts = expanded_parts(as_text(data, size));
  World world{Numbers(parts.front())};
  for (const std::string &part : std::span(parts).subspan(1))
    world.act(part);
  world.end();
  return 0;
}

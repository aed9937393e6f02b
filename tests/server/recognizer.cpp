// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "recognizer.h"

#if __has_include(<sphinxbase/err.h>)
#define BEFORE_POCKETSPHINX_5
#include <pocketsphinx/pocketsphinx.h>
#include <sphinxbase/err.h>
#else
#include <pocketsphinx.h>
#endif

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace testserver {

namespace {

constexpr std::size_t kSpare = 2;  // decoders kept; one takes about 100 MB

struct Pool {
  std::mutex mutex;
  std::vector<std::unique_ptr<Recognizer>> spare;
};

Pool &pool() {
  static Pool instance;
  return instance;
}

using Setting = std::pair<const char *, std::string>;

std::vector<Setting> settings(const std::string &models) {
  return {{"hmm", models + "en-us"},
          {"lm", models + "en-us.lm.bin"},
          {"dict", models + "cmudict-en-us.dict"},
          // Wide beams and no second pass: measured to make half the errors on synthetic voices,
          // and the final comes at once. Still wider beams crash version 0.8.
          {"beam", "1e-64"},
          {"wbeam", "1e-40"},
          {"pbeam", "1e-64"},
          {"fwdflat", "no"}};
}

#ifdef BEFORE_POCKETSPHINX_5
ps_decoder_t *load(const std::string &models) {
  // Silence stays in, so that frames count time; newer versions never take it out.
  std::vector<std::string> words{"-remove_silence", "no", "-logfn", "/dev/null"};
  for (const auto &[name, value] : settings(models))
    words.insert(words.end(), {"-" + std::string(name), value});
  std::vector<char *> arguments;
  for (std::string &word : words)
    arguments.push_back(word.data());
  cmd_ln_t *config = cmd_ln_parse_r(nullptr, ps_args(), static_cast<int32>(arguments.size()),
                                    arguments.data(), TRUE);
  ps_decoder_t *decoder = config != nullptr ? ps_init(config) : nullptr;
  if (config != nullptr)
    cmd_ln_free_r(config);
  return decoder;
}
#else
ps_decoder_t *load(const std::string &models) {
  ps_config_t *config = ps_config_init(nullptr);
  for (const auto &[name, value] : settings(models))
    ps_config_set_str(config, name, value.c_str());
  ps_decoder_t *decoder = ps_init(config);
  ps_config_free(config);
  return decoder;
}
#endif

// "read(2)" is a pronunciation of "read"; <s>, [NOISE] and ++UM++ are no words.
std::string spoken(const char *entry) {
  std::string text = entry != nullptr ? entry : "";
  if (text.empty() || text[0] == '<' || text[0] == '[' || text[0] == '+')
    return {};
  return text.substr(0, text.find('('));
}

}  // namespace

std::unique_ptr<Recognizer> Recognizer::acquire(std::string *error) {
  {
    std::lock_guard lock(pool().mutex);
    if (!pool().spare.empty()) {
      auto recognizer = std::move(pool().spare.back());
      pool().spare.pop_back();
      return recognizer;
    }
  }
  static std::once_flag quiet;
  std::call_once(quiet, [] { err_set_logfp(nullptr); });
  const std::string models = std::string(POCKETSPHINX_MODELS) + "/en-us/";
  if (ps_decoder_t *decoder = load(models))
    return std::unique_ptr<Recognizer>(new Recognizer(decoder));
  *error = "PocketSphinx cannot load its models in " + models;
  return nullptr;
}

void Recognizer::give_back(std::unique_ptr<Recognizer> recognizer) {
  std::lock_guard lock(pool().mutex);
  if (recognizer != nullptr && pool().spare.size() < kSpare)
    pool().spare.push_back(std::move(recognizer));
}

Recognizer::~Recognizer() {
  ps_free(decoder_);
}

void Recognizer::start() {
  ps_start_stream(decoder_);
  ps_start_utt(decoder_);
}

void Recognizer::feed(std::span<const std::int16_t> samples) {
  ps_process_raw(decoder_, samples.data(), samples.size(), FALSE, FALSE);
}

void Recognizer::stop() {
  ps_end_utt(decoder_);
}

std::vector<EngineWord> Recognizer::words(std::int64_t offset_ms) const {
  std::vector<EngineWord> words;
  for (ps_seg_t *segment = ps_seg_iter(decoder_); segment != nullptr;
       segment = ps_seg_next(segment)) {
    EngineWord word;
    word.text = spoken(ps_seg_word(segment));
    if (word.text.empty())
      continue;
    int first = 0;
    int last = 0;
    ps_seg_frames(segment, &first, &last);
    word.start_ms = offset_ms + first * 10;
    word.end_ms = offset_ms + (last + 1) * 10;
    int32 posterior = ps_seg_prob(segment, nullptr, nullptr, nullptr);
    double probability = logmath_exp(ps_get_logmath(decoder_), posterior);
    word.confidence = std::clamp(probability, 0.0, 1.0);
    words.push_back(word);
  }
  return words;
}

}  // namespace testserver

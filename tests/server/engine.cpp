// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "engine.h"

namespace testserver {

std::unique_ptr<Engine> make_engine(const EngineSetup &setup, std::string *error) {
  switch (setup.kind) {
    case EngineKind::script:
      return make_script_engine(setup, error);
    case EngineKind::coded:
      return make_coded_engine(setup);
    case EngineKind::pocketsphinx:
      return make_pocketsphinx_engine(setup, error);
  }
  return nullptr;
}

#if !HAVE_POCKETSPHINX
bool prepare_pocketsphinx(std::string *error) {
  *error = "built without pocketsphinx";
  return false;
}

bool have_pocketsphinx() {
  return false;
}

std::unique_ptr<Engine> make_pocketsphinx_engine(const EngineSetup &, std::string *error) {
  prepare_pocketsphinx(error);
  return nullptr;
}
#endif

void format_words(std::vector<EngineWord> *words, bool complete) {
  for (std::size_t i = 0; i < words->size(); i++) {
    EngineWord &word = (*words)[i];
    word.formatted = word.text;
    bool capital = i == 0 || word.text == "i" || word.text.compare(0, 2, "i'") == 0;
    if (capital && !word.formatted.empty() && word.formatted[0] >= 'a' && word.formatted[0] <= 'z')
      word.formatted[0] = static_cast<char>(word.formatted[0] - 'a' + 'A');
  }
  if (complete && !words->empty())
    words->back().formatted += '.';
}

}  // namespace testserver

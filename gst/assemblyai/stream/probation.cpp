// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/probation.h"

#include <algorithm>
#include <utility>

#include "protocol/text.h"

namespace assemblyai {

namespace {

std::optional<ParameterValue> find(const ParameterSet &parameters, const std::string &name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || is_cleared(found->second))
    return std::nullopt;
  return found->second;
}

bool names_any(std::string_view words, const ParameterSet &parameters) {
  return std::any_of(parameters.begin(), parameters.end(), [words](const auto &parameter) {
    return contains_word(words, parameter.first);
  });
}

void merge(ParameterSet *into, const ParameterSet &changes) {
  for (const auto &[name, value] : changes)
    into->insert_or_assign(name, value);
}

}  // namespace

void Probation::begin(ParameterSet parameters) {
  accepted_ = std::move(parameters);
  updates_.clear();
}

std::optional<ParameterValue> Probation::value_of(const std::string &parameter) const {
  for (auto update = updates_.rbegin(); update != updates_.rend(); ++update) {
    if (update->changes.contains(parameter))
      return find(update->changes, parameter);
  }
  return find(accepted_, parameter);
}

void Probation::tell(const ParameterSet &changes, nanoseconds now) {
  ParameterSet news = changes;
  std::erase_if(news, [&](const auto &change) {
    return value_of(change.first) == find(changes, change.first) && !is_additive(change.first);
  });
  if (!news.empty())
    updates_.push_back({std::move(news), now});
}

void Probation::hear(nanoseconds now) {
  const auto young = std::find_if(updates_.begin(), updates_.end(), [now](const Update &update) {
    return now - update.sent < kLength;
  });
  for (auto update = updates_.begin(); update != young; ++update)
    merge(&accepted_, update->changes);
  updates_.erase(updates_.begin(), young);
}

// The last different value, which may have been sent in an update.
std::optional<ParameterValue> Probation::value_before(
    const std::string &parameter, const std::optional<ParameterValue> &refused) const {
  for (auto update = updates_.rbegin(); update != updates_.rend(); ++update) {
    if (update->changes.contains(parameter) && find(update->changes, parameter) != refused)
      return find(update->changes, parameter);
  }
  return find(accepted_, parameter);
}

std::vector<RefusedChange> Probation::differences(const ParameterSet &changes) const {
  std::vector<RefusedChange> all;
  for (const auto &[name, value] : changes) {
    const std::optional<ParameterValue> refused = find(changes, name);
    if (refused != find(accepted_, name))
      all.push_back({name, refused, value_before(name, refused)});
  }
  return all;
}

std::vector<RefusedChange> Probation::refuse_update(std::string_view words) {
  const auto is_named = [words](const Update &update) { return names_any(words, update.changes); };
  const auto count = std::count_if(updates_.begin(), updates_.end(), is_named);
  ParameterSet refused;
  if (count == 1) {
    const auto named = std::find_if(updates_.begin(), updates_.end(), is_named);
    refused = std::move(named->changes);
    updates_.erase(named);
  } else if (count == 0) {
    for (const Update &update : std::exchange(updates_, {}))
      merge(&refused, update.changes);
  }
  return differences(refused);
}

std::vector<RefusedChange> Probation::refuse_request(const ParameterSet &parameters,
                                                     std::string_view words) {
  ParameterSet asked = parameters;
  for (const auto &[name, value] : accepted_)
    asked.try_emplace(name, std::string());  // it was removed
  std::vector<RefusedChange> all = differences(asked);
  const auto is_named = [words](const RefusedChange &change) {
    return contains_word(words, change.parameter);
  };
  if (std::any_of(all.begin(), all.end(), is_named))
    std::erase_if(all, [&](const RefusedChange &change) { return !is_named(change); });
  for (const RefusedChange &change : all) {
    for (Update &update : updates_) {
      if (find(update.changes, change.parameter) == change.refused)
        update.changes.erase(change.parameter);
    }
  }
  return all;
}

}  // namespace assemblyai

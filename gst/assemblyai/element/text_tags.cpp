// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/text_tags.h"

#include <utility>

#include "element/passing_events.h"

namespace assemblyai {

namespace {

GstOwned<GstEvent> event_of(GstOwned<GstTagList> tags) {
  return GstOwned<GstEvent>(tags ? gst_event_new_tag(tags.release()) : nullptr);
}

}  // namespace

void TextTags::configure(const std::string &configured, const std::string &assumed) {
  assumed_ = assumed;
  // A detected language stays until the setting changes.
  if (std::exchange(configured_, configured) != configured)
    language_ = configured;
}

void TextTags::restart() {
  language_ = configured_;
  sent_language_.clear();
  of_audio_.reset();
  sent_.reset();
}

void TextTags::detect(const std::string &language) {
  if (!language.empty())
    language_ = language;
}

// First what the service says, then the settings, then upstream, then a guess.
std::string TextTags::language() const {
  if (!language_.empty())
    return language_;
  gchar *code = nullptr;
  if (of_audio_)
    gst_tag_list_get_string(of_audio_.get(), GST_TAG_LANGUAGE_CODE, &code);
  const Owned<char> owned(code);
  return code != nullptr ? code : assumed_;
}

// Complete, because a tag list of a stream replaces the one before.
GstOwned<GstTagList> TextTags::list() {
  sent_language_ = language();
  GstOwned<GstTagList> tags(of_audio_ ? gst_tag_list_copy(of_audio_.get())
                                      : gst_tag_list_new_empty());
  gst_tag_list_remove_tag(tags.get(), GST_TAG_LANGUAGE_CODE);
  if (!sent_language_.empty())
    gst_tag_list_add(tags.get(), GST_TAG_MERGE_REPLACE, GST_TAG_LANGUAGE_CODE,
                     sent_language_.c_str(), nullptr);
  gst_tag_list_set_scope(tags.get(), GST_TAG_SCOPE_STREAM);
  if (gst_tag_list_is_empty(tags.get()) != FALSE)
    return nullptr;
  return tags;
}

GstOwned<GstEvent> TextTags::news() {
  if (language() == sent_language_)
    return nullptr;
  GstOwned<GstTagList> tags = list();
  sent_.reset(tags ? gst_tag_list_ref(tags.get()) : nullptr);
  return event_of(std::move(tags));
}

GstOwned<GstEvent> TextTags::pass_on(GstEvent *event) {
  GstTagList *upstream = nullptr;
  gst_event_parse_tag(event, &upstream);
  GstOwned<GstTagList> of_text = tags_of_text(upstream);
  // Global tags are not the stream's.
  if (gst_tag_list_get_scope(upstream) != GST_TAG_SCOPE_STREAM)
    return event_of(std::move(of_text));
  of_audio_ = std::move(of_text);
  GstOwned<GstTagList> tags = list();
  // A parser repeats its tags with each new bit rate, which is no tag of text.
  if (!tags || (sent_ && gst_tag_list_is_equal(tags.get(), sent_.get()) != FALSE))
    return nullptr;
  sent_.reset(gst_tag_list_ref(tags.get()));
  return event_of(std::move(tags));
}

}  // namespace assemblyai

// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "tls.h"

namespace testserver {

namespace {

std::string directory(const Options &options) {
  return options.tls_directory.empty() ? TESTSERVER_CERTIFICATES : options.tls_directory;
}

const char *name_of(Tls tls) {
  switch (tls) {
    case Tls::unknown_issuer:
      return "/unknown-issuer";
    case Tls::expired:
      return "/expired";
    case Tls::wrong_host:
      return "/wrong-host";
    case Tls::off:
    case Tls::good:
      break;
  }
  return "/server";
}

}  // namespace

assemblyai::Ref<GTlsCertificate> load_certificate(const Options &options, std::string *error) {
  std::string base = directory(options) + name_of(options.tls);
  assemblyai::OutError problem;
  auto certificate = assemblyai::adopt(g_tls_certificate_new_from_files(
      (base + ".pem").c_str(), (base + "-key.pem").c_str(), problem.out()));
  if (problem)
    *error = problem->message;
  return certificate;
}

std::string authority_file(const Options &options) {
  return options.tls == Tls::off ? std::string() : directory(options) + "/ca.pem";
}

}  // namespace testserver

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# Makes the certificates anew. They are checked in, so that no build needs openssl; the keys are
# worth nothing: no machine but a test's loopback ever trusts them.
set -eu
umask 022
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; chmod 644 "$1"; }

# authority KEY CERTIFICATE NAME
authority() {
  openssl req -x509 -new -key "$1" -sha256 -days 36500 -subj "/CN=$3" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out "$2"
}

# sign NAME HOSTS START END: NAME.pem and NAME-key.pem by the authority
sign() {
  new_key "$1-key.pem"
  openssl req -new -key "$1-key.pem" -subj "/CN=$1" -out "$work/$1.csr"
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$2" \
    > "$work/ext"
  : > "$work/index.txt"
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$1.csr" -out "$1.pem" \
    -extfile "$work/ext" -startdate "$3" -enddate "$4"
}

cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = test
[test]
database = $work/index.txt
rand_serial = yes
new_certs_dir = $work
certificate = ca.pem
private_key = $work/ca-key.pem
default_md = sha256
policy = any
[any]
commonName = supplied
CNF

new_key "$work/ca-key.pem"
authority "$work/ca-key.pem" ca.pem "assemblyai-test-server authority"
sign server "DNS:localhost,IP:127.0.0.1" 20240101000000Z 21230101000000Z
sign expired "DNS:localhost,IP:127.0.0.1" 20200101000000Z 20210101000000Z
sign wrong-host "DNS:captions.example,IP:192.0.2.1" 20240101000000Z 21230101000000Z
new_key unknown-issuer-key.pem
# A firewall's has a name as long as this.
openssl req -x509 -new -key unknown-issuer-key.pem -sha256 -days 36500 \
  -subj "/C=US/ST=California/L=Springfield/O=Example Firewalls/OU=Certificate Authority/CN=FW100EXAMPLE000001/emailAddress=support@firewalls.example" \
  -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -out unknown-issuer.pem

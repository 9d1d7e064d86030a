#!/bin/sh
# Makes the OpenPGP files of this folder anew, with GnuPG 2.2 or later.
set -eu
cd "$(dirname "$0")"
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
printf 'signed by GnuPG\n' > message.txt
gpg="gpg --batch --yes --pinentry-mode loopback --passphrase="

# name, kind, end, hash: a key that signs itself.
make() {
    $gpg --faked-system-time 20240101T000000 --quick-generate-key "$1 <$1@example.com>" "$2" sign "${3:-never}"
    sign "$1" 20240101T000000 "$1.sig" "${4:-SHA256}"
    gpg --armor --export "$1@example.com" > "$1.asc"
}
# name, time, file, hash
sign() {
    $gpg --faked-system-time "$2" --local-user "$1@example.com" --digest-algo "${4:-SHA256}" --armor --detach-sign --output "$3" message.txt
}
make rsa rsa3072
make ed25519 ed25519
make nistp256 nistp256
make nistp384 nistp384 never SHA384
# Too short to count.
make weak rsa1024
make expired ed25519
sign expired 20240110T000000 expired.sig
fingerprint=$(gpg --with-colons --list-keys expired@example.com | awk -F: '$1 == "fpr" { print $10; exit }')
$gpg --faked-system-time 20240102T000000 --quick-set-expire "$fingerprint" 3d
gpg --armor --export expired@example.com > expired.asc

# One whose subkey signs, as most people's.
$gpg --faked-system-time 20240101T000000 --quick-generate-key "subkey <subkey@example.com>" ed25519 cert never
fingerprint=$(gpg --with-colons --list-keys subkey@example.com | awk -F: '$1 == "fpr" { print $10; exit }')
$gpg --faked-system-time 20240101T000000 --quick-add-key "$fingerprint" rsa3072 sign never
sign subkey 20240102T000000 subkey.sig
gpg --armor --export subkey@example.com > subkey.asc

# One that was revoked later.
make revoked ed25519
revocation="$GNUPGHOME/openpgp-revocs.d/$(gpg --with-colons --list-keys revoked@example.com | awk -F: '$1 == "fpr" { print $10; exit }').rev"
sed 's/^:-----BEGIN/-----BEGIN/' "$revocation" | gpg --batch --import
gpg --armor --export revoked@example.com > revoked.asc

# Weak hashes do not count.
sign rsa 20240102T000000 sha1.sig SHA1

# What `prizm provider sign` would sign in a folder with nothing but index.ts, "export default {};".
printf 'sha256-a228d2ed06964041bf62666fd4e9fdc66cac5f77846206e693b8d90b3e0c3a1c\n' |
    $gpg --local-user rsa@example.com --digest-algo SHA512 --armor --detach-sign --output index.sig

# A commit and a tag, as git keeps them.
work=$(mktemp -d)
git init -q "$work"
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='1704100000 +0000' GIT_COMMITTER_DATE='1704100000 +0000'
as="git -C $work -c user.name=rsa -c user.email=rsa@example.com -c user.signingkey=rsa@example.com"
$as commit -q -S --allow-empty -m 'signed by GnuPG'
$as tag -s -m v1 v1
git -C "$work" cat-file commit HEAD > commit.object
git -C "$work" cat-file tag v1 > tag.object
rm -rf "$work"

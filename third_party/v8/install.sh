#!/bin/sh
# Puts V8's archive where the `v8` crate's build script looks before it downloads (see place.sh).
#
# In:  the archive beside this script, SHA256SUMS, Cargo.lock, the host of `rustc`.
# Out: one file below $CARGO_HOME/.rusty_v8, or nothing where the crate's own download applies.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=place.sh
. "$here/place.sh"

host=$(rustc -vV | sed -n 's/^host: //p')
if [ "$host" != "$v8_target" ]; then
    echo "v8: $host takes the crate's own download"
    exit 0
fi

locked=$(v8_locked_version "$here/../../Cargo.lock")
if [ "$locked" != "$v8_version" ]; then
    cat >&2 <<TEXT
v8: Cargo.lock names v8 $locked, the archive in third_party/v8 is for $v8_version. Nothing was put in place:
    the crate will download its own. third_party/v8/README.md says how to renew the archive.
TEXT
    exit 0
fi

expected=$(awk -v name="$v8_archive" '$2 == name { print $1 }' "$here/SHA256SUMS")
sha256() { sha256sum "$1" | cut -d ' ' -f 1; }

if [ -f "$v8_place" ] && [ "$(sha256 "$v8_place")" = "$expected" ]; then
    exit 0
fi
if [ "$(sha256 "$here/$v8_archive")" != "$expected" ]; then
    echo "error: third_party/v8/$v8_archive does not match SHA256SUMS" >&2
    echo "hint: git checkout -- third_party/v8" >&2
    exit 1
fi

mkdir -p "$(dirname "$v8_place")"
# Copied beside its place and renamed: a build that starts meanwhile never sees half a file.
staged="$v8_place.$$"
trap 'rm -f "$staged"' EXIT
cp "$here/$v8_archive" "$staged"
mv -f "$staged" "$v8_place"
echo "v8: put $v8_version into $v8_place"

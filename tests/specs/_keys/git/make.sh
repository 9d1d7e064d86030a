#!/bin/sh
# Makes the objects of this folder anew: commits and tags that git signed with the SSH keys beside it.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
keys=$(mktemp -d)
trap 'rm -rf "$work" "$keys"' EXIT
cp ../alice ../carol-rsa ../dave-ecdsa "$keys"
chmod 600 "$keys"/*
git init -q "$work"
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='1704100000 +0000' GIT_COMMITTER_DATE='1704100000 +0000'
for key in alice carol-rsa dave-ecdsa; do
    as="git -C $work -c user.name=$key -c user.email=$key@example.com -c gpg.format=ssh -c user.signingkey=$keys/$key"
    $as commit -q -S --allow-empty -m "signed by $key"
    $as tag -s -m "a tag of $key" "$key"
    git -C "$work" cat-file commit HEAD > "$key.commit"
    git -C "$work" cat-file tag "$key" > "$key.tag"
done
git -C "$work" -c user.name=nobody -c user.email=nobody@example.com commit -q --allow-empty -m unsigned
git -C "$work" cat-file commit HEAD > unsigned.commit

#!/bin/sh
# Makes a git repository of the folders in provider/, with a tag for each.
#   examples/untrusted-provider/make-repository.sh [folder]     default: /tmp/greeter
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/tmp/greeter}
rm -rf "$target"
git init --quiet "$target"
for version in v1.0.0 v1.1.0; do
  cp "$here/provider/$version/"* "$target/"
  git -C "$target" add --all
  git -C "$target" -c user.name=Greeter -c user.email=greeter@example.com commit --quiet --message "$version"
  git -C "$target" tag "$version"
done
echo "git+file://$target"

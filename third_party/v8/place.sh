# shellcheck shell=sh disable=SC2034
# Which V8 lies in this folder, and where the `v8` crate's build script looks for it before it downloads: below
# $CARGO_HOME, under the download's URL with every character that is no letter or digit as an underscore.
# Sourced by install.sh, rebuild.sh and scripts/cc. A change of version changes the URL with it.

v8_version=150.4.0
v8_target=x86_64-unknown-linux-gnu
v8_archive=librusty_v8_simdutf_release_x86_64-unknown-linux-gnu.a.gz
v8_place="${CARGO_HOME:-$HOME/.cargo}/.rusty_v8/https___github_com_denoland_rusty_v8_releases_download_v150_4_0_librusty_v8_simdutf_release_x86_64_unknown_linux_gnu_a_gz"

# Prints the version of the `v8` crate in the lockfile $1.
v8_locked_version() {
    awk '/^name = "v8"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$1"
}

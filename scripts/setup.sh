#!/usr/bin/env bash
# Everything a build and the tests need beside cargo: system packages and V8's archive. Safe to repeat.
#
# Installs with apt-get as root or where sudo asks no password. Elsewhere it prints the one command and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()  # Debian packages
purposes=() # what they are for, in the same order

need() { # need <package> <purpose>
    missing+=("$1")
    purposes+=("$2")
}

has_command() { command -v "$1" >/dev/null; }

# bindgen loads libclang and needs clang's own headers (stddef.h) beside it.
has_libclang() {
    [[ -n ${LIBCLANG_PATH:-} ]] && return
    local folder
    for folder in /usr/lib/llvm-*/lib /usr/lib64 /usr/lib /usr/local/lib; do
        if compgen -G "$folder/libclang*.so*" >/dev/null &&
            compgen -G "$folder/clang/*/include/stddef.h" >/dev/null; then
            return
        fi
    done
    return 1
}

# Debian's `busybox` has the same name, and needs libraries that an empty image has not.
has_static_busybox() { [[ -x /usr/bin/busybox ]] && ! ldd /usr/bin/busybox >/dev/null 2>&1; }

on_linux() { [[ $(uname -s) == Linux ]]; }

has_command cargo || {
    echo "error: cargo is missing; https://rustup.rs installs it" >&2
    exit 1
}
{ has_command cc && [[ -e /usr/include/stdlib.h || ! -e /etc/debian_version ]]; } || {
    need gcc "C compiler and linker"
    need libc6-dev "C headers"
}
! on_linux || has_libclang || need libclang-dev "bindgen, for nghttp2 and sqlite"
has_command git || need git "git servers of the tests"
! on_linux || has_command valgrind || need valgrind "order of functions in the release binary (scripts/release.sh)"
! on_linux || has_command dockerd || need docker.io "engine of the container tests"
! on_linux || has_command docker-registry || need docker-registry "registry of the container tests"
! on_linux || has_command docker-compose || need docker-compose "what compose files mean (tests/compose)"
! on_linux || has_command openssl || need openssl "certificates of the container tests"
! on_linux || has_static_busybox || need busybox-static "images of the container tests"
has_command ffmpeg || need ffmpeg "tests that open the media"
[[ -e /etc/ssl/certs/ca-certificates.crt || ! -e /etc/debian_version ]] || need ca-certificates "system trust store"

if ((${#missing[@]})); then
    echo "setup: missing:"
    for i in "${!missing[@]}"; do
        printf '  %-16s %s\n' "${missing[i]}" "${purposes[i]}"
    done
    install="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    if ! has_command apt-get; then
        echo "error: there is no apt-get here: install these (Debian's names) by hand, then repeat" >&2
        exit 1
    elif ((EUID == 0)); then
        DEBIAN_FRONTEND=noninteractive bash -c "$install"
    elif has_command sudo && sudo -n true 2>/dev/null; then
        sudo -n DEBIAN_FRONTEND=noninteractive bash -c "$install"
    else
        echo "error: packages are missing, and only root may install them" >&2
        echo "hint: sudo bash -c '$install'" >&2
        exit 1
    fi
fi

third_party/v8/install.sh
echo "setup: ready"

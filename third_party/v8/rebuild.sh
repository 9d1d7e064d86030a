#!/usr/bin/env bash
# Compiles V8's archive anew from the published source of the `v8` crate (README.md tells the story).
#
#   third_party/v8/rebuild.sh [--prepare] [work folder]     default folder: target/v8
#
# In:  the crates v8, deno_core_icudata and temporal_capi from crates.io; Debian 12's LLVM 22, ninja, python3.
# Out: <work folder>/<archive>.gz and its SHA-256. Nothing in the repository is changed. `--prepare` stops before the
#      compile, which takes hours: everything is fetched, edited and configured by then.
# Each finished stage is kept: a second run goes on where the first one stopped.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=place.sh
. "$here/place.sh"

icudata_version=0.77.0 # ICU 77, as in the crate's third_party/icu
temporal_version=0.2.3 # as in the crate's third_party/rust/temporal_capi
llvm=/usr/lib/llvm-22

prepare_only=
if [[ ${1:-} == --prepare ]]; then
    prepare_only=1
    shift
fi
mkdir -p "${1:-$here/../../target/v8}"
work=$(cd "${1:-$here/../../target/v8}" && pwd)
source_tree=$work/v8-$v8_version
tools=$work/tools
out=$work/out

say() { printf 'rebuild: %s\n' "$*"; }

check_tools() {
    local packages=(clang-22 lld-22 llvm-22 libclang-rt-22-dev ninja-build python3 ccache) missing=() package
    for package in "${packages[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    if ((${#missing[@]})); then
        say "missing packages; as root: apt-get install -y --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
}

# A crate's source as <work>/<name>-<version>: cargo downloads it, and checks it against the registry's hash.
fetch_crate() { # fetch_crate <name> <version>
    local folder=$work/$1-$2 manifest=$work/fetch/$1/Cargo.toml found
    [[ -e $folder/.fetched ]] && return
    say "fetching $1 $2"
    mkdir -p "${manifest%/*}"
    printf '[package]\nname = "fetch"\n[lib]\npath = "lib.rs"\n[dependencies]\n%s = "=%s"\n[workspace]\n' "$1" "$2" >"$manifest"
    : >"${manifest%/*}/lib.rs"
    found=$(cargo metadata --quiet --format-version 1 --manifest-path "$manifest" |
        python3 -c 'import json, sys
print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == sys.argv[1]))' "$1")
    rm -rf "$folder"
    cp -r "${found%/*}" "$folder"
    touch "$folder/.fetched"
}

# Debian 12's and 13's gn are too old for this source, and sid's wants a newer libc: it runs here beside that libc.
fetch_gn() {
    [[ -x $tools/bin/gn ]] && return
    say "fetching gn (Debian sid)"
    local apt=$work/apt options package
    mkdir -p "$apt/lists/partial" "$apt/debs/partial" "$apt/root" "$tools/bin"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main" >"$apt/sources.list"
    options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists"
        -o Acquire::Check-Valid-Until=false # a closed network's mirror may lag; the signature is still checked
        -o "Dir::Cache::archives=$apt/debs" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=")
    apt-get "${options[@]}" update
    (cd "$apt/debs" && apt-get "${options[@]}" -o APT::Sandbox::User=root download generate-ninja libc6 libgcc-s1)
    for package in "$apt"/debs/*.deb; do
        dpkg-deb -x "$package" "$apt/root"
    done
    cat >"$tools/bin/gn" <<GN
#!/bin/sh
lib=$apt/root/usr/lib/x86_64-linux-gnu
exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib" "$apt/root/usr/bin/gn" "\$@"
GN
    chmod +x "$tools/bin/gn"
}

install_bindgen() {
    [[ -x $tools/bin/bindgen ]] && return
    say "building bindgen-cli"
    cargo install --quiet --locked --root "$tools" bindgen-cli
}

# mksnapshot, a program of the build, calls Temporal's Rust code. The final program has it from the crate's own dependency.
build_temporal() {
    local folder=$work/temporal
    [[ -e $folder/target/release/libtemporal.a ]] && return
    say "building temporal_capi $temporal_version"
    mkdir -p "$folder"
    cat >"$folder/Cargo.toml" <<TOML
[package]
name = "temporal"
version = "0.0.0"
edition = "2024"
[lib]
path = "lib.rs"
crate-type = ["staticlib"]
[dependencies]
temporal_capi = { version = "=$temporal_version", features = ["zoneinfo64"] }
[profile.release]
panic = "abort"
[workspace]
TOML
    echo 'pub use temporal_capi;' >"$folder/lib.rs"
    (cd "$folder" && cargo build --quiet --release --target-dir target)
}

# What the crate leaves out of its source, and what Debian's clang 22 does not know.
edit_source() {
    [[ -e $source_tree/.edited ]] && return
    say "editing the source"
    rm -f "$source_tree/rust-toolchain.toml" # names a toolchain that need not be here
    mkdir -p "$source_tree/third_party/icu/common"
    cp "$work/deno_core_icudata-$icudata_version/src/icudtl.dat" "$source_tree/third_party/icu/common/"
    ln -sfn "$(rustc --print sysroot)" "$source_tree/third_party/rust-toolchain"
    cat >"$source_tree/third_party/rust/temporal_capi/BUILD.gn" <<GN
config("settings") {
  defines = [ "TEMPORAL_CAPI_VERSION_0_2" ]
  include_dirs = [ "$work/temporal_capi-$temporal_version/bindings/cpp" ]
  libs = [ "$work/temporal/target/release/libtemporal.a" ]
}
group("temporal_capi") {
  public_configs = [ ":settings" ]
}
GN
    python3 - "$source_tree" <<'PYTHON'
import pathlib, re, sys

def edit(path, pattern, replacement, count):
    file = pathlib.Path(sys.argv[1], path)
    text, found = re.subn(pattern, replacement, file.read_text(), flags=re.DOTALL)
    if found != count:
        sys.exit(f"{path}: {found} places match {pattern!r}, not {count}: the source has changed")
    file.write_text(text)

compiler = "build/config/compiler/BUILD.gn"
edit(compiler, r'cflags \+= \[ "(/clang:)?-fdiagnostics-show-inlining-chain" \]', "", 2)
edit(compiler, r'cflags \+= \[ "-fno-lifetime-dse" \]', "", 1)
# The template's configurations stay, and set no flags.
edit("build/config/sanitizers/sanitizers.gni",
     r'(template\("ubsan_hardening"\) \{.*?)if \(_condition && !is_ubsan && is_clang\)', r'\1not_needed([ "_condition" ])\n    if (false)', 1)
PYTHON
    touch "$source_tree/.edited"
}

# clang's runtime under the file names that the build asks for.
link_clang_runtime() {
    say "linking clang's runtime"
    mkdir -p "$tools/llvm/lib/clang/22/lib"
    local entry library target=$tools/llvm/lib/clang/22/lib/$v8_target
    ln -sfn "$llvm/bin" "$tools/llvm/bin"
    for entry in "$llvm"/lib/*; do
        [[ $entry == */clang ]] || ln -sfn "$entry" "$tools/llvm/lib/"
    done
    for entry in "$llvm"/lib/clang/22/*; do
        [[ $entry == */lib ]] || ln -sfn "$entry" "$tools/llvm/lib/clang/22/"
    done
    ln -sfn "$llvm/lib/clang/22/lib/linux" "$tools/llvm/lib/clang/22/lib/linux"
    mkdir -p "$target"
    for library in "$llvm"/lib/clang/22/lib/linux/libclang_rt.*-x86_64.a; do
        entry=${library##*/}
        ln -sfn "$library" "$target/${entry%-x86_64.a}.a"
    done
}

configure() {
    say "configuring $out"
    mkdir -p "$out"
    sed -e "s|@LLVM@|$tools/llvm|" -e "s|@RUST_SYSROOT@|$(rustc --print sysroot)|" -e "s|@RUSTC_VERSION@|$(rustc --version)|" \
        -e "s|@BINDGEN_ROOT@|$tools|" -e "s|@CC_WRAPPER@|ccache|" "$here/args.gn" >"$out/args.gn"
    (cd "$source_tree" && "$tools/bin/gn" --script-executable=python3 gen "$out")
}

compile() {
    say "compiling; about 110 minutes on two cores"
    PYTHONDONTWRITEBYTECODE=1 ninja -C "$out" rusty_v8
    cp "$out/obj/librusty_v8.a" "$work/librusty_v8.a"
    "$llvm/bin/llvm-strip" --strip-debug "$work/librusty_v8.a"
    gzip -9n <"$work/librusty_v8.a" >"$work/$v8_archive"
    (cd "$work" && sha256sum "$v8_archive")
    say "to use it: copy $work/$v8_archive here, put the line above into SHA256SUMS, run make setup"
}

check_tools
fetch_crate v8 "$v8_version"
fetch_crate deno_core_icudata "$icudata_version"
fetch_crate temporal_capi "$temporal_version"
fetch_gn
install_bindgen
build_temporal
edit_source
link_clang_runtime
configure
[[ -n $prepare_only ]] || compile

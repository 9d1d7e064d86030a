#!/usr/bin/env bash
# The release binary, with its functions in the order in which a start needs them.
#
# A start runs some seven thousand functions of a program that has hundreds of thousands. Where the linker leaves them,
# each drags in its neighbours: three times the memory, and a quarter more time. So the program is linked, watched
# while it runs a script and a provider (valgrind), and linked again with what ran first side by side. The order holds
# until dependencies or compiler change; without valgrind the binary works the same, with more memory.
#
# Out: `<target>/release/prizm`, stripped; `<target>/release/startup.order`. `scripts/release.sh --anew` traces again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
order=$target/release/startup.order
[[ ${1:-} == --anew ]] && rm -f "$order"

link() { # link [linker argument…]
    local arguments=()
    for argument in "$@"; do arguments+=(-C "link-arg=-Wl,$argument"); done
    cargo rustc --locked --release --bin prizm -- "${arguments[@]}"
}

# The functions that ran, in the order of their first run, as the linker knows them.
functions() { # functions <callgrind output>…
    awk '
        /^c?(ob|fn)=/ { match($0, /\([0-9]+\)/); id = FILENAME substr($0, RSTART, RLENGTH); text = substr($0, RSTART + RLENGTH + 1) }
        /^c?ob=/ && text != "" { is_ours[id] = text ~ /\/prizm$/ }
        /^c?fn=/ && text != "" { name[id] = text }
        /^ob=/ { ours = is_ours[id] }
        /^fn=/ && ours { ran[++count] = id }
        END {
            for (i = 1; i <= count; i++) {
                text = name[ran[i]]
                sub(/\x27[0-9]+$/, "", text)
                if (!seen[text]++) print text
            }
        }' "$@"
}

trace() {
    local scratch
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' RETURN
    watch() { # watch <name> <argument…>
        local name=$1
        shift
        HOME=$scratch PRIZM_HOME=$scratch/cache XDG_CONFIG_HOME=$scratch/config \
            valgrind --quiet --tool=callgrind --demangle=no --smc-check=all-non-file \
            --callgrind-out-file="$scratch/$name.trace" "$target/release/prizm" "$@" >/dev/null 2>"$scratch/$name.log" ||
            { cat "$scratch/$name.log" >&2 && return 1; }
    }
    watch hello run examples/hello.ts
    watch provider run --no-lock examples/static-provider.ts
    functions "$scratch"/{hello,provider}.trace >"$order.part"
    mv "$order.part" "$order"
}

# Elsewhere the linker is another one.
if [[ $(uname -sm) != "Linux x86_64" ]]; then
    link
    exit
fi
if [[ Cargo.lock -nt $order ]] && command -v valgrind >/dev/null; then
    link
    echo "release: watching a start"
    trace
fi
if [[ -s $order ]]; then
    link --strip-all "--symbol-ordering-file=$order" --no-warn-symbol-ordering
else
    echo "release: no valgrind: functions stay where the linker puts them" >&2
    link --strip-all
fi

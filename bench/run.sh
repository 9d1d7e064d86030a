#!/usr/bin/env bash
# Installs what the benchmark needs from the system, then runs it. Arguments go to run.py.
set -euo pipefail
cd "$(dirname "$0")"

declare -A package_of=(
  [hyperfine]=hyperfine [/usr/bin/time]=time [git]=git [node]=nodejs [npm]=npm [python3]=python3
)
missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done

if ((${#missing[@]})); then
  install=(apt-get install --yes --no-install-recommends "${missing[@]}")
  if command -v apt-get >/dev/null && ((EUID == 0)); then
    apt-get update -qq
    "${install[@]}"
  else
    echo "error: the benchmark needs: ${missing[*]}" >&2
    echo "hint: sudo ${install[*]}" >&2
    exit 1
  fi
fi

exec python3 run.py "$@"

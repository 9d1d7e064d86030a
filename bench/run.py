#!/usr/bin/env python3
"""Measures Prizm beside Deno, Bun and Node, and writes RESULTS.md.

In: the release binary, npm for the peers. Out: bench/RESULTS.md. Exit code 0 only if every command ran and
printed what it should; a target that was not reached is a result, not an error.
Side effects: everything else is written under bench/.scratch.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import report
from cases import Cases, Group, make_repository, prepare_place
from measure import Place, Samples, memory_group, time_group
from peers import Program, fetch_tarballs, install
from servers import serve_git, serve_npm

BENCH = Path(__file__).resolve().parent
SCRATCH = BENCH / ".scratch"
RELEASE = BENCH.parent / "target/release/prizm"


@dataclass(frozen=True)
class Plan:
    """How often a group runs: `rounds` of `runs` for each command, after `warmup` runs that do not count."""

    rounds: int
    runs: int
    warmup: int


PLANS = {
    "start": Plan(12, 5, 1),
    "warm": Plan(12, 5, 1),
    "cold": Plan(5, 2, 0),
    "transpile": Plan(5, 2, 0),
    "memory": Plan(11, 1, 0),
    "isolates": Plan(12, 5, 1),
}
QUICK = {key: Plan(2, 2, min(plan.warmup, 1)) for key, plan in PLANS.items()}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures Prizm beside Deno, Bun and Node.")
    parser.add_argument("--prizm", type=Path, default=RELEASE, help="binary to measure (default: target/release/prizm)")
    parser.add_argument("--only", default=",".join(PLANS), help=f"groups to run, of {','.join(PLANS)}")
    parser.add_argument("--quick", action="store_true", help="few runs: tries the plumbing, proves nothing")
    parser.add_argument("--output", type=Path, default=BENCH / "RESULTS.md")
    chosen = parser.parse_args()
    chosen.only = chosen.only.split(",")
    if unknown := set(chosen.only) - set(PLANS):
        parser.error(f"no group is called {', '.join(sorted(unknown))}; there are {', '.join(PLANS)}")
    return chosen


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def prizm_version(binary: Path) -> Program:
    if not binary.is_file():
        return Program("prizm", str(binary), "not built")
    done = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    return Program("prizm", str(binary), done.stdout.strip().removeprefix("prizm ").replace("\n", ", ") or "unknown")


def set_up(binary: Path) -> tuple[Cases, dict[str, Program]]:
    SCRATCH.mkdir(exist_ok=True)
    run = SCRATCH / "run"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir()
    say("Install the peers from npm")
    peers = install(SCRATCH)
    tarballs = fetch_tarballs(SCRATCH, BENCH / "fixtures/provider/package.json")
    say("Start the git server and the npm registry on loopback")
    make_repository(run / "git")
    place = prepare_place(run, serve_git(run / "git"), serve_npm(tarballs), SCRATCH / "peers/node_modules/.bin")
    programs = {"prizm": prizm_version(binary), **peers}
    return Cases(run, binary, programs, place), programs


def measure(group: Group, place: Place, plan: Plan) -> dict[str, Samples]:
    if group.key == "memory":
        return memory_group(group.commands, place, plan.rounds)
    return time_group(group.commands, place, plan.rounds, plan.runs, plan.warmup)


def main() -> int:
    chosen = arguments()
    load = os.getloadavg()[0]
    binary = chosen.prizm.resolve()
    cases, programs = set_up(binary)
    builders: dict[str, Callable[[], Group]] = {key: getattr(cases, key) for key in PLANS}
    groups, results = [], {}
    for key in (key for key in PLANS if key in chosen.only):
        group = builders[key]()
        say(f"Measure: {group.title}")
        groups.append(group)
        results[key] = measure(group, cases.place, (QUICK if chosen.quick else PLANS)[key])
    report.write(chosen.output, groups, results, programs, load, how_to_repeat(chosen))
    say(f"Wrote {os.path.relpath(chosen.output)}")
    return verdict(results, programs["prizm"])


def how_to_repeat(chosen: argparse.Namespace) -> str:
    flags = (["--quick"] if chosen.quick else []) + ([f"--only {','.join(chosen.only)}"] if set(chosen.only) != set(PLANS) else [])
    return " ".join(["bench/run.sh", *flags]) if flags else "make bench"


def verdict(results: report.Results, prizm: Program) -> int:
    failures = [
        f"{group}: {name}: {samples.failure}"
        for group, rows in results.items()
        for name, samples in rows.items()
        if samples.failure
    ]
    for failure in failures:
        say(f"error: {failure}")
    if prizm.version == "not built":
        say("hint: cargo build --release, then make bench")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"error: {error}")

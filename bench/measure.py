"""Checks and times commands.

A noisy machine drifts: all commands of a group run in every round, in a rotated order, and ratios are taken
inside a round before their median is. hyperfine does the timing, without a shell; `/usr/bin/time` the memory.
"""

import json
import shlex
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """One line of a table. `clear` names what is deleted, untimed, before each run."""

    name: str
    line: str
    prints: str
    clear: tuple[Path, ...] = ()

    def prepare(self) -> str:
        return shlex.join(["rm", "-rf", *map(str, self.clear)]) if self.clear else "true"


@dataclass
class Samples:
    """Measurements by round; `failure` says why there are none."""

    rounds: list[list[float]] = field(default_factory=list)
    failure: str | None = None

    @property
    def values(self) -> list[float]:
        return [value for values in self.rounds for value in values]

    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True)
class Place:
    """Where commands run: one folder and one environment for all."""

    cwd: Path
    environment: dict[str, str]


def check(command: Command, place: Place) -> str | None:
    """Runs once, which also fills caches. Gives the reason if it did not print what it should."""
    subprocess.run(shlex.split(command.prepare()), cwd=place.cwd, check=True)
    try:
        done = subprocess.run(
            shlex.split(command.line), cwd=place.cwd, env=place.environment, capture_output=True, text=True,
            timeout=300, check=False,
        )
    except FileNotFoundError:
        return "not built"
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    if done.returncode == 0 and done.stdout.strip() == command.prints:
        return None
    complaint = next((line for line in done.stderr.splitlines() if line.strip()), "no message")
    said = complaint.strip().replace(str(place.cwd), "[RUN]")[:200]
    return f"exit code {done.returncode}, printed {done.stdout.strip()[:80]!r}, said: {said}"


def checked(commands: list[Command], place: Place) -> tuple[dict[str, Samples], list[Command]]:
    results = {command.name: Samples(failure=check(command, place)) for command in commands}
    return results, [command for command in commands if results[command.name].failure is None]


def rotated(commands: list[Command], turn: int) -> list[Command]:
    shift = turn % len(commands)
    return commands[shift:] + commands[:shift]


def time_group(commands: list[Command], place: Place, rounds: int, runs: int, warmup: int) -> dict[str, Samples]:
    """Wall-clock seconds."""
    results, running = checked(commands, place)
    for turn in range(rounds if running else 0):
        for command, times in zip(*hyperfine(rotated(running, turn), place, runs, warmup), strict=True):
            results[command.name].rounds.append(times)
    return results


def hyperfine(commands: list[Command], place: Place, runs: int, warmup: int) -> tuple[list[Command], list[list[float]]]:
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        line = ["hyperfine", "--shell=none", "--style=none", f"--runs={runs}", f"--warmup={warmup}"]
        line += [f"--export-json={report.name}"]
        line += [argument for command in commands for argument in ("--prepare", command.prepare())]
        line += [command.line for command in commands]
        done = subprocess.run(
            line, cwd=place.cwd, env=place.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"hyperfine failed:\n{done.stderr.strip()}")
        return commands, [result["times"] for result in json.load(report)["results"]]


def memory_group(commands: list[Command], place: Place, rounds: int) -> dict[str, Samples]:
    """Peak resident memory in MiB."""
    results, running = checked(commands, place)
    for turn in range(rounds if running else 0):
        for command in rotated(running, turn):
            results[command.name].rounds.append([peak_memory(command, place)])
    return results


def peak_memory(command: Command, place: Place) -> float:
    with tempfile.NamedTemporaryFile(mode="r") as report:
        subprocess.run(
            ["/usr/bin/time", "--format=%M", f"--output={report.name}", *shlex.split(command.line)],
            cwd=place.cwd, env=place.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
        )
        return int(report.read().split()[-1]) / 1024


def paired(first: Samples, second: Samples, combine) -> float | None:
    """The median over rounds of `combine(median of first, median of second)`; `None` if either is missing."""
    if not first.rounds or not second.rounds:
        return None
    pairs = zip(first.rounds, second.rounds, strict=True)
    return statistics.median(combine(statistics.median(one), statistics.median(other)) for one, other in pairs)


def ratio(first: Samples, second: Samples) -> float | None:
    return paired(first, second, lambda one, other: one / other)


def difference(first: Samples, second: Samples) -> float | None:
    return paired(first, second, lambda one, other: one - other)

"""Writes RESULTS.md: tables, targets, the machine and how to repeat the run."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from cases import BUILD_FROM_CLONE, PRIZM, START, Group
from measure import Samples, difference, ratio
from peers import Program

Results = dict[str, dict[str, Samples]]


@dataclass(frozen=True)
class Target:
    text: str
    group: str
    measure: Callable[[dict[str, Samples]], float | None]
    reached: Callable[[float], bool]
    show: Callable[[float], str]


TARGETS = [
    Target(
        "start of hello.ts at most 1.0 x Deno's", "start",
        lambda group: ratio(group[PRIZM], group["deno"]), lambda value: value <= 1.0, lambda value: f"{value:.2f} x",
    ),
    Target(
        "warm getProvider at most 40 ms above Prizm's own start", "warm",
        lambda group: difference(group[PRIZM], group[START]), lambda value: value <= 0.040,
        lambda value: f"{value * 1000:+.1f} ms",
    ),
    Target(
        f"cold load at least 5 x faster than {BUILD_FROM_CLONE}", "cold",
        lambda group: ratio(group[BUILD_FROM_CLONE], group[PRIZM]), lambda value: value >= 5.0,
        lambda value: f"{value:.1f} x",
    ),
    Target(
        "peak memory of hello.ts at most 1.3 x Deno's", "memory",
        lambda group: ratio(group[PRIZM], group["deno"]), lambda value: value <= 1.3, lambda value: f"{value:.2f} x",
    ),
]


def amount(value: float, unit: str) -> str:
    if unit == "MiB":
        return f"{value:.1f} MiB"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def table(group: Group, results: dict[str, Samples]) -> list[str]:
    unit = "MiB" if group.key == "memory" else "s"
    titles = ["", "median", "min", "max", "runs", "prizm / this", *(["modules / s"] if group.modules else [])]
    rows = [row(command.name, group, results, unit) for command in group.commands]
    padded = [cells + [""] * (len(titles) - len(cells)) for cells in rows]
    lines = [titles, ["---", *["--:"] * (len(titles) - 1)], *padded]
    failures = [f"- {name}: {samples.failure}" for name, samples in results.items() if samples.failure]
    return [*(f"| {' | '.join(cells)} |" for cells in lines), "", *([*failures, ""] if failures else [])]


def row(name: str, group: Group, results: dict[str, Samples], unit: str) -> list[str]:
    samples = results[name]
    if samples.failure is not None:
        return [name, "not measured"]
    values = samples.values
    share = ratio(results[PRIZM], samples)
    cells = [name, *(amount(value, unit) for value in (samples.median(), min(values), max(values)))]
    cells += [str(len(values)), "not measured" if share is None else f"{share:.2f}"]
    return cells + ([f"{group.modules / samples.median():.0f}"] if group.modules else [])


def targets(results: Results) -> list[str]:
    lines = ["| target | measured | |", "|---|--:|---|"]
    for target in TARGETS:
        value = target.measure(results[target.group]) if target.group in results else None
        if value is None:
            lines.append(f"| {target.text} | not measured | |")
        else:
            verdict = "reached" if target.reached(value) else "**not reached**"
            lines.append(f"| {target.text} | {target.show(value)} | {verdict} |")
    return lines


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def memory_size() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def machine(load: float) -> str:
    return (
        f"{os.cpu_count()} cores ({processor()}), {memory_size()} memory, {platform.system()} {platform.release()} "
        f"{platform.machine()}; load {load:.1f} when the run began"
    )


def write(path: Path, groups: list[Group], results: Results, programs: dict[str, Program], load: float, command: str) -> None:
    versions = ", ".join(f"{program.name} {program.version}" for program in programs.values())
    lines = [
        "# Benchmark results",
        "",
        "Written by `make bench`; do not edit.",
        "",
        f"- Date: {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        f"- Machine: {machine(load)}",
        f"- Versions: {versions}",
        f"- Repeat: `{command}` (release binary built first; `bench/README.md` says what each number means)",
        "",
        "## Targets",
        "",
        *targets(results),
        "",
        "The last column of the tables below is Prizm's median over that row's: below 1, Prizm needs less. All rows of a",
        "table ran in turn in the same rounds, and ratios are medians of the rounds' ratios.",
        "",
    ]
    for group in groups:
        lines += [f"## {group.title}", "", group.about, "", *table(group, results[group.key])]
    path.write_text("\n".join(lines).rstrip() + "\n")

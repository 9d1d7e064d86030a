"""What is measured: the groups of commands, their fixtures and their targets."""

import os
import shlex
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from measure import Command, Place
from peers import Program
from tree import MODULES, write_tree

FIXTURES = Path(__file__).parent / "fixtures"
REPOSITORY = "https://github.com/bench/provider"
TAG = "v1.0.0"
HELLO = "hello benchmark"
READY = "bench-provider writer,painter"

PRIZM = "prizm"
START = f"{PRIZM} (hello.ts, its own start)"
BUILD_FROM_CLONE = "git clone + npm install + tsc + node"


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    about: str
    commands: list[Command]
    # How many modules a run goes through, where speed is told as modules a second.
    modules: int | None = None


def prepare_place(run: Path, git_url: str, npm_url: str, tools: Path) -> Place:
    """An empty home whose settings send git and npm to the loopback servers, for every program alike."""
    home = run / "home"
    home.mkdir(parents=True)
    (run / "tmp").mkdir()
    (home / ".npmrc").write_text(f"registry={npm_url}/\naudit=false\nfund=false\nupdate-notifier=false\n")
    (home / ".gitconfig").write_text(
        f'[url "{git_url}/"]\n\tinsteadOf = https://github.com/\n[advice]\n\tdetachedHead = false\n'
    )
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "USER") if name in os.environ}
    environment = {
        **kept,
        "PATH": f"{tools}:{kept['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(run / "tmp"),
        "NO_COLOR": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "GIT_CONFIG_NOSYSTEM": "1",
        "NPM_CONFIG_REGISTRY": npm_url,
        "NPM_CONFIG_CACHE": str(run / "npm-cache"),
        "PRIZM_HOME": str(run / "prizm-home"),
        "DENO_DIR": str(run / "deno-dir"),
        "DENO_NO_UPDATE_CHECK": "1",
        "BUN_INSTALL_CACHE_DIR": str(run / "bun-cache"),
    }
    return Place(cwd=run, environment=environment)


def make_repository(root: Path) -> None:
    """A bare repository of the provider, with one commit and one tag."""
    work = root / "work"
    shutil.copytree(FIXTURES / "provider", work)
    bare = root / "bench" / "provider.git"
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "init.defaultBranch=main"]
    for command in (
        [*git, "init", "--quiet"],
        [*git, "add", "--all"],
        [*git, "commit", "--quiet", "--message", "provider"],
        [*git, "tag", TAG],
        [*git, "clone", "--quiet", "--bare", ".", str(bare)],
        ["git", "-C", str(bare), "config", "uploadpack.allowAnySHA1InWant", "true"],
        ["git", "-C", str(bare), "config", "uploadpack.allowFilter", "true"],
    ):
        subprocess.run(command, cwd=work, check=True)


def script(path: Path, *lines: str) -> str:
    path.write_text("\n".join(["#!/bin/sh", "set -e", *lines, ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


class Cases:
    """Builds the groups; `run` is the folder of this run, `prizm` the binary."""

    def __init__(self, run: Path, prizm: Path, programs: dict[str, Program], place: Place) -> None:
        self.run = run
        self.prizm = shlex.quote(str(prizm))
        self.deno = programs["deno"].command
        self.bun = programs["bun"].command
        self.node = programs["node"].command
        self.tsx = programs["tsx"].command
        self.tsc = programs["tsc"].command
        self.place = place
        self.lock = (run / "use/prizm.lock", run / "prizm.lock")
        shutil.copytree(FIXTURES / "use", run / "use")
        shutil.copy(FIXTURES / "hello.ts", run / "hello.ts")

    def hello(self) -> list[Command]:
        file = self.run / "hello.ts"
        return [
            Command(PRIZM, f"{self.prizm} run {file}", HELLO),
            Command("deno", f"{self.deno} run {file}", HELLO),
            Command("bun", f"{self.bun} run {file}", HELLO),
            Command("node + tsx", f"{self.tsx} {file}", HELLO),
        ]

    def start(self) -> Group:
        return Group("start", "Start of hello.ts", "Wall-clock time of a one-line TypeScript program, warm caches.", self.hello())

    def memory(self) -> Group:
        return Group("memory", "Peak memory of hello.ts", "Maximum resident set size as `/usr/bin/time` sees it.", self.hello())

    def warm(self) -> Group:
        checkout = self.run / "checkout"
        self.shell(
            f"git clone --quiet --depth 1 --branch {TAG} {REPOSITORY} {checkout}",
            f"cd {checkout}",
            "npm install --omit=dev --silent",
            self.tsc,
            f"cp {self.run}/use/source.ts {self.run}/use/built.cjs .",
        )
        return Group(
            "warm",
            "Warm getProvider of a git provider",
            "A provider repo of four modules with axios, zod and yaml, already fetched. Prizm resolves, verifies and "
            "validates it; the peers import a checkout whose dependencies are installed.",
            [
                Command(PRIZM, f"{self.prizm} run -A {self.run}/use/prizm.ts", READY),
                Command(START, f"{self.prizm} run {self.run}/hello.ts", HELLO),
                Command("node, built by tsc", f"{self.node} {checkout}/built.cjs", READY),
                Command("deno, from source", f"{self.deno} run -A --unstable-sloppy-imports {checkout}/source.ts", READY),
                Command("bun, from source", f"{self.bun} run {checkout}/source.ts", READY),
            ],
        )

    def cold(self) -> Group:
        return Group(
            "cold",
            "Cold load of the same provider",
            "Nothing cached: clone or fetch, install of the npm packages, compile, run. Git and npm are servers on loopback.",
            [
                Command(
                    PRIZM,
                    f"{self.prizm} run -A {self.run}/use/prizm.ts",
                    READY,
                    (self.run / "prizm-home", *self.lock),
                ),
                self.from_clone(
                    BUILD_FROM_CLONE,
                    ["npm install --omit=dev --silent", self.tsc, f"cp {self.run}/use/built.cjs .", f"{self.node} built.cjs"],
                    "npm-cache",
                ),
                self.from_clone(
                    "git clone + bun install + bun run",
                    [f"{self.bun} install --production --silent", f"cp {self.run}/use/source.ts .", f"{self.bun} run source.ts"],
                    "bun-cache",
                ),
                self.from_clone(
                    "git clone + deno install + deno run",
                    [
                        f"{self.deno} install --quiet",
                        f"cp {self.run}/use/source.ts .",
                        f"{self.deno} run -A --unstable-sloppy-imports source.ts",
                    ],
                    "deno-dir",
                ),
            ],
        )

    def from_clone(self, name: str, lines: list[str], cache: str) -> Command:
        checkout = self.run / f"cold-{cache}"
        clone = f"git clone --quiet --depth 1 --branch {TAG} {REPOSITORY} {checkout}"
        file = script(self.run / f"cold-{cache}.sh", clone, f"cd {checkout}", *lines)
        return Command(name, file, READY, (checkout, self.run / cache))

    def transpile(self) -> Group:
        main, prints, size = write_tree(self.run / "tree")
        return Group(
            "transpile",
            f"Transpile and run {MODULES} modules, nothing cached",
            f"A generated tree of {MODULES} TypeScript modules, {size / 1e6:.1f} MB: enums, generics, overloads, parameter "
            "properties, type-only imports. Caches are deleted before each run.",
            [
                Command(PRIZM, f"{self.prizm} run {main}", prints, (self.run / "prizm-home", self.run / "tree/prizm.lock")),
                Command("deno", f"{self.deno} run {main}", prints, (self.run / "deno-dir",)),
                Command("bun", f"{self.bun} run {main}", prints),
                # tsx keeps its cache among the temporary files.
                Command("node + tsx", f"{self.tsx} {main}", prints, (self.run / "tmp" / f"tsx-{os.getuid()}",)),
            ],
            modules=MODULES,
        )

    def isolates(self) -> Group:
        folder = self.run / "isolates"
        shutil.copytree(FIXTURES / "isolates", folder)
        return Group(
            "isolates",
            "A provider in an isolate",
            "The same local provider in an isolate of its own, in the script's, and none. `fixtures/isolates/measure.ts` "
            "tells what single calls, memory and many isolates cost.",
            [
                Command(PRIZM, f"{self.prizm} run -A --isolate {folder}/load.ts", "isolated"),
                Command(f"{PRIZM}, in the script's isolate", f"{self.prizm} run -A {folder}/load.ts", "isolated"),
                Command(START, f"{self.prizm} run {self.run}/hello.ts", HELLO),
            ],
        )

    def shell(self, *lines: str) -> None:
        file = script(self.run / "prepare.sh", *lines)
        done = subprocess.run([file], cwd=self.run, env=self.place.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"preparing the checkout failed:\n{done.stdout}{done.stderr}")

"""Installs the programs to compare with from npm, and finds their native binaries.

Side effects: writes to the scratch folder; uses the machine's own npm and its settings.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Newest of each, but for the compiler: the providers' settings are those of TypeScript 5.
PACKAGES = ["deno@latest", "bun@latest", "tsx@latest", "typescript@5"]


@dataclass(frozen=True)
class Program:
    name: str
    command: str
    version: str


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def npm(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"npm {' '.join(arguments)} failed:\n{done.stderr.strip()}")
    return done.stdout


def install(scratch: Path) -> dict[str, Program]:
    folder = scratch / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{ "private": true }\n')
    npm(folder, "install", "--no-audit", "--no-fund", "--prefer-online", *PACKAGES)
    modules = folder / "node_modules"
    # The commands of npm's deno and bun may be wrappers in JavaScript; the binary itself is compared.
    deno = first_that_runs([*modules.glob("@deno/*/deno"), modules / "deno/deno"])
    bun = first_that_runs([modules / "bun/bin/bun.exe", *sorted(modules.glob("@oven/*/bin/bun"))])
    node = shutil.which("node")
    tsx = modules / "tsx/dist/cli.mjs"
    tsc = modules / "typescript/bin/tsc"
    return {
        "deno": Program("deno", str(deno), output(str(deno), "--version").split()[1]),
        "bun": Program("bun", str(bun), output(str(bun), "--version")),
        "node": Program("node", node, output(node, "--version").removeprefix("v")),
        "tsx": Program("tsx", f"{node} {tsx}", package_version(modules / "tsx")),
        "tsc": Program("tsc", f"{node} {tsc}", package_version(modules / "typescript")),
        "npm": Program("npm", "npm", output("npm", "--version")),
        "git": Program("git", "git", output("git", "--version").split()[2]),
        "hyperfine": Program("hyperfine", "hyperfine", output("hyperfine", "--version").split()[1]),
    }


def first_that_runs(candidates: list[Path]) -> Path:
    for candidate in candidates:
        if not candidate.is_file():
            continue
        try:
            output(str(candidate), "--version")
            return candidate
        except (OSError, subprocess.CalledProcessError):
            continue
    raise RuntimeError(f"none of these runs here: {', '.join(str(path.name) for path in candidates)}")


def package_version(folder: Path) -> str:
    return json.loads((folder / "package.json").read_text())["version"]


def fetch_tarballs(scratch: Path, manifest: Path) -> Path:
    """Packs every package that `manifest` needs, as npm resolves it. Kept until the manifest changes."""
    key = hashlib.sha256(manifest.read_bytes()).hexdigest()[:16]
    folder = scratch / f"tarballs-{key}"
    if folder.is_dir():
        return folder
    staging = scratch / f"tarballs-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    shutil.copy(manifest, staging / "package.json")
    npm(staging, "install", "--package-lock-only", "--omit=dev", "--no-audit", "--no-fund")
    locked = json.loads((staging / "package-lock.json").read_text())["packages"]
    wanted = {f"{path.rpartition('node_modules/')[2]}@{entry['version']}" for path, entry in locked.items() if path}
    npm(staging, "pack", *sorted(wanted))
    staging.rename(folder)
    return folder

#!/usr/bin/env python3
"""Runs the same attacks, as far as one program can express them, under `deno run` and `node --permission`.

    npm install --prefix /tmp/deno deno
    tests/attacks/compare.py --deno /tmp/deno/node_modules/.bin/deno --node /usr/bin/node

Each is told to run a main module that imports the hostile `attack.js` of a case. Its own folder may be read and nothing else, which is
what a provider has that was granted nothing. "Held": the secret did not come out, the host's process lived, and at least one way was
refused. "Escaped": otherwise. "n/a": none of the ways exists there, or the case is about two isolates. Prints a table; not part of the tests.
"""

import argparse
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
MARKER = "4f9d2c81b7e6"
# Cases that are one program and a secret that it must not print.
READING = [
    "read_files", "proc_self", "module_load", "imports_outside", "remote_code", "workers", "process_binding", "native_code",
    "environment", "stdin", "file_watchers", "permission_requests", "sqlite", "ops_of_the_runtime",
]
# The same with something granted: the flags of each; a request that arrives is an escape, too.
GRANTED = {
    "network": ([], []),
    "spellings_of_a_host": (["--allow-net=example.com"], []),
    "rebound_name": (["--allow-net=allowed.test"], []),
    "environment_of_a_child": (["--allow-run=env"], ["--allow-child-process"]),
    "other_programs": (["--allow-run=echo"], ["--allow-child-process"]),
}
# What the script has in its global object, its prototypes and its process: the hostile module shares them.
SHARED = {
    "prototypes_of_arguments": "globalThis.secretOfTheScript",
    "node_vm": "(await import('node:vm')).default.runInThisContext('globalThis.secretOfTheScript')",
    "tampered_module": "(() => { JSON.parse = () => globalThis.secretOfTheScript; return JSON.parse('1'); })()",
    "polluted_results": "(() => { Object.prototype.polluted = globalThis.secretOfTheScript; return ({}).polluted; })()",
    "error_stacks": "new Error('x').stack.includes('main.mjs') ? globalThis.secretOfTheScript : 'nothing'",
    "shared_storage": "globalThis.secretOfTheScript",
}
# What must not end or block the program: it prints a last line afterwards.
ENDING = {
    "exits: process.exit": "process.exit(3)",
    "exits: process.abort": "process.abort()",
    "exits: a signal to itself": "process.kill(process.pid, 'SIGKILL')",
    "exits: an error later": "setTimeout(() => { throw new Error('later'); })",
    "exits: chdir": "process.chdir(new URL('.', import.meta.url).pathname)",
    "signal_handlers": "process.on('SIGTERM', () => {})",
    "endless_loops": "(() => { for (;;); })()",
    "memory_bombs": "(() => { const list = []; for (;;) list.push({ at: list.length }); })()",
}
MAIN = """
globalThis.secretOfTheScript = 'marker-%s';
const target = %s;
let attack;
try { attack = (await import('./attack/attack.js')).default; } catch (error) { console.log('import:', error.name); }
for (const line of (await attack?.(target)) ?? []) console.log(line);
"""
LASTING = """
const { kill } = process;
const before = process.cwd();
setTimeout(() => { console.log(process.cwd() === before ? 'the script goes on' : 'elsewhere'); %s }, 1500);
await import('./attack/attack.js');
"""


REQUESTS = []


class Listener(http.server.BaseHTTPRequestHandler):
    """Notes every request, and answers with the secret."""

    def do_GET(self):
        REQUESTS.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"marker-{MARKER}".encode())

    do_POST = do_GET

    def log_message(self, *_):
        pass


def listen():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def flags(kind, folder):
    if kind == "deno":
        return ["run", "--no-prompt", "--no-lock", "--quiet", f"--allow-read={folder}"]
    return ["--experimental-permission", f"--allow-fs-read={folder}/*", "--no-warnings"]


def run(command, cwd, kind):
    environment = {**os.environ, "SECRET": f"marker-{MARKER}", "NODE_AUTH_TOKEN": f"marker-{MARKER}"}
    try:
        done = subprocess.run(command, cwd=cwd, env=environment, input=f"marker-{MARKER}\n", capture_output=True, text=True, timeout=90)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(), "late"


def lay_out(files):
    root = pathlib.Path(tempfile.mkdtemp(prefix="prizm-compare-"))
    folder = root / "program"
    (folder / "attack").mkdir(parents=True)
    (folder / "package.json").write_text('{ "type": "module" }\n')
    (root / "secret").mkdir()
    for name, text in {"secret.txt": "", "secret.js": "export default ", "secret.json": "", "secret.cjs": "module.exports = "}.items():
        quoted = f"marker-{MARKER}" if name == "secret.txt" else f'"marker-{MARKER}"'
        (root / "secret" / name).write_text(f"{text}{quoted}\n")
    (root / "secret" / "free.txt").write_text("free")
    for name, text in files.items():
        (folder / name).write_text(text)
    return root, folder


def reading(kind, binary, name, url, extra=()):
    root, folder = lay_out({})
    REQUESTS.clear()
    for source in [HERE / "_thief" / "ways.js", *(HERE / name / "repo").iterdir()]:
        if source.is_file():
            shutil.copy(source, folder / "attack" / source.name)
    secret = str(root / "secret")
    target = {key: secret for key in ["home", "dir", "cache", "root"]}
    target |= {"http": url, "npm": url, "proxy": url, "port": "0", "tree": f"{secret}/secret.cjs"}
    (folder / "main.mjs").write_text(MAIN % (MARKER, json.dumps(target)))
    code, out, err = run([binary, *flags(kind, folder), *extra, "main.mjs"], folder, kind)
    shutil.rmtree(root)
    if REQUESTS:
        return f"escaped: {len(REQUESTS)} requests arrived"
    if "got the secret" in out:
        return "escaped: " + ", ".join(line.split(":")[0] for line in out.splitlines() if "got the secret" in line)
    if MARKER in out:
        ways = [line.split(":")[0] for line in out.splitlines() if MARKER in line]
        return "escaped: " + ", ".join(ways[:3])
    if "ERR_UNKNOWN_BUILTIN_MODULE" in err or "No such built-in module" in err or not out.strip():
        return f"ended (exit {code})" if code not in (0, 1) else "n/a"
    reasons = re.findall(r": (\w+)$", out, re.M)
    return "held" if any(reason not in ("ReferenceError", "TypeError") for reason in reasons) else "n/a"


def shared(kind, binary, expression):
    root, folder = lay_out({})
    (folder / "attack" / "attack.js").write_text(f"export default async () => [String({expression})];\n")
    (folder / "main.mjs").write_text(MAIN % (MARKER, "{}"))
    _, out, _ = run([binary, *flags(kind, folder), "main.mjs"], folder, kind)
    shutil.rmtree(root)
    return "escaped: one realm" if MARKER in out else "held"


def ending(kind, binary, name, expression):
    root, folder = lay_out({})
    last = "kill(process.pid, 'SIGTERM'); setTimeout(() => console.log('SIGTERM was kept away'), 1000);" if "signal_h" in name else ""
    (folder / "attack" / "attack.js").write_text(f"import process from 'node:process';\n{expression};\n")
    (folder / "main.mjs").write_text("import process from 'node:process';\n" + LASTING % last)
    limits = ["--v8-flags=--max-old-space-size=64"] if kind == "deno" else ["--max-old-space-size=64"]
    command = [binary, *flags(kind, folder), *limits, "main.mjs"]
    code, out, _ = run(["timeout", "15", *command], folder, kind)
    shutil.rmtree(root)
    fine = "the script goes on" in out and "kept away" not in out
    return "held" if fine else f"escaped: the program ends or hangs (exit {code})"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--deno", required=True)
    arguments.add_argument("--node", required=True)
    arguments.add_argument("--only", help="one attack")
    given = arguments.parse_args()
    binaries = {"deno": given.deno, "node": given.node}
    for kind, binary in binaries.items():
        print(kind, subprocess.run([binary, "--version"], capture_output=True, text=True).stdout.splitlines()[0])
    url = listen()
    rows = [(name, lambda kind, binary, name=name: reading(kind, binary, name, url)) for name in READING]
    for name, (deno, node) in GRANTED.items():
        extra = {"deno": deno, "node": node}
        rows.append((name, lambda kind, binary, name=name, extra=extra: reading(kind, binary, name, url, extra[kind])))
    rows += [(name, lambda kind, binary, text=text: shared(kind, binary, text)) for name, text in SHARED.items()]
    rows += [(name, lambda kind, binary, name=name, text=text: ending(kind, binary, name, text)) for name, text in ENDING.items()]
    print("| attack | `deno run` | `node --permission` |\n|---|---|---|")
    for name, test in rows:
        if given.only and given.only != name:
            continue
        print(f"| `{name}` | {test('deno', given.deno)} | {test('node', given.node)} |", flush=True)


if __name__ == "__main__":
    main()

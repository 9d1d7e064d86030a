"""Loopback servers: git over HTTP, and an npm registry of the few packages that the benchmark needs.

In: a folder of bare repositories, and the tarballs that `npm pack` made. Out: base URLs on 127.0.0.1.
Both answer every peer alike, so that no run waits for a network.
"""

import base64
import gzip
import hashlib
import json
import os
import subprocess
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def serve(handler: type[Handler]) -> str:
    """Serves until the process ends. Gives the base URL, without a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def serve_git(root: Path) -> str:
    """Serves the bare repositories `<owner>/<name>.git` under `root`, also without the `.git`."""

    class GitHandler(Handler):
        def run_backend(self) -> None:
            url = urlsplit(self.path)
            owner, _, rest = unquote(url.path).lstrip("/").partition("/")
            name, _, service = rest.partition("/")
            environment = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": f"/{owner}/{name.removesuffix('.git')}.git/{service}",
                "QUERY_STRING": url.query,
                "REQUEST_METHOD": self.command,
                "REMOTE_ADDR": "127.0.0.1",
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }
            body = self.body()
            environment["CONTENT_LENGTH"] = str(len(body))
            reply = subprocess.run(
                ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
            ).stdout
            head, _, content = reply.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
            status = int(headers.pop("Status", "200").split()[0])
            self.answer(status, content, headers)

        do_GET = do_POST = run_backend

    return serve(GitHandler)


def read_manifest(tarball: Path) -> dict:
    with tarfile.open(tarball) as archive:
        for member in archive:
            # The top folder is `package` by custom only.
            if member.name.count("/") == 1 and member.name.endswith("/package.json"):
                return json.load(archive.extractfile(member))
    raise ValueError(f"{tarball.name} holds no package.json")


def packuments(tarballs: list[Path], base: str) -> dict[str, bytes]:
    """Registry metadata by package name, gzipped, in the form that `npm install` asks for."""
    entries: dict[str, dict] = {}
    for tarball in tarballs:
        data = tarball.read_bytes()
        manifest = read_manifest(tarball)
        name, version = manifest["name"], manifest["version"]
        manifest["dist"] = {
            "tarball": f"{base}/{name}/-/{tarball.name}",
            "integrity": "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode(),
            "shasum": hashlib.sha1(data).hexdigest(),
        }
        entry = entries.setdefault(name, {"name": name, "dist-tags": {}, "versions": {}})
        entry["versions"][version] = manifest
        entry["dist-tags"]["latest"] = version
    return {name: gzip.compress(json.dumps(entry).encode()) for name, entry in entries.items()}


def serve_npm(folder: Path) -> str:
    """Serves the tarballs in `folder` as an npm registry."""
    files = {tarball.name: tarball.read_bytes() for tarball in folder.glob("*.tgz")}
    metadata: dict[str, bytes] = {}

    class NpmHandler(Handler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path).lstrip("/")
            if "/-/" in path:
                data = files.get(path.rpartition("/")[2])
                return self.found(data, {"Content-Type": "application/octet-stream"})
            self.found(
                metadata.get(path),
                {"Content-Type": "application/vnd.npm.install-v1+json", "Content-Encoding": "gzip"},
            )

        def found(self, data: bytes | None, headers: dict[str, str]) -> None:
            if data is None:
                self.answer(404, b'{"error":"not found"}', {"Content-Type": "application/json"})
            else:
                self.answer(200, data, headers)

    base = serve(NpmHandler)
    metadata.update(packuments(sorted(folder.glob("*.tgz")), base))
    return base

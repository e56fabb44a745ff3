# SPDX-License-Identifier: MIT
"""A stumpd of its own, run as a user would run it, and asked by its socket."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

# Longer than anything takes that is measured: who waits this long waits for something that does not come.
PATIENCE = 3600
BOX, QUALITY, EFFORT = (300, 450), 75, 2


class Connection(http.client.HTTPConnection):
    """HTTP on a Unix socket."""

    def __init__(self, path):
        super().__init__("stump", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Daemon:
    """With state and cache in `home`, which outlive it: the next one that is started there goes on with them."""

    def __init__(self, programs, home, root, thumbnails=False, quiet="2s"):
        self.programs, self.home, self.root = pathlib.Path(programs), pathlib.Path(home), pathlib.Path(root)
        # A socket's path is short, and a benchmark's folder may be anywhere.
        self.runtime = pathlib.Path(tempfile.mkdtemp(prefix="stump-bench-"))
        self.socket = self.runtime / "stump/stumpd.sock"
        self.environment = os.environ | {
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "STUMP_SOCKET": str(self.socket),
            "NOTIFY_SOCKET": str(self.runtime / "notify"),
        }
        self.home.mkdir(parents=True, exist_ok=True)
        lines = ["[daemon]", 'backup = "off"', "[watch]", f'quiet = "{quiet}"']
        lines += ["[[library]]", 'name = "bench"', f"root = {json.dumps(str(self.root))}"]
        lines += ["[library.thumbnails]", f"enabled = {str(thumbnails).lower()}"]
        if thumbnails:
            lines += [f"fit = {list(BOX)}", f"quality = {QUALITY}", f"effort = {EFFORT}"]
        (self.home / "stumpd.toml").write_text("\n".join(lines) + "\n")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.runtime, ignore_errors=True)

    def start(self):
        """Starts it, and returns when it says that it is ready, as it tells a service manager."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, open(self.home / "stumpd.log", "ab") as log:
            (self.runtime / "notify").unlink(missing_ok=True)
            told.bind(self.environment["NOTIFY_SOCKET"])
            told.settimeout(1)
            self.began = time.monotonic()
            self.process = subprocess.Popen(
                [self.programs / "stumpd", "--config", self.home / "stumpd.toml", "--log-level", "warning"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
            while True:
                try:
                    if b"READY=1" in told.recv(65536):
                        break
                except TimeoutError:
                    pass
                if self.process.poll() is not None:
                    raise SystemExit(f"stumpd has ended with {self.process.returncode}; see {self.home}/stumpd.log")
                if self.elapsed() > PATIENCE:
                    self.stop()
                    raise SystemExit("stumpd is not ready; see its log")
        self.connection = Connection(self.socket)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)

    @property
    def pid(self):
        return self.process.pid

    def elapsed(self):
        """Seconds since the program was started."""
        return time.monotonic() - self.began

    def ask(self, method, path, body=None):
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"stumpd answers {method} {path}: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text)

    def get(self, path, **query):
        return self.ask("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def flush(self):
        """Returns when all that is on disk is in the index."""
        answer = self.ask("POST", "/v1/flush", {"timeout_seconds": PATIENCE})
        if not answer["settled"]:
            raise SystemExit(f"stumpd does not come to an end: {answer}")

    def scan(self):
        """Has the library verified: every directory listed, every file's size and time asked for. Answers the job."""
        job = self.ask("POST", "/v1/libraries/bench/scan", {})
        return self.finished(job["id"])

    def finished(self, job):
        while True:
            answer = self.get(f"/v1/jobs/{job}", wait=30)
            if answer["state"] == "completed":
                return answer
            if answer["state"] in ("failed", "cancelled"):
                raise SystemExit(f"a job of stumpd has {answer['state']}: {answer}")

    def settle(self):
        """Returns when no job waits or runs; thumbnails are jobs too."""
        self.flush()
        while True:
            waiting = [job for state in ("running", "queued") for job in self.get("/v1/jobs", state=state)["items"]]
            if not waiting:
                return
            for job in waiting:
                self.finished(job["id"])

    def counts(self):
        return self.get("/v1/libraries/bench")["counts"]

    def events(self, kinds):
        return Events(self.socket, kinds)

    def control(self, *words):
        """Runs stumpctl, for nothing but the time it takes."""
        subprocess.run(
            [self.programs / "stumpctl", *words], env=self.environment, stdout=subprocess.DEVNULL, check=True
        )

    def database_bytes(self):
        """All files of the database but what SQLite keeps in memory for its processes."""
        files = (self.home / "state/stump").glob("stump.db*")
        return sum(path.stat().st_size for path in files if path.suffix != ".db-shm")


class Events:
    """The stream of events of some types, from now on."""

    def __init__(self, path, kinds):
        self.connection = Connection(path)
        self.connection.request("GET", "/v1/events?" + urllib.parse.urlencode({"type": kinds}, safe=","))
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise SystemExit(f"stumpd does not tell events: {self.answer.read()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def __iter__(self):
        while line := self.answer.readline():
            if line.strip():
                event = json.loads(line)
                if event["type"] == "reset":
                    raise SystemExit("the stream of events was read too slowly")
                yield event

    def items(self, kind):
        """The books or series of events of one type, each with its moment."""
        for event in self:
            if event["type"] == kind:
                now = time.monotonic()
                data = event["data"]
                yield from ((now, item) for item in data.get("items", [data]))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has schemathesis ask a real stumpd what its own description says it answers.

usage: api.py PROGRAMS SCHEMATHESIS [ARGUMENT...]

PROGRAMS is the directory of stumpd; ARGUMENTs go to schemathesis. The daemon has a library of its own in a temporary
directory, and is reached by TCP on the loopback interface through a proxy in this process.
"""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib

PROGRAMS, SCHEMATHESIS, ARGUMENTS = sys.argv[1], sys.argv[2], sys.argv[3:]
HERE = pathlib.Path(__file__).resolve().parent


def picture():
    """A PNG of one grey pixel."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
    pixels = zlib.compress(b"\x00\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def fill(library):
    """A series of two books, a book that is there twice, and one that is damaged."""
    series = library / "Saga"
    series.mkdir(parents=True)
    for name, text in {"Saga 001.cbz": b"one", "Saga 002.cbz": b"two", "Copy of Saga 001.cbz": b"one"}.items():
        with zipfile.ZipFile(series / name, "w") as book:
            book.writestr(zipfile.ZipInfo("1.png"), picture())
            book.writestr(zipfile.ZipInfo("note.txt"), text)
    (series / "Broken.cbz").write_bytes(b"PK\x03\x04 and nothing else")


def pump(source, target):
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def proxy(path):
    """Gives the port on which the socket at path is answered."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def serve():
        while True:
            client, _ = listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            for ends in ((client, server), (server, client)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def ready(path, daemon):
    for _ in range(600):
        if daemon.poll() is not None:
            sys.exit(f"stumpd ended with {daemon.returncode}")
        control = [f"{PROGRAMS}/stumpctl", "flush", "--quiet", "--socket", path]
        if subprocess.run(control, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
            return
        time.sleep(0.1)
    sys.exit("stumpd is not ready after a minute")


with tempfile.TemporaryDirectory(prefix="stump-api-") as folder:
    folder = pathlib.Path(folder)
    fill(folder / "library")
    path = str(folder / "run" / "stumpd.sock")
    log = open(folder / "log", "wb")
    words = [f"{PROGRAMS}/stumpd", "--library", f"books={folder}/library", "--state", f"{folder}/state"]
    words += ["--cache", f"{folder}/cache", "--socket", path]
    daemon = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        ready(path, daemon)
        url = f"http://127.0.0.1:{proxy(path)}"
        judge = [SCHEMATHESIS, "--config-file", str(HERE / "schemathesis.toml"), "run", f"{url}/v1/openapi.json"]
        judge += ["--url", url] + ARGUMENTS
        environment = dict(os.environ, PYTHONUNBUFFERED="1")
        code = subprocess.run(judge, cwd=folder, env=environment).returncode
        if daemon.poll() is not None:
            code = code or 1
            print(f"stumpd ended with {daemon.returncode}", file=sys.stderr)
        if code:
            log.flush()
            print((folder / "log").read_text(errors="replace")[-4000:], file=sys.stderr)
        sys.exit(code)
    finally:
        daemon.terminate()
        daemon.wait()

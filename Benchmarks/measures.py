# SPDX-License-Identifier: MIT
"""What is measured of a library of one size; every function adds samples, which one table shows the medians of."""
import collections
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import time

import corpora
import processes
from daemon import BOX, EFFORT, QUALITY, Daemon

RENAMED = "Renamed shelf"
# Words, people, a beginning, two typos, and what is nowhere.
QUERIES = [
    "lanterns", "amber falcons", "Okafor", "Lindqvist orchards", "midnight kn", "lanturns", "Emerald Harbors", "zzyzx",
]
# In all runs together; a run of its own has fewer drops.
DROPS, CHANGES, STATUS_RUNS = 100, 500, 50
CONVERSIONS = 30
REQUESTS_SECONDS = 2
# What a daemon waits for after a change before the next one is a first one again, and a little more.
QUIET = 2.1


class Measures:
    """Of one corpus, with what is kept between its runs."""

    def __init__(self, programs, floor, folder, size, runs, idle):
        self.programs, self.floor_program, self.folder, self.size = programs, floor, folder, size
        self.runs, self.idle = runs, idle
        self.corpus = corpora.CORPORA[size]
        self.root = corpora.made(folder / "corpora", size)
        self.home = folder / "home"
        self.samples = collections.defaultdict(list)
        self.tidy()

    def share(self, count):
        """Of what is done so often in all runs together, this run's; one alone is to be a short one."""
        return count // self.runs if self.runs > 1 else count // 8

    def add(self, key, value):
        self.samples[key].append(value)

    def tidy(self):
        """Undoes what a run, or one that was interrupted, has done to the corpus."""
        if (self.root / RENAMED).exists():
            (self.root / RENAMED).rename(self.root / "Shelf 001")
        subprocess.run(["find", self.root, "-name", "* newcomer *", "-delete"], check=True)

    @contextlib.contextmanager
    def daemon(self, fresh=False, **wishes):
        if fresh:
            shutil.rmtree(self.home, ignore_errors=True)
        with Daemon(self.programs, self.home, self.root, **wishes) as daemon:
            yield daemon

    def run(self, number):
        try:
            self.limits()
            self.facts(number)
            self.starts()
            self.cold()
            self.changes()
        finally:
            self.tidy()
        if self.size in ("tiny", "real", "small"):
            self.thumbnails()
        if self.size == "real":
            self.conversion()
        shutil.rmtree(self.home, ignore_errors=True)

    def limits(self):
        """What other programs need for the same, and before that once for nothing: what is warm is warm for all."""
        self.find()
        subprocess.run([self.floor_program, "-s", "read", self.root], stdout=subprocess.DEVNULL, check=True)
        self.floor("read", "floor_read")
        self.add("find", self.find())
        if shutil.which("inotifywait"):
            self.add("inotifywait", self.inotifywait())

    def floor(self, stage, key):
        words = [self.floor_program, "-s", stage, "-w", BOX[0], "-h", BOX[1], "-q", QUALITY, "-m", EFFORT]
        output = self.folder / "floor-out"
        if stage == "draw":
            output.mkdir()
            words += ["-o", output]
        told = json.loads(subprocess.run([*map(str, words), self.root], capture_output=True, check=True).stdout)
        shutil.rmtree(output, ignore_errors=True)
        self.add(f"{key}_wall", told["wall"])
        self.add(f"{key}_cpu", told["cpu"])

    def find(self):
        return seconds(["find", self.root, "-type", "f", "-printf", "%s %T@\n"])

    def inotifywait(self):
        """Until it watches every directory."""
        began = time.monotonic()
        words = ["inotifywait", "-mr", self.root]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as watcher:
            for line in watcher.stderr:
                if b"established" in line:
                    break
            elapsed = time.monotonic() - began
            watcher.terminate()
        return elapsed

    def facts(self, number):
        """The first index without thumbnails, and what is asked of the running daemon."""
        with self.daemon(fresh=True) as daemon:
            daemon.flush()
            self.add("first_facts_wall", daemon.elapsed())
            self.add("first_facts_cpu", processes.cpu_seconds(daemon.pid))
            self.expect(daemon, self.corpus.count)
            memory = processes.memory(daemon.pid)
            self.add("first_facts_peak", memory["peak"] * 1024)
            self.add("first_facts_peak_all", memory["peak_all"] * 1024)
            daemon.settle()
            for _ in range(3):
                began = time.monotonic()
                daemon.scan()
                self.add("verify", time.monotonic() - began)
            self.questions(daemon)
            if number == self.runs - 1:
                self.rest(daemon)
            written = processes.written_bytes(daemon.pid)
            self.shelf(daemon)
            self.drops(daemon, "drop", self.share(DROPS), QUIET)
            self.add("work_peak", processes.memory(daemon.pid)["peak"] * 1024)
            count = daemon.counts()["books"]
        final = daemon.database_bytes()
        self.add("database", final / count)
        self.add("written", written)
        self.add("final", final)

    def expect(self, daemon, count):
        """A benchmark of work that was not done would be a fast one."""
        books = daemon.counts()["books"]
        if books != count:
            raise SystemExit(f"stumpd has {books} books of {count}; see {self.home}/stumpd.log")

    def questions(self, daemon):
        for _ in range(max(10, STATUS_RUNS // self.runs)):
            began = time.monotonic()
            daemon.control("status")
            self.add("status", time.monotonic() - began)
        began, count = time.monotonic(), 0
        while time.monotonic() - began < REQUESTS_SECONDS:
            daemon.get("/v1/status")
            count += 1
        self.add("requests", count / (time.monotonic() - began))
        for _ in range(10):
            began = time.monotonic()
            daemon.get("/v1/books", limit=500)
            self.add("page", time.monotonic() - began)
        for query in QUERIES:
            began = time.monotonic()
            daemon.get("/v1/search", q=query)
            self.add("search", time.monotonic() - began)

    def rest(self, daemon):
        """An idle time, once what was done before has no more wake-ups: threads end after five seconds."""
        began = time.monotonic()
        before = processes.switches(daemon.pid)
        while time.monotonic() - began < 30:
            time.sleep(6)
            after = processes.switches(daemon.pid)
            if processes.wakeups(before, after) == 0:
                break
            before = after
        cpu, before = processes.cpu_seconds(daemon.pid), processes.switches(daemon.pid)
        time.sleep(self.idle)
        self.add("wakeups", processes.wakeups(before, processes.switches(daemon.pid)) * 60 / self.idle)
        self.add("idle_cpu", (processes.cpu_seconds(daemon.pid) - cpu) * 60 / self.idle)
        memory = processes.memory(daemon.pid)
        self.add("idle_resident", memory["resident"] * 1024)
        self.add("idle_resident_all", memory["resident_all"] * 1024)

    def drops(self, daemon, key, count, pause):
        """Books renamed in, one after the other, each once the one before it is to be seen; all over the library."""
        series = sorted(self.root.glob("*/*"))
        places = [series[number * len(series) // count] for number in range(count)]
        books = corpora.newcomers(self.folder / "corpora", key, self.size, count)
        with daemon.events("book.added") as events:
            items = events.items("book.added")
            cpu = processes.cpu_seconds(daemon.pid)
            for book, place in zip(books, places):
                time.sleep(pause)
                began = time.monotonic()
                book.rename(place / book.name)
                while True:
                    seen, item = next(items)
                    if item["path"].endswith("/" + book.name):
                        break
                self.add(key, seen - began)
        daemon.settle()
        return (processes.cpu_seconds(daemon.pid) - cpu) / count

    def changes(self):
        """The CPU of one change, as a mean of many, with a short quiet that need not be waited for between them."""
        with self.daemon(quiet="20ms") as daemon:
            daemon.settle()
            cpu = self.drops(daemon, "change", self.share(CHANGES), 0.03)
            self.add("change_cpu", cpu)
            self.add("end_peak", processes.memory(daemon.pid)["peak"] * 1024)

    def shelf(self, daemon):
        """A folder renamed, and back."""
        shelf, other = self.root / "Shelf 001", self.root / RENAMED
        count = self.corpus.series * self.corpus.books
        for source, target in ((shelf, other), (other, shelf)):
            written = processes.written_bytes(daemon.pid)
            with daemon.events("book.moved,job.completed") as events:
                began = time.monotonic()
                source.rename(target)
                moved = 0
                for event in events:
                    data = event["data"]
                    if event["type"] == "book.moved":
                        moved += data.get("books") or len(data.get("items", [None]))
                        seen = time.monotonic()
                    elif moved >= count:
                        self.add("shelf_read", data["report"]["read_bytes"])
                        break
            self.add("shelf", seen - began)
            daemon.settle()
            self.add("shelf_written", processes.written_bytes(daemon.pid) - written)
            time.sleep(QUIET)

    def starts(self):
        """A library that did not change while nobody looked, and one whose shelf was renamed."""
        for _ in range(3):
            with self.daemon() as daemon:
                self.add("ready", daemon.elapsed())
                daemon.flush()
                self.add("live", daemon.elapsed())
        (self.root / "Shelf 001").rename(self.root / RENAMED)
        with self.daemon() as daemon:
            daemon.flush()
            self.add("shelf_at_start", daemon.elapsed())
            self.add("start_resident", processes.memory(daemon.pid)["resident"] * 1024)
            (self.root / RENAMED).rename(self.root / "Shelf 001")
            daemon.flush()

    def cold(self):
        """The same with nothing of the disk in memory, which only root can have."""
        if os.geteuid() != 0:
            return
        forget()
        self.add("find_cold", self.find())
        forget()
        with self.daemon() as daemon:
            daemon.flush()
            self.add("live_cold", daemon.elapsed())
            daemon.settle()
            forget()
            began = time.monotonic()
            daemon.scan()
            self.add("verify_cold", time.monotonic() - began)
        self.find()

    def thumbnails(self):
        """The first index with thumbnails."""
        self.floor("draw", "floor_draw")
        with self.daemon(fresh=True, thumbnails=True) as daemon:
            daemon.flush()
            self.add("rows", daemon.elapsed())
            daemon.settle()
            self.add("first_wall", daemon.elapsed())
            self.add("first_cpu", processes.cpu_seconds(daemon.pid))
            memory = processes.memory(daemon.pid)
            self.add("first_peak", memory["peak"] * 1024)
            self.add("first_peak_all", memory["peak_all"] * 1024)
            made = sum(1 for _ in (self.home / "cache/stump/thumbnails").glob("*/*.webp"))
            if made != self.corpus.count:
                raise SystemExit(f"stumpd has made {made} thumbnails of {self.corpus.count}")

    def conversion(self):
        """Books of stored pages, from RAR to ZIP; both write to the disk that the library is on."""
        books = corpora.newcomers(self.folder / "corpora", "rar", self.size, CONVERSIONS, ".cbr")
        os.sync()
        size, root, result = sum(book.stat().st_size for book in books), books[0].parent, self.folder / "bsdtar.cbz"
        began = time.monotonic()
        for book in books:
            words = ["bsdtar", "--format=zip", "--options=zip:compression=store", "-cf", result, f"@{book}"]
            subprocess.run(words, check=True)
        self.add("bsdtar", size / (time.monotonic() - began))
        result.unlink()
        shutil.rmtree(self.home)
        with Daemon(self.programs, self.home, root) as daemon:
            daemon.settle()
            began = time.monotonic()
            daemon.control("convert", "--wait", "--quiet", root)
            self.add("convert", size / (time.monotonic() - began))
        if len(list(root.glob("*.cbz"))) != len(books):
            raise SystemExit(f"stumpd has not converted all of {root}; see {self.home}/stumpd.log")
        shutil.rmtree(root)


def seconds(words):
    began = time.monotonic()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def forget():
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")


def summary(samples):
    """Medians; of the drops the 99th of a hundred too."""
    figures = {key: statistics.median(values) for key, values in samples.items() if values}
    if len(samples.get("drop", [])) >= 2:
        figures["drop_99"] = statistics.quantiles(samples["drop"], n=100, method="inclusive")[98]
    if figures.get("final"):
        figures["written_times"] = figures["written"] / figures["final"]
    return figures

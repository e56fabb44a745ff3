#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what a user of stumpd waits for and pays for, beside what other programs need for the same work.

It prints one table in Markdown: medians of runs that take turns, so that what else the machine does meets all of them.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import signal
import sys
import time

import corpora
import measures
import table


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the directory of stumpd and the others")
    parser.add_argument("--floor", type=pathlib.Path, required=True, help="floor.c, compiled")
    parser.add_argument("--dir", type=pathlib.Path, required=True, help="for libraries, which are kept, and state")
    parser.add_argument("--sizes", default="real,small,large,wide", help="of " + ", ".join(corpora.CORPORA))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--idle", type=int, help="seconds to be idle for; 60, or 20 where there is one run")
    parser.add_argument("--json", type=pathlib.Path, help="a file for every sample")
    wishes = parser.parse_args()
    wishes.sizes = wishes.sizes.replace(",", " ").split()
    unknown = set(wishes.sizes) - set(corpora.CORPORA)
    if unknown or not wishes.sizes or wishes.runs < 1:
        parser.error(f"unknown sizes {', '.join(sorted(unknown))}" if unknown else "nothing to do")
    for program in [wishes.programs / name for name in ("stumpd", "stumpctl", "stump-worker")] + [wishes.floor]:
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is missing: type `make bench`, which builds it")
    wishes.idle = wishes.idle or (60 if wishes.runs > 1 else 20)
    return wishes


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"


def main():
    # Whatever ends it, its daemon ends too, and the library is as it was.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wishes = arguments()
    programs, floor, folder = wishes.programs.resolve(), wishes.floor.resolve(), wishes.dir.resolve()
    began = time.monotonic()
    # In the order of growth, whatever the order they were asked for in.
    sizes = [size for size in corpora.CORPORA if size in wishes.sizes]
    subjects = [measures.Measures(programs, floor, folder, size, wishes.runs, wishes.idle) for size in sizes]
    samples = {subject.size: subject.samples for subject in subjects} | {"all": {"true": []}}
    load = os.getloadavg()[0]
    for number in range(wishes.runs):
        for subject in subjects:
            say(f"run {number + 1} of {wishes.runs}: {subject.size}")
            samples["all"]["true"] += [measures.seconds(["true"]) for _ in range(10)]
            subject.run(number)
    figures = {size: measures.summary(of) for size, of in samples.items()}
    if wishes.json:
        wishes.json.parent.mkdir(parents=True, exist_ok=True)
        document = {"machine": machine(), "books": {size: corpora.CORPORA[size].count for size in sizes}}
        wishes.json.write_text(json.dumps(document | {"samples": samples, "figures": figures}, indent=1) + "\n")
    print(f"{machine()}; {wishes.runs} runs; load at the beginning {load:.1f}; {time.monotonic() - began:.0f} s\n")
    print("\n".join(table.lines(figures)))
    if os.geteuid() != 0:
        print("\nNothing is cold: only root can have the kernel forget what it has read.")
    if not any("inotifywait" in figures[size] for size in sizes):
        print("\ninotifywait is not there to compare with. Debian: apt-get install inotify-tools")


if __name__ == "__main__":
    main()

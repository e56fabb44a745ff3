#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the libraries that are measured; the same size makes the same bytes.

usage: corpora.py DIR SIZE...

A corpus that is complete has a stamp beside it and is not made again.
"""
import dataclasses
import json
import multiprocessing
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time
import zlib

import rarbytes
import zipbytes

HERE = pathlib.Path(__file__).resolve().parent
# Raised when the contents change, so that what an older version made is made anew.
VERSION = 1
JOBS = 2
# Debian's, whatever else is first in $PATH: it has numpy and Pillow where the packages are installed.
PAINTER = "/usr/bin/python3"

FIRST = """Amber Brazen Cobalt Distant Emerald Feral Gilded Hollow
    Iron Jagged Kindred Lunar Midnight Nimble Opal Paper""".split()
SECOND = """Anchors Beacons Comets Drifters Engines Falcons Gardens Harbours
    Islands Jesters Knights Lanterns Monsters Nomads Orchards Pilots""".split()
PEOPLE = [
    "Ines Duarte", "Tomas Lindqvist", "Mara Okafor", "Yuki Hayashi",
    "Leo Brandt", "Nadia Rahal", "Piotr Zielinski", "Clara Moreau",
]


@dataclasses.dataclass(frozen=True)
class Corpus:
    """A root with `shelves`, each with as many `series`, each with as many `books`; a shelf is renamed as one."""

    name: str
    shelves: int
    series: int
    books: int
    pages: str = "tiny"

    @property
    def count(self):
        return self.shelves * self.series * self.books

    @property
    def directories(self):
        return 1 + self.shelves * (1 + self.series)


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus("tiny", 1, 25, 20),
        Corpus("real", 3, 10, 10, pages="full"),
        Corpus("small", 2, 500, 20),
        Corpus("large", 20, 250, 40),
        Corpus("wide", 100, 1000, 10),
    )
}


def series_name(number):
    return f"{FIRST[number % 16]} {SECOND[number // 16 % 16]} {number:05}"


def comic_info(series, number, pages):
    """What most books say of themselves."""
    writer, artist = PEOPLE[number % 8], PEOPLE[(number // 8 + 3) % 8]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<ComicInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"  <Title>The {SECOND[number * 7 % 16]} of {FIRST[number * 5 % 16]} {number}</Title>\n"
        f"  <Series>{series}</Series>\n"
        f"  <Number>{number % 97 + 1}</Number>\n"
        f"  <Year>{1980 + number % 45}</Year>\n  <Month>{number % 12 + 1}</Month>\n"
        f"  <Writer>{writer}</Writer>\n  <Penciller>{artist}</Penciller>\n"
        f"  <Publisher>{SECOND[number // 50 % 16]} Press</Publisher>\n"
        f"  <Genre>{'Adventure, Crime' if number % 2 else 'Science Fiction'}</Genre>\n"
        f"  <PageCount>{pages}</PageCount>\n</ComicInfo>\n"
    ).encode()


def marked(picture, mark):
    """The JPEG with a comment of its own: other bytes, the same picture. A book is known by its bytes."""
    comment = mark.encode()
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


class Shelf:
    """Writes the series of one shelf."""

    def __init__(self, corpus, pool):
        self.corpus = corpus
        self.pool = [(content, zlib.crc32(content)) for content in pool]

    def write(self, root, shelf, label):
        for place in range(self.corpus.series):
            number = shelf * self.corpus.series + place
            name = series_name(number)
            folder = f"{root}/{name}"
            os.makedirs(folder)
            for issue in range(self.corpus.books):
                self.book(f"{folder}/{name} #{issue + 1:03}.cbz", name, number * self.corpus.books + issue, label)

    def book(self, path, series, number, label):
        has_facts = number % 10 < 8 if self.corpus.pages == "full" else number % 10 < 7
        if self.corpus.pages == "full":
            chance = random.Random(number)
            pages = [self.pool[chance.randrange(len(self.pool))] for _ in range(chance.randrange(26, 35))]
        else:
            pages = [self.pool[number % len(self.pool)]]
            if number % 4 == 0:
                pages.append(self.pool[number // 4 % len(self.pool)])
        cover = marked(pages[0][0], f"{label} {number}")
        entries = [("001.jpg", cover, zlib.crc32(cover))]
        entries += [(f"{place:03}.jpg", *page) for place, page in enumerate(pages[1:], 2)]
        if has_facts:
            facts = comic_info(series, number, len(pages))
            entries.append(("ComicInfo.xml", facts, zlib.crc32(facts)))
        archive = rarbytes if os.fspath(path).endswith(".cbr") else zipbytes
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.writev(descriptor, list(archive.pieces(entries)))
        os.close(descriptor)
        # Books have been there for long: one that is seconds old is looked at with more care.
        stamp = 1_700_000_000 + number
        os.utime(path, (stamp, stamp))


def painted(folder, kind):
    """The pages that books are put together from, drawn once for all corpora of a kind."""
    count = 60 if kind == "full" else 32
    pool = folder / f"pages-{kind}-{VERSION}"
    if len(list(pool.glob("*.jpg"))) != count:
        drawn = pool.with_suffix(".part")
        shutil.rmtree(drawn, ignore_errors=True)
        shutil.rmtree(pool, ignore_errors=True)
        if subprocess.run([PAINTER, HERE / "pages.py", drawn, str(count), kind]).returncode:
            raise SystemExit("The pages cannot be drawn. Debian: apt-get install python3-numpy python3-pil")
        drawn.rename(pool)
    return [path.read_bytes() for path in sorted(pool.glob("*.jpg"))]


def write_shelf(job):
    name, root, folder, shelf, label = job
    corpus = CORPORA[name]
    Shelf(corpus, painted(pathlib.Path(folder), corpus.pages)).write(root, shelf, label)


def made(folder, name):
    """The corpus's root, made now unless it is there."""
    corpus, root, stamp = CORPORA[name], folder / name, folder / f"{name}.json"
    facts = {"version": VERSION, "corpus": dataclasses.asdict(corpus)}
    if stamp.exists() and json.loads(stamp.read_text()) == facts:
        return root
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    began = time.monotonic()
    painted(folder, corpus.pages)
    jobs = [(name, f"{root}/Shelf {shelf + 1:03}", str(folder), shelf, name) for shelf in range(corpus.shelves)]
    with multiprocessing.Pool(JOBS) as pool:
        for done, _ in enumerate(pool.imap_unordered(write_shelf, jobs), 1):
            if sys.stderr.isatty():
                print(f"\r{name}: {done} of {len(jobs)} shelves", end="", file=sys.stderr)
    # What is measured afterwards is not to share the disk with what was written here.
    os.sync()
    stamp.write_text(json.dumps(facts))
    print(f"{name}: {corpus.count:,} books made in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return root


def newcomers(folder, name, size, count, suffix=".cbz"):
    """`count` more books of a size, which are in no corpus, in a directory beside the corpora; answers their paths."""
    corpus, place = CORPORA[size], folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    maker = Shelf(corpus, painted(folder, corpus.pages))
    paths = [place / f"The {name} newcomer {number:05}{suffix}" for number in range(count)]
    for number, path in enumerate(paths):
        maker.book(path, "Newcomers", number, f"{name} newcomer")
    return paths


if __name__ == "__main__":
    if len(sys.argv) < 3 or not set(sys.argv[2:]) <= set(CORPORA):
        raise SystemExit(__doc__ + "\nSizes: " + ", ".join(CORPORA))
    for size in sys.argv[2:]:
        made(pathlib.Path(sys.argv[1]), size)

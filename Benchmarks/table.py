# SPDX-License-Identifier: MIT
"""The rows of the table, their targets, and how they are printed."""
import dataclasses

import corpora


@dataclasses.dataclass(frozen=True)
class AtMost:
    """The figure itself."""

    limit: float
    miss: str = dataclasses.field(default="above", init=False)

    def holds(self, figure, beside):
        return figure <= self.limit

    def text(self, unit):
        return "≤ " + shown(self.limit, unit)


@dataclasses.dataclass(frozen=True)
class Times(AtMost):
    """The figure compared with what stands beside it; `None` where that is not known."""

    def holds(self, figure, beside):
        return figure / beside <= self.limit if beside else None

    def text(self, unit):
        return f"≤ {self.limit:g} ×"


@dataclasses.dataclass(frozen=True)
class AtLeastTimes(Times):
    miss: str = dataclasses.field(default="below", init=False)

    def holds(self, figure, beside):
        return figure / beside >= self.limit if beside else None

    def text(self, unit):
        return f"≥ {self.limit:g} ×"


@dataclasses.dataclass(frozen=True)
class Row:
    """`beside` names what it is compared with; its key may be of another size, before a colon."""

    what: str
    key: str
    unit: str
    beside: tuple = ()
    target: AtMost = None
    targets: dict = dataclasses.field(default_factory=dict)
    # A figure that has a row of its own already, and is only compared in this one.
    only_beside: bool = False


MB = 1e6
ROWS = [
    Row("first index with thumbnails: CPU", "first_cpu", "s", ("floor.c, CPU", "floor_draw_cpu"), None,
        {"real": Times(1.15), "small": AtMost(18)}),
    Row("first index with thumbnails: time", "first_wall", "s", ("floor.c", "floor_draw_wall"), None,
        {"real": Times(1.25)}),
    Row("… all rows visible", "rows", "s", ("floor.c, reading", "floor_read_wall"), None, {"real": AtMost(0.5)}),
    Row("… peak of the daemon", "first_peak", "B", (), AtMost(80 * MB)),
    Row("… peak of all processes", "first_peak_all", "B", (), AtMost(150 * MB)),
    Row("first index, facts only: time", "first_facts_wall", "s", ("floor.c, reading", "floor_read_wall"), None,
        {"real": AtMost(0.5), "small": AtMost(1.5)}),
    Row("first index, facts only: CPU", "first_facts_cpu", "s", ("floor.c, CPU", "floor_read_cpu")),
    Row("… compared with 20,000 books", "first_facts_wall", "s", ("20,000 books", "small:first_facts_wall"), None,
        {"large": Times(12)}, only_beside=True),
    Row("… peak of the daemon", "first_facts_peak", "B", (), AtMost(80 * MB)),
    Row("… peak of all processes", "first_facts_peak_all", "B", (), AtMost(150 * MB)),
    Row("nothing changed: verify, warm", "verify", "s", ("find -printf", "find"), None,
        {"small": AtMost(0.15), "large": Times(1.3)}),
    Row("nothing changed: verify, cold", "verify_cold", "s", ("find -printf", "find_cold"), None,
        {"large": Times(1.3)}),
    Row("start, until it answers", "ready", "s"),
    Row("start, until live, warm", "live", "s", ("inotifywait -mr", "inotifywait"), None,
        {"small": AtMost(0.5), "large": AtMost(0.5), "wide": AtMost(1.5)}),
    Row("start, until live, cold", "live_cold", "s", ("find -printf", "find_cold"), None, {"wide": AtMost(5)}),
    Row("start, a shelf was renamed meanwhile", "shelf_at_start", "s", ("start, unchanged", "live")),
    Row("a book renamed in: visible, median", "drop", "s", (), AtMost(0.1)),
    Row("a book renamed in: visible, 99th of 100", "drop_99", "s", (), AtMost(0.5)),
    Row("a book renamed in: CPU", "change_cpu", "s", ("at the smallest size", "first:change_cpu"), AtMost(0.02)),
    Row("a shelf renamed: visible", "shelf", "s", (), AtMost(0.5)),
    Row("… read of books for it", "shelf_read", "B", (), AtMost(0)),
    Row("… written to the disk for it", "shelf_written", "B"),
    Row("idle: wake-ups a minute", "wakeups", "", (), AtMost(0)),
    Row("idle: CPU a minute", "idle_cpu", "s", (), AtMost(0)),
    Row("idle: resident, daemon", "idle_resident", "B", (), None,
        {"tiny": AtMost(40 * MB), "real": AtMost(40 * MB), "small": AtMost(40 * MB), "large": AtMost(80 * MB)}),
    Row("idle: resident, all processes", "idle_resident_all", "B"),
    Row("after a start: resident, daemon", "start_resident", "B"),
    Row("peak after all of that, daemon", "work_peak", "B", (), None, {"wide": AtMost(80 * MB)}),
    Row("database, a book", "database", "B", (), None, {size: AtMost(2000) for size in ("small", "large", "wide")}),
    Row("written for the first index, of the final size", "written_times", "×", (), AtMost(6)),
    Row("stumpctl status, start to exit", "status", "s", ("true(1)", "all:true")),
    Row("GET /v1/status, a second", "requests", ""),
    Row("GET /v1/books, 500 of them", "page", "s"),
    Row("GET /v1/search", "search", "s"),
    Row("cbr → cbz, stored pages, a second", "convert", "B", ("bsdtar", "bsdtar"), AtLeastTimes(0.5)),
]


def shown(figure, unit):
    if figure is None:
        return "–"
    if unit == "s":
        return f"{figure:.1f} s" if figure >= 10 else f"{figure:.2f} s" if figure >= 1 else f"{figure * 1000:.3g} ms"
    if unit == "B":
        if figure >= 1e6:
            return f"{figure / 1e6:,.1f} MB"
        return f"{figure / 1e3:.1f} kB" if figure >= 1e4 else f"{figure:.0f} B"
    return f"{figure:,.0f} {unit}".strip() if figure >= 100 else f"{figure:.3g} {unit}".strip()


def found(key, size, figures):
    """What a row has beside it; `all:`, `first:` and a size say where else it was measured."""
    place, _, name = key.rpartition(":")
    if place == "first":
        place = next(iter(figures))
        if place == size:
            return None
    return figures.get(place or size, {}).get(name)


def lines(figures):
    """The table in Markdown, for figures by size."""
    rows = [("what", "books", "figure", "beside it", "ratio", "target", "")]
    for row in ROWS:
        for size in figures:
            figure = figures[size].get(row.key)
            target = row.targets.get(size, row.target)
            beside = found(row.beside[1], size, figures) if row.beside else None
            if figure is None or (row.only_beside and (beside is None or target is None)):
                continue
            verdict = target.holds(figure, beside) if target else None
            books = f"{corpora.CORPORA[size].count:,}" if size in corpora.CORPORA else ""
            rows.append((
                row.what,
                books,
                shown(figure, row.unit),
                f"{row.beside[0]} {shown(beside, row.unit)}" if beside is not None else "",
                f"{figure / beside:.2f}" if beside else "",
                target.text(row.unit) if target else "",
                "" if verdict is None else "ok" if verdict else f"**{target.miss}**",
            ))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, tuple("-" * width for width in widths))
    return ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]

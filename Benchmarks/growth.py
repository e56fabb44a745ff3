#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws how times, the cost of one change and memory grow with the library, from what bench.py wrote with --json.

usage: growth.py RESULT.json... [-o growth.svg]

Both axes are logarithmic, so that what grows as the library does is a slope of one, and what does not grow is level.
"""
import json
import math
import pathlib
import sys

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 420, 300, 62, 40, 16, 44
# Seen apart by most who do not see all colours; every line has its name at its end besides.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
PANELS = [
    ("Seconds for the whole library", 1, [
        ("first index, facts", "first_facts_wall"), ("verify", "verify"),
        ("verify, cold", "verify_cold"), ("start to live", "live"),
    ]),
    ("Milliseconds for one book renamed in", 1000, [
        ("until visible", "drop"), ("99th of 100", "drop_99"), ("CPU", "change_cpu"),
    ]),
    ("MB in memory, daemon", 1e-6, [
        ("peak of the first index", "first_facts_peak"), ("idle", "idle_resident"), ("after a start", "start_resident"),
    ]),
    ("Milliseconds for an answer", 1000, [
        ("stumpctl status", "status"), ("search", "search"), ("500 books", "page"),
    ]),
]


def points(results, key, scale):
    """Pairs of books and figure; the last result that has a size counts."""
    found = {}
    for result in results:
        for size, books in result["books"].items():
            figure = result["figures"].get(size, {}).get(key)
            if figure:
                found[books] = figure * scale
    return sorted(found.items())


def tick(value):
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def panel(title, lines, at):
    """One diagram as SVG; `lines` are pairs of a name and points."""
    xs = [x for _, line in lines for x, _ in line]
    ys = [y for _, line in lines for _, y in line]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)) + 1e-9)
    high = max(high, low + 1)
    first, last = math.log10(min(xs)), max(math.log10(max(xs)), math.log10(min(xs)) + 1)

    def across(x):
        return LEFT + (math.log10(x) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def down(y):
        return HEIGHT - BOTTOM - (math.log10(y) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<g transform="translate({at[0]} {at[1]})">', f'<text x="{LEFT}" y="22" class="title">{title}</text>']
    for power in range(low, high + 1):
        y = down(10.0**power)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick(10.0**power)}</text>')
    for x in sorted(set(xs)):
        parts.append(f'<path class="grid" d="M{across(x):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        anchor = "end" if x == max(xs) and len(set(xs)) > 1 else "middle"
        parts.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="{anchor}">{x:,}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">books</text>')
    legend = LEFT
    for place, (name, line) in enumerate(lines):
        colour = COLOURS[place]
        path = "L".join(f"{across(x):.1f} {down(y):.1f}" for x, y in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>' for x, y in line]
        parts.append(f'<text x="{legend}" y="{TOP - 4}" fill="{colour}">{name}</text>')
        legend += 6 * len(name) + 14
    return "\n".join(parts + ["</g>"])


def drawing(results):
    panels = []
    for title, scale, names in PANELS:
        lines = [(name, points(results, key, scale)) for name, key in names]
        lines = [(name, line) for name, line in lines if line]
        if lines:
            at = (len(panels) % 2 * WIDTH, len(panels) // 2 * HEIGHT)
            panels.append(panel(title, lines, at))
    height = (len(panels) + 1) // 2 * HEIGHT
    # A presentation attribute counts less than a style sheet: the names of lines keep their colour this way.
    style = "text{font:11px sans-serif}text:not([fill]){fill:#333}.title{font-size:14px;font-weight:bold}"
    style += ".grid{stroke:#ddd}"
    size = f'viewBox="0 0 {2 * WIDTH} {height}" width="{2 * WIDTH}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n'
        f'<style>{style}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(panels) + "\n</svg>\n"
    )


def main(words):
    target = pathlib.Path(__file__).resolve().parent / "growth.svg"
    if "-o" in words[:-1]:
        place = words.index("-o")
        target = pathlib.Path(words[place + 1])
        words = words[:place] + words[place + 2 :]
    if not words or words[0].startswith("-"):
        raise SystemExit(__doc__)
    target.write_text(drawing([json.loads(pathlib.Path(word).read_text()) for word in words]))
    print(f"wrote {target}")


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws pages that weigh what comic pages weigh, as JPEG, or tiny ones: panels with shades, lines, lettering and grain.

usage: pages.py DIR COUNT full|tiny

It needs numpy and Pillow, which nothing else here does. The same arguments make the same pages.
"""
import multiprocessing
import os
import sys

import numpy
from PIL import Image, ImageDraw


def page(number, width, height, grain):
    chance = numpy.random.default_rng(7_000_003 + number)
    picture = Image.new("RGB", (width, height), (246, 242, 232))
    rows = int(chance.integers(2, 5))
    top = height * 0.03
    for row in range(rows):
        tall = height * 0.97 - top
        if row < rows - 1:
            tall = (height * 0.94 - top) / (rows - row) * chance.uniform(0.8, 1.1)
        columns = int(chance.integers(1, 4))
        for column in range(columns):
            left = width * (0.04 + 0.92 * column / columns)
            right = width * (0.03 + 0.92 * (column + 1) / columns)
            panel(picture, chance, tuple(int(side) for side in (left, top, right, top + tall * 0.96)))
        top += tall
    pixels = numpy.asarray(picture, dtype=numpy.int16)
    noise = chance.normal(0, grain, (height, width, 1)) + chance.normal(0, grain / 3, (height, width, 3))
    return Image.fromarray(numpy.clip(pixels + noise, 0, 255).astype(numpy.uint8))


def panel(picture, chance, box):
    """A shaded background, shapes with an outline, hatching, and a balloon with lines of lettering."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    first, second = chance.integers(40, 230, (2, 3))
    down, across = numpy.linspace(0, 1, height)[:, None, None], numpy.linspace(0, 0.3, width)[None, :, None]
    shade = down * chance.uniform(0.4, 1) + across
    colours = first * (1 - shade) + second * shade
    picture.paste(Image.fromarray(numpy.clip(colours, 0, 255).astype(numpy.uint8)), (left, top))
    draw = ImageDraw.Draw(picture)

    def spot():
        return left + chance.uniform(0, width), top + chance.uniform(0, height)

    for _ in range(int(chance.integers(3, 8))):
        corners = [spot() for _ in range(int(chance.integers(3, 7)))]
        draw.polygon(corners, fill=tuple(int(part) for part in chance.integers(20, 245, 3)), outline=(12, 12, 16))
    for _ in range(int(width * height / 6000)):
        x, y = spot()
        draw.line((x, y, x + chance.uniform(-30, 30), y + chance.uniform(4, 40)), fill=(16, 16, 20), width=2)
    x, y = left + width * 0.1, top + height * 0.06
    draw.ellipse((x, y, x + width * 0.5, y + height * 0.25), fill=(252, 252, 250), outline=(8, 8, 8))
    for line in range(4):
        for letter in range(int(width * 0.3 / 9)):
            at = x + width * 0.1 + letter * 9, y + height * (0.06 + 0.035 * line)
            draw.line((*at, at[0] + chance.uniform(-4, 5), at[1] + 8), fill=(8, 8, 8), width=2)
    draw.rectangle(box, outline=(8, 8, 8), width=5 if width > 100 else 1)


def write(job):
    folder, number, kind = job
    path = os.path.join(folder, f"{number:04}.jpg")
    if kind == "full":
        page(number, 1400, 2100, 3).save(path, quality=80)
    else:
        page(number, 700, 1050, 0).resize((64, 96), Image.Resampling.LANCZOS).save(path, quality=60, optimize=True)


if __name__ == "__main__":
    folder, count, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    os.makedirs(folder, exist_ok=True)
    with multiprocessing.Pool(2) as pool:
        pool.map(write, [(folder, number, kind) for number in range(count)], chunksize=1)

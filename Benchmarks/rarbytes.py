# SPDX-License-Identifier: MIT
"""Bytes of RAR 4 archives whose entries are stored: nothing in Debian writes them."""
import struct
import zlib

MARKER = b"Rar!\x1a\x07\x00"
# 2026-01-01 00:00:00, as MS-DOS counts.
MOMENT = ((2026 - 1980) << 9 | 1 << 5 | 1) << 16
MAIN, FILE, END = 0x73, 0x74, 0x7B
UNIX, STORED, NEEDED = 3, 0x30, 20


def block(kind, flags, rest=b""):
    body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body


def pieces(entries):
    """The file in pieces, for triples of a name, its content and the content's CRC-32."""
    yield MARKER
    yield block(MAIN, 0, bytes(6))
    for name, content, checksum in entries:
        name, size = name.encode("ascii"), len(content)
        facts = struct.pack("<IIBIIBBHI", size, size, UNIX, checksum, MOMENT, NEEDED, STORED, len(name), 0o100644)
        yield block(FILE, 0x8000, facts + name)
        yield content
    yield block(END, 0x4000)

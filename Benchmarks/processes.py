# SPDX-License-Identifier: MIT
"""What the kernel says of a process and of those that it started."""
import os
import pathlib

TICK = os.sysconf("SC_CLK_TCK")


def fields(pid):
    """proc(5)'s fields of `stat` from the state on, which is the third."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def family(root):
    """`root` and everything below it."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(fields(entry)[1])
            except (OSError, ValueError):
                continue
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(root):
    """User and system time of the whole family, with that of members who have ended."""
    return sum(sum(int(ticks) for ticks in stat[11:15]) for stat in each(root, fields)) / TICK


def memory(root):
    """Kilobytes: the daemon's own now and at its peak, and the sum of all processes', for the peak an upper bound."""
    peaks = [figure(pid, "status", "VmHWM:") for pid in family(root)]
    return {
        "resident": figure(root, "status", "VmRSS:"),
        "peak": peaks[0],
        "resident_all": sum(each(root, lambda pid: figure(pid, "status", "VmRSS:"))),
        "peak_all": sum(peaks),
    }


def written_bytes(root):
    """What the daemon itself had the kernel write to a disk."""
    return figure(root, "io", "write_bytes:")


def switches(root):
    """How often each thread of the family went to sleep or was put aside: one that only waits does not."""
    counts = {}
    for pid in family(root):
        for thread in listed(f"/proc/{pid}/task"):
            counts[thread] = figure(thread, "status", "voluntary_ctxt_switches:") + figure(
                thread, "status", "nonvoluntary_ctxt_switches:"
            )
    return counts


def wakeups(before, after):
    """Between two answers of `switches`; threads that have ended meanwhile were woken for that."""
    return sum(count - before.get(thread, 0) for thread, count in after.items()) + len(before.keys() - after.keys())


def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def figure(pid, file, label):
    """The first number after a label; 0 for a process that has ended meanwhile."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(label):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def each(root, ask):
    for pid in family(root):
        try:
            yield ask(pid)
        except OSError:
            continue

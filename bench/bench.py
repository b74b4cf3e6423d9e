#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How fast Glovebox is, each figure beside a yardstick of the same run.

See bench/README.md.  Run it by "./dev bench".
"""

import argparse
import contextlib
import ctypes
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

from containers import bench_limits, bench_lxc, bench_service, why_no_containers  # noqa: E402
from measuring import BUILD, GLOVEBOX, Failure, succeed, timed  # noqa: E402
from screen import Screen, end  # noqa: E402

MEGABYTES = 100
FILES = 20_000
# The guest's phases that a window passes, by the numbers of docs/guest-protocol.md.
PHASES = {1: "kernel", 4: "mounts", 7: "Xorg", 8: "window manager", 9: "application"}


# ---------------------------------------------------------------- world --


@contextlib.contextmanager
def own_world():
    """Folders and a libvirt daemon of the measurement's own; the caches are the account's.

    A daemon that the account runs already is no child of ours, and neither is a QEMU of
    its: how fast those are buried would be the machine's affair (see with_reaper).
    """
    # Short, since the sockets in it have names of at most 107 bytes; and in memory, as the
    # runtime folders of users are.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
    with tempfile.TemporaryDirectory(prefix="gbx-", dir=memory, ignore_cleanup_errors=True) as folder, \
            tempfile.TemporaryDirectory(prefix="bench-homes-", dir=BUILD) as data:
        runtime = pathlib.Path(folder, "run")
        runtime.mkdir(mode=0o700)
        # Homes are on a disk, as those of users are.
        os.environ.update(XDG_RUNTIME_DIR=str(runtime), XDG_CONFIG_HOME=f"{folder}/config",
                          XDG_DATA_HOME=data)
        try:
            yield
        finally:
            end_daemon(runtime / "libvirt" / "libvirtd.pid")


def end_daemon(pid_file):
    # It removes the file when it ends, as it does by itself after half a minute.
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
    deadline = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)


# ---------------------------------------------------------------- floor --


def cpio(name, data):
    """An archive, in the kernel's format, with one program in it."""
    out = b""
    for number, (path, mode, body) in enumerate(
            [(name, 0o100755, data), ("TRAILER!!!", 0, b"")], start=1):
        fields = [number, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(path) + 1, 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + path.encode() + b"\0"
        out += b"\0" * (-len(out) % 4) + body
        out += b"\0" * (-len(out) % 4)
    return out


class Floor:
    """QEMU, the same kernel, and an init that ends at once."""

    def __init__(self, folder, accelerator):
        domain = ElementTree.fromstring(succeed([GLOVEBOX, "exec", "--print-xml", "--", "true"])[1])
        initrd = folder / "floor.cpio"
        initrd.write_bytes(cpio("init", (BUILD / "bench" / "floor-init").read_bytes()))
        self.memory = int(domain.findtext("memory")) // 1024
        self.command = [
            "qemu-system-" + os.uname().machine, "-accel", accelerator, "-machine",
            domain.find("os/type").get("machine", "pc") + ",hpet=off",
            "-cpu", "host" if accelerator == "kvm" else "max", "-m", str(self.memory), "-smp", "1",
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-kernel", domain.findtext("os/kernel"), "-initrd", str(initrd),
            "-append", domain.findtext("os/cmdline"),
        ]

    def measure(self):
        return succeed(self.command)[0]


def find_accelerator():
    """What a launch takes here: it may have to find out first."""
    process = subprocess.Popen([GLOVEBOX, "exec", "--name", "bench-probe", "--", "sh", "-c",
                                "echo ready; exec sleep 1000"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if process.stdout.readline() != b"ready\n":
        raise Failure(process.communicate()[1].decode(errors="replace"))
    listing = succeed([GLOVEBOX, "list"])[1].decode()
    end(process)
    return "kvm" if re.search(r"bench-probe .*\bkvm\b", listing) else "tcg"


# ---------------------------------------------------------------- table --


class Table:
    def __init__(self):
        self.rows = []

    def add(self, name, values, unit, yardstick, yardsticks, goal=None):
        median = statistics.median(values)
        beside = statistics.median(yardsticks) if yardsticks else None
        row = {"name": name, "unit": unit, "median": median, "values": values,
               "yardstick": yardstick, "yardstick-median": beside,
               "ratio": median / beside if beside else None, "goal": goal}
        self.rows.append(row)
        ratio = f"{row['ratio']:8.2f}" if beside else f"{'':8}"
        print(f"{name:34} {median:10.3f} {unit:5} {ratio}  {yardstick:28}"
              f"{'goal ' + str(goal) if goal else ''}".rstrip(), flush=True)

    def head(self):
        print(f"{'':34} {'median':>10} {'':5} {'ratio':>8}  to")


# ----------------------------------------------------------------- rows --


def bench_exec(table, floor, rounds):
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(floor.measure())
        seconds, run = timed([GLOVEBOX, "exec", "--", "/bin/false"])
        if run.returncode != 1:
            raise Failure(run.stderr.decode(errors="replace"))
        ours.append(seconds)
    table.add("exec -- /bin/false", ours, "s", "the floor", bare, goal=1.3)
    table.add("the floor", bare, "s", "", [])


def first_window(screen, *options):
    """Seconds from the start to each phase and to the first window's contents."""
    begin = time.monotonic()
    process = subprocess.Popen([GLOVEBOX, "run", "--verbose", *options, "--", "xterm"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True,
                               env={**os.environ, **screen.environment})
    marks, told = {}, []
    for line in process.stderr:
        now = time.monotonic() - begin
        told.append(line)
        phase = re.search(r"phase (\d+) at", line)
        if phase and int(phase[1]) in PHASES:
            marks[PHASES[int(phase[1])]] = now
        elif "Starting the virtual machine" in line:
            marks.setdefault("create", now)
        elif "has drawn" in line:
            marks["first pixel"] = now
            break
    process.stderr.close()
    end(process)
    if "first pixel" not in marks:
        raise Failure("the window never drew: " + "".join(told)[-2000:])
    return marks


def bench_lxc_run(table, floor, rounds):
    marks = []
    with Screen() as screen:
        for _ in range(rounds):
            marks.append(first_window(screen, "--backend", "lxc"))
    table.add("run -- xterm, container", [mark["first pixel"] for mark in marks], "s",
              "1.5 s", [1.5], goal=1)
    for phase in ("create", *PHASES.values()):
        values = [mark[phase] for mark in marks if phase in mark]
        if values:
            table.add(f"  … to {phase}", values, "s", "1.5 s", [1.5])


def bench_run(table, floor, rounds):
    bare, marks = [], []
    with Screen() as screen:
        for _ in range(rounds):
            bare.append(floor.measure())
            marks.append(first_window(screen))
    table.add("run -- xterm, to the first window", [mark["first pixel"] for mark in marks], "s",
              "the floor", bare, goal=2.8)
    for phase in ("create", *PHASES.values()):
        values = [mark[phase] for mark in marks if phase in mark]
        if values:
            table.add(f"  … to {phase}", values, "s", "the floor", bare)


def pipe_seconds(command):
    """Seconds from the first byte on stdout to the last."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    count = len(process.stdout.read(1))
    begin = time.monotonic()
    while chunk := process.stdout.read(1 << 20):
        count += len(chunk)
    seconds = time.monotonic() - begin
    process.stdout.close()
    process.wait()
    if count != MEGABYTES * 1_000_000:
        raise Failure(f"{count} bytes came through")
    return seconds


def bench_stdout(table, floor, rounds):
    command = ["head", "-c", str(MEGABYTES * 1_000_000), "/dev/zero"]
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(pipe_seconds(command))
        ours.append(pipe_seconds([GLOVEBOX, "exec", "--", *command]))
    table.add(f"{MEGABYTES} MB through stdout", ours, "s", "a pipe on the host", bare)


TIMED = 'a=$(date +%s%N); eval "$1"; b=$(date +%s%N); echo $((b - a))'


def guest_and_host(options, guest, host):
    """Seconds that a shell command takes in the guest, and one on the host."""
    out = succeed([GLOVEBOX, "exec", *options, "--", "sh", "-c", TIMED, "sh", guest])[1]
    ours = int(out.split()[-1]) / 1e9
    bare = int(succeed(["sh", "-c", TIMED, "sh", host])[1].split()[-1]) / 1e9
    return ours, bare


def bench_share(table, floor, rounds):
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "data")
        file.write_bytes(os.urandom(MEGABYTES * 1_000_000))
        for _ in range(rounds):
            pairs.append(guest_and_host(["--share", f"{folder}:/s"], "cat /s/data >/dev/null",
                                        f"cat {file} >/dev/null"))
    table.add(f"{MEGABYTES} MB read from a share", [p[0] for p in pairs], "s", "cat on the host",
              [p[1] for p in pairs])


def bench_list(table, floor, rounds):
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            pathlib.Path(folder, f"file-{number}.txt").touch()
        for _ in range(rounds):
            pairs.append(guest_and_host(["--share", f"{folder}:/s"], "ls -l /s >/dev/null",
                                        f"ls -l {folder} >/dev/null"))
    table.add(f"ls -l of {FILES} files in a share", [p[0] for p in pairs], "s", "ls on the host",
              [p[1] for p in pairs])


def bench_profile(table, floor, rounds):
    """Three layers of one profile, among 200 others."""
    with tempfile.TemporaryDirectory() as folder:
        layers = [pathlib.Path(folder, name, "glovebox", "profiles")
                  for name in ("shipped", "etc", "user")]
        for layer in layers:
            layer.mkdir(parents=True)
            (layer / "mine.profile").write_text("[Profile]\nVersion=1\nApplications=mine.desktop\n"
                                                "[Resources]\nMemory=600M\n")
        for number in range(200):
            (layers[0] / f"other-{number}.profile").write_text(
                f"[Profile]\nVersion=1\nApplications=other-{number}.desktop\n[Network]\nMode=none\n")
        world = {**os.environ, "GLOVEBOX_PROFILE_PATH": str(layers[0]),
                 "XDG_CONFIG_DIRS": f"{folder}/etc", "XDG_CONFIG_HOME": f"{folder}/user"}
        show = [GLOVEBOX, "profile", "show", "--resolved", "mine"]
        files = ["cat", *map(str, layers[0].glob("*")), *(str(layer / "mine.profile")
                                                          for layer in layers[1:])]
        with_them = [GLOVEBOX, "run", "--print-xml", "true"]
        shown = [(succeed(show, env=world)[0], succeed(files)[0]) for _ in range(rounds)]
        chosen = [(succeed(with_them, env=world)[0],
                   succeed(with_them, env={**world, "GLOVEBOX_PROFILE_PATH": f"{folder}/none",
                                           "XDG_CONFIG_HOME": f"{folder}/none"})[0])
                  for _ in range(rounds)]
    table.add("profile show --resolved, of 201", [p[0] for p in shown], "s", "cat of the files",
              [p[1] for p in shown])
    table.add("run --print-xml, with 201 profiles", [p[0] for p in chosen], "s", "without profiles",
              [p[1] for p in chosen])


def bench_find(table, floor, rounds):
    pairs = [guest_and_host([], "find /usr | wc -l >&2", "find /usr | wc -l >/dev/null")
             for _ in range(rounds)]
    table.add("find /usr", [p[0] for p in pairs], "s", "find on the host", [p[1] for p in pairs])


def memory_of(marker):
    """Proportional memory, in MB, of the processes that carry a marker."""
    total = 0
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if marker not in (entry / "cmdline").read_bytes():
                continue
            pss = re.search(r"^Pss:\s+(\d+)", (entry / "smaps_rollup").read_text(), re.M)
            total += int(pss[1]) * 1024
    return total / 1e6


def bench_memory(table, floor, rounds):
    started = []
    try:
        for count in (1, 2, 4):
            while len(started) < count:
                process = subprocess.Popen(
                    [GLOVEBOX, "exec", "--name", f"bench-memory-{len(started)}", "--", "sh", "-c",
                     "echo ready; exec sleep 1000"], stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE)
                started.append(process)
                if process.stdout.readline() != b"ready\n":
                    raise Failure("a sandbox did not start")
            time.sleep(2)
            values = []
            for _ in range(max(rounds, 1)):
                values.append(memory_of(b"bench-memory-"))
                time.sleep(0.5)
            table.add(f"memory of {count} idle", values, "MB", "the guests' memory",
                      [floor.memory * count * 1.048576])
    finally:
        for process in started:
            end(process)


# ------------------------------------------------------------------ homes --

# In a hundred transactions, each of which is on the disk at its end.
ROWS_SQL = "create table t (id integer primary key, text);\n" + "".join(
    "begin;\n" + "".join(f"insert into t (text) values ('row {number} of ten thousand');\n"
                         for number in range(first, first + 100)) + "commit;\n"
    for first in range(0, 10_000, 100))
HOME = ["--home", "private", "--home-name", "bench"]


def bench_home(table, floor, rounds):
    columns = {"temporary": [], "private": [], "template": []}
    for kind in columns:
        succeed([GLOVEBOX, "exec", "--home", kind, "--home-name", "bench", "--", "true"])
    for _ in range(rounds):
        for kind, values in columns.items():
            values.append(succeed([GLOVEBOX, "exec", "--home", kind, "--home-name", "bench", "--",
                                   "true"])[0])
    add_growth(table, "exec -- true, home", "s", "temporary", columns)


def compare_places(table, name, rounds, folder, command):
    """A command that writes, in a private home, in memory, in a share, and on the host's disk."""
    homes, memory, shares, bare = [], [], [], []
    for number in range(rounds):
        place = folder / f"host-{number}"
        shared = folder / f"shared-{number}"
        place.mkdir()
        shared.mkdir()
        source = f"{folder}/source:/s"
        inside, outside = guest_and_host(
            [*HOME, "--share", source],
            f"rm -rf ~/work; mkdir ~/work; cd ~/work; {command.format(source='/s')}",
            f"cd {place}; {command.format(source=folder / 'source')}")
        homes.append(inside)
        bare.append(outside)
        memory.append(guest_and_host(
            ["--share", source], f"mkdir ~/work; cd ~/work; {command.format(source='/s')}",
            "true")[0])
        shares.append(guest_and_host(
            ["--share", source, "--share", f"{shared}:/w:rw"],
            f"cd /w; {command.format(source='/s')}", "true")[0])
    table.add(f"{name}, private home", homes, "s", "the host's disk", bare, goal=3)
    # What is left of the first ratio beside this one is the emulated processor's.
    table.add(f"{name}, private home", homes, "s", "a temporary home", memory)
    table.add(f"{name}, private home", homes, "s", "a writable share", shares, goal=1)


@contextlib.contextmanager
def source_folder():
    # On a disk: /tmp may be in memory, where nothing waits.
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="bench-") as name:
        folder = pathlib.Path(name)
        (folder / "source").mkdir()
        yield folder


def bench_sqlite(table, floor, rounds):
    with source_folder() as folder:
        (folder / "source" / "rows.sql").write_text(ROWS_SQL)
        compare_places(table, "10,000 rows by sqlite3", rounds, folder,
                       "sqlite3 x.db <{source}/rows.sql >&2")


def bench_git(table, floor, rounds):
    with source_folder() as folder:
        git = ["git", "-C", str(folder / "source"), "-c", "user.name=x", "-c", "user.email=x@x"]
        succeed([*git, "init", "-q"])
        for number in range(1000):
            (folder / "source" / f"file-{number}").write_text(f"file {number}\n" * 50)
        succeed([*git, "add", "."])
        succeed([*git, "commit", "-q", "-m", "all"])
        # The repository belongs to the user inside and outside.
        compare_places(table, "git clone, 1000 files", rounds, folder,
                       "git clone -q --no-local {source} clone >&2 && sync clone")


# ----------------------------------------------------------------- growth --


def add_growth(table, what, unit, first, columns):
    """Each column beside the first, which is the yardstick."""
    for name, values in columns.items():
        table.add(f"{what}: {name}", values, unit, first, columns[first])


def bench_shares(table, floor, rounds):
    columns = {f"{count} shares": [] for count in (0, 4, 16)}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(16):
            pathlib.Path(folder, str(number)).mkdir()
        for _ in range(rounds):
            for name, values in columns.items():
                options = [f"--share={folder}/{n}:/s/{n}" for n in range(int(name.split()[0]))]
                values.append(succeed([GLOVEBOX, "exec", *options, "--", "true"])[0])
    add_growth(table, "exec -- true", "s", "0 shares", columns)


def bench_size(table, floor, rounds):
    columns = {size: [] for size in ("640x480", "1280x800", "2560x1440")}
    with Screen() as screen:
        for _ in range(rounds):
            for size, values in columns.items():
                values.append(first_window(screen, "--size", size)["first pixel"])
    add_growth(table, "run -- xterm", "s", "640x480", columns)


def bench_together(table, floor, rounds):
    columns = {f"{count} at once": [] for count in (1, 2, 4)}
    for _ in range(rounds):
        for name, values in columns.items():
            begin = time.monotonic()
            processes = [subprocess.Popen([GLOVEBOX, "exec", "--", "true"], stdin=subprocess.DEVNULL)
                         for _ in range(int(name.split()[0]))]
            if any([process.wait() for process in processes]):
                raise Failure("a sandbox failed")
            values.append(time.monotonic() - begin)
    add_growth(table, "exec -- true", "s", "1 at once", columns)


# --------------------------------------------------------------- desktop --


def bad_entry(number):
    """What an entry may be that is not to be shown."""
    return ["", "[Desktop Entry]\nType=Application\nName=Gone\nExec=program-that-is-gone\n",
            "[Desktop Entry]\nType=Application\nName=Hidden\nExec=true\nNoDisplay=true\n",
            "[Desktop Entry]\nType=Application\nName=Option\nExec=--network=open true\n",
            "[Desktop Entry]\nType=Application\nName=Copy\nExec=true %F\n"][number % 5]


@contextlib.contextmanager
def many_applications(count=500):
    """Desktop entries of which a third is hidden, damaged or the same; the icons are the
    system's."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        entries = folder / "data" / "applications"
        entries.mkdir(parents=True)
        icons = sorted(path.stem for path in pathlib.Path("/usr/share/icons/hicolor").glob(
            "*/apps/*")) or ["application-x-executable"]
        for number in range(count):
            text = bad_entry(number) if number % 3 == 2 else (
                f"[Desktop Entry]\nType=Application\nName=Application {number}\n"
                f"GenericName=Text editor\nComment=It does what it is for\nKeywords=one;two;\n"
                f"Exec=true --number={number} %F\nIcon={icons[number % len(icons)]}\n"
                "Categories=Utility;\n")
            (entries / f"bench-{number}.desktop").write_text(text)
        # It is not the first start, which looks at the computer.
        version = subprocess.run([GLOVEBOX, "--version"], capture_output=True, text=True,
                                 check=True).stdout.split()[-1]
        (folder / "state" / "glovebox").mkdir(parents=True)
        (folder / "state" / "glovebox" / "checked").write_text(version)
        program = folder / "glovebox"
        program.write_text("#!/bin/sh\necho >&3\n")
        program.chmod(0o755)
        (folder / "system").mkdir()
        for shared in ("icons", "mime", "glib-2.0"):
            (folder / "system" / shared).symlink_to(pathlib.Path("/usr/share", shared))
        yield {"XDG_DATA_HOME": str(folder / "data"), "XDG_DATA_DIRS": str(folder / "system"),
               "XDG_STATE_HOME": str(folder / "state"), "GLOVEBOX_PROGRAM_PATH": str(folder)}


def first_map(screen, command, title, environment):
    """Seconds until the program's window is on the screen."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env={**os.environ, **environment})
    try:
        while not screen.windows(title):
            if process.poll() is not None or time.monotonic() - begin > 60:
                raise Failure(f"{command[0]} shows no window")
            time.sleep(0.01)
        return time.monotonic() - begin
    finally:
        end(process)


def probe(environment, *arguments):
    """Seconds until the window is usable, and what the probe in it has measured."""
    begin = time.monotonic()
    process = subprocess.Popen([BUILD / "bench" / "desktop-probe", *arguments], env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    usable, found = None, {}
    for line in process.stdout:
        words = line.split()
        if words == ["usable"]:
            usable = time.monotonic() - begin
        else:
            found.setdefault(words[0], []).append([float(word) for word in words[1:]])
    if process.wait() != 0 or usable is None:
        raise Failure("desktop-probe failed")
    return usable, found


def bench_desktop(table, floor, rounds):
    program = str(BUILD / "app" / "glovebox-desktop")
    columns = {name: [] for name in ("map", "factory", "usable", "bare", "key", "memory",
                                     "bare memory", "start", "search", "launch", "editor",
                                     "editor open", "processor")}
    with Screen() as screen, many_applications() as entries:
        environment = {**os.environ, **screen.environment, **entries, "NO_AT_BRIDGE": "1"}
        for _ in range(rounds):
            columns["map"].append(first_map(screen, [program], "^Glovebox$", environment))
            columns["factory"].append(first_map(screen, ["gtk3-widget-factory"], "widget-factory",
                                                {**environment, "XDG_DATA_DIRS": "/usr/share"}))
            usable, found = probe(environment)
            columns["usable"].append(usable)
            columns["key"] += [key[1] * 1000 for key in found["key"]]
            columns["memory"].append(found["memory"][0][0] / 1024)
            columns["processor"].append(found["usable-processor"][0][1])
            columns["editor open"].append(found["editor"][0][1] * 1000)
            for part in ("start", "search", "launch", "editor"):
                columns[part].append(found[f"stall-{part}"][0][1] * 1000)
            bare, found = probe(environment, "bare")
            columns["bare"].append(bare)
            columns["bare memory"].append(found["memory"][0][0] / 1024)
    table.add("desktop: window on the screen", columns["map"], "s", "gtk3-widget-factory",
              columns["factory"])
    table.add("desktop: usable, 500 entries", columns["usable"], "s", "gtk3-widget-factory",
              columns["factory"])
    table.add("desktop: usable, processor time", columns["processor"], "s", "1 s", [1])
    table.add("desktop: a key of the search", columns["key"], "ms", "16 ms", [16])
    table.add("desktop: the slowest key", [max(columns["key"])], "ms", "16 ms", [16])
    table.add("desktop: the editor opens", columns["editor open"], "ms", "200 ms", [200])
    for part in ("start", "search", "launch", "editor"):
        table.add(f"desktop: longest stall, {part}", [max(columns[part])], "ms", "50 ms", [50])
    table.add("desktop: memory", columns["memory"], "MB", "a bare libhandy window",
              columns["bare memory"])


# Those that need no floor of a virtual machine.
WITHOUT_GUEST = {"desktop", "lxc", "lxc-run", "limits", "service"}
OF_CONTAINERS = WITHOUT_GUEST - {"desktop"}
ROWS = {"exec": bench_exec, "run": bench_run, "stdout": bench_stdout, "share": bench_share, "list": bench_list,
        "profile": bench_profile,
        "find": bench_find, "memory": bench_memory, "shares": bench_shares, "size": bench_size,
        "together": bench_together, "home": bench_home, "sqlite": bench_sqlite, "git": bench_git,
        "desktop": bench_desktop, "lxc": bench_lxc, "lxc-run": bench_lxc_run,
        "limits": bench_limits, "service": bench_service}


def possible_rows():
    """All rows but those that this computer cannot have, which are told."""
    trouble = {}
    if reason := why_no_containers():
        trouble = dict.fromkeys(OF_CONTAINERS, reason)
    for program in "/usr/sbin/apache2", "/usr/bin/ab":
        if not os.access(program, os.X_OK):
            trouble["service"] = f"{program} is missing"
    for name, reason in trouble.items():
        print(f"{name}: left out: {reason}", file=sys.stderr)
    return [name for name in ROWS if name not in trouble]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {' '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path, default=BUILD / "bench.json")
    options = parser.parse_args()
    unknown = set(options.rows) - set(ROWS)
    if unknown:
        parser.error(f"there is no row {' '.join(sorted(unknown))}; there are: {' '.join(ROWS)}")
    try:
        output = options.output.open("w")
    except OSError as error:
        parser.error(f"the results cannot be written: {error}")

    table = Table()
    try:
        with own_world(), tempfile.TemporaryDirectory() as folder:
            floor, accelerator = None, "of no machine"
            if set(options.rows or ROWS) - WITHOUT_GUEST:
                accelerator = find_accelerator()
                floor = Floor(pathlib.Path(folder), accelerator)
            print(f"accelerator {accelerator}, kernel {os.uname().release}, "
                  f"{os.cpu_count()} processors, {options.rounds} rounds")
            table.head()
            for name in options.rows or possible_rows():
                ROWS[name](table, floor, options.rounds)
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    finally:
        if table.rows:
            output.write(json.dumps({"version": 1, "rows": table.rows}, indent=2) + "\n")
        output.close()
    print(options.output)


def with_reaper(function):
    """Runs it in a child, and buries at once what that leaves.

    QEMU is a daemon of libvirt's, which looks for its end by asking whether there
    is such a process.  A container's first process may let a dead one lie for a
    second; that would be measured too.
    """
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 0, 0, 0, 0)
        function()
        return 0
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(with_reaper(main))

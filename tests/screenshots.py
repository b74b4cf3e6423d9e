#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures of every window and dialog, for docs/screenshots/, without a human.

Usage: screenshots.py FOLDER [SCENE…]

Each scene opens a window, as a user would, and is photographed in each theme.  The windows have
shadows and round corners as on a desktop with a compositor; around them the pictures are clear.
"""

import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

HARNESS = pathlib.Path(__file__).resolve().parent / "harness"
sys.path.insert(0, str(HARNESS))

from screen import Screen, end  # noqa: E402

GLOVEBOX = os.environ.get("GLOVEBOX", "glovebox")
PATIENCE = 60
THEMES = {
    "light": "gtk-theme-name=Adwaita",
    "dark": "gtk-theme-name=Adwaita\ngtk-application-prefer-dark-theme=1",
    "contrast": "gtk-theme-name=HighContrast\ngtk-icon-theme-name=HighContrast",
}
# A picture of a program that has nothing to do any more looks twice the same.
STILL = 0.4


def await_(condition, what, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise RuntimeError(what)
        time.sleep(0.1)
    return value


class Desktop:
    """What makes GTK draw shadows: somebody who owns the selection of a compositor, and a window
    manager that knows of shadows.  Nobody composes anything, but a window's own picture has all."""

    def __init__(self, environment):
        self.x = x = ctypes.CDLL("libX11.so.6")
        pointer, number = ctypes.c_void_p, ctypes.c_ulong
        x.XOpenDisplay.restype = pointer
        x.XInternAtom.restype = x.XDefaultRootWindow.restype = x.XCreateSimpleWindow.restype = number
        x.XInternAtom.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]
        x.XDefaultRootWindow.argtypes = [pointer]
        x.XCreateSimpleWindow.argtypes = [pointer, number, *[ctypes.c_int] * 2, *[ctypes.c_uint] * 3,
                                          number, number]
        x.XSetSelectionOwner.argtypes = [pointer, number, number, number]
        x.XChangeProperty.argtypes = [pointer, number, number, number, ctypes.c_int, ctypes.c_int,
                                      ctypes.POINTER(number), ctypes.c_int]
        x.XSync.argtypes = [pointer, ctypes.c_int]
        x.XCloseDisplay.argtypes = [pointer]
        os.environ["XAUTHORITY"] = environment["XAUTHORITY"]
        self.display = x.XOpenDisplay(environment["DISPLAY"].encode())
        self.root = x.XDefaultRootWindow(self.display)

    def atom(self, name):
        return self.x.XInternAtom(self.display, name, 0)

    def claim(self):
        window = self.x.XCreateSimpleWindow(self.display, self.root, 0, 0, 1, 1, 0, 0, 0)
        self.x.XSetSelectionOwner(self.display, self.atom(b"_NET_WM_CM_S0"), window, 0)
        value = ctypes.c_ulong(self.atom(b"_GTK_FRAME_EXTENTS"))
        append = 2
        self.x.XChangeProperty(self.display, self.root, self.atom(b"_NET_SUPPORTED"), self.atom(b"ATOM"), 32,
                               append, ctypes.byref(value), 1)
        self.x.XSync(self.display, 0)


def rgba_of(dump):
    """(width, height, rows of RGBA) of a window dump; a window without alpha is opaque."""
    header = struct.unpack_from(">25I", dump)
    size, depth, width, height, bits, stride, colours = (header[0], header[3], header[4], header[5],
                                                         header[11], header[12], header[19])
    if bits != 32:
        raise ValueError("only dumps of four bytes a pixel are read")
    start = size + 12 * colours
    rows = []
    for y in range(height):
        line = dump[start + y * stride:start + y * stride + 4 * width]
        row = bytearray(4 * width)
        row[0::4], row[1::4], row[2::4] = line[2::4], line[1::4], line[0::4]
        row[3::4] = line[3::4] if depth == 32 else b"\xff" * width
        if depth == 32:
            unmultiply(row)
        rows.append(bytes(row))
    return width, height, rows


def unmultiply(row):
    for at in range(3, len(row), 4):
        alpha = row[at]
        if 0 < alpha < 255:
            for part in range(at - 3, at):
                row[part] = min(255, row[part] * 255 // alpha)


def crop(width, height, rows):
    """Without the part of the shadow that nobody sees."""
    def shows(alphas):
        return max(alphas, default=0) > 8

    top = next((y for y in range(height) if shows(rows[y][3::4])), 0)
    bottom = next((y for y in reversed(range(height)) if shows(rows[y][3::4])), height - 1)
    kept = rows[top:bottom + 1]
    columns = [x for x in range(width) if shows([row[4 * x + 3] for row in kept])]
    left, right = min(columns, default=0), max(columns, default=width - 1)
    return right - left + 1, len(kept), [row[4 * left:4 * right + 4] for row in kept]


def to_png(width, height, rows):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
            + chunk(b"IEND", b""))


class Stage:
    """A screen with a theme, a home of its own, and the programs on it."""

    def __init__(self, theme):
        self.theme = theme
        self.processes = []

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.world = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="gbx-", ignore_cleanup_errors=True)))
        # Pictures show its name.  A run that was killed leaves it.
        self.home = pathlib.Path(tempfile.gettempdir(), "anna")
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(mode=0o700)
        self.stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        for name in ("Documents", "Downloads", "Pictures"):
            (self.home / name).mkdir(parents=True)
        (self.world / "run").mkdir(mode=0o700)
        settings = self.home / ".config" / "gtk-3.0"
        settings.mkdir(parents=True)
        (settings / "settings.ini").write_text(
            f"[Settings]\n{THEMES[self.theme]}\ngtk-font-name=Cantarell, DejaVu Sans 10\n"
            "gtk-enable-animations=0\ngtk-cursor-blink=0\ngtk-dialogs-use-header=1\n")
        self.screen = self.stack.enter_context(Screen(1600, 1200, ["openbox", "--sm-disable"]))
        self.desktop = Desktop(self.screen.environment)
        await_(self.manager_is_there, "the window manager did not start")
        self.desktop.claim()
        self.environment = {
            **os.environ, **self.screen.environment, "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.world / "run"), "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_STATE_HOME": str(self.world / "state"), "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_CACHE_HOME": os.environ.get("GLOVEBOX_TEST_CACHE", str(self.world / "cache")),
            "LC_ALL": "C.UTF-8", "GTK_USE_PORTAL": "0",
        }
        return self

    def __exit__(self, *_):
        self.run("stop", "--all")
        for process in reversed(self.processes):
            end(process)
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self.world / "run/libvirt/libvirtd.pid").read_text()), 15)
        self.stack.close()

    def manager_is_there(self):
        run = subprocess.run(["xprop", "-root", "_NET_SUPPORTED"], capture_output=True, text=True, check=False,
                             env={**os.environ, **self.screen.environment})
        return "_NET_WM_STATE" in run.stdout

    # ------------------------------------------------------------ hand --

    def start(self, *arguments, program=GLOVEBOX):
        process = subprocess.Popen([program, *map(str, arguments)], env=self.environment, cwd=self.home,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def run(self, *arguments):
        return subprocess.run([GLOVEBOX, *map(str, arguments)], env=self.environment, cwd=self.home,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)

    def accessible(self, *arguments):
        return subprocess.run([HARNESS / "accessible.py", *arguments], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)

    def press(self, name):
        await_(lambda: self.accessible("press", name).returncode == 0, f"there is no “{name}”")

    def await_text(self, text):
        await_(lambda: text in self.accessible("tree").stdout, f"no “{text}”")

    def windows(self):
        """All that the window manager has, the oldest first."""
        run = subprocess.run(["xprop", "-root", "_NET_CLIENT_LIST"], capture_output=True, text=True, check=False,
                             env=self.environment)
        return re.findall(r"0x[0-9a-f]+", run.stdout)

    def next_window(self, known=()):
        """One that there was not before."""
        return await_(lambda: [w for w in self.windows() if w not in known], "no window came")[-1]

    def close(self, window):
        self.screen.xdotool("windowactivate", "--sync", str(int(window, 16)), check=False)
        self.screen.key("Escape")
        await_(lambda: window not in self.windows(), "a dialog stays open")

    # ------------------------------------------------------------- eye --

    def dump(self, window):
        return subprocess.run(["xwd", "-silent", "-id", window], env=self.environment,
                              capture_output=True, timeout=60, check=True).stdout

    def await_colour(self, window, colour):
        """A part of the window has it."""
        pixel = bytes(reversed(colour))
        await_(lambda: self.dump(window).count(pixel) > 20000, "the application did not show its window")

    def photograph(self, window):
        """PNG of a window, once it does not change any more."""
        self.screen.xdotool("windowactivate", "--sync", str(int(window, 16)), check=False)
        # The pointer would light up what is below it.
        self.screen.xdotool("mousemove", 1599, 1199)
        before = None
        while (now := self.dump(window)) != before:
            before = now
            time.sleep(STILL)
        return to_png(*crop(*rgba_of(now)))


# -------------------------------------------------------------- scenes --

SCENES = {}


def scene(function):
    SCENES[function.__name__.strip("_")] = function
    return function


@scene
def applications(stage):
    stage.start("desktop")
    window = stage.next_window()
    stage.await_text("Document Viewer")
    yield "applications", stage.photograph(window)
    stage.screen.type("view")
    yield "search", stage.photograph(window)
    stage.screen.key("Escape")
    stage.screen.xdotool("windowsize", "--sync", str(int(window, 16)), 360, 640)
    yield "narrow", stage.photograph(window)


@scene
def editor(stage):
    (stage.home / "Documents" / "Bank").mkdir()
    stage.run("profile", "new", "--inherits", "web-browser", "bank")
    stage.start("desktop", "--edit", "bank")
    yield "editor", stage.photograph(stage.next_window())


@scene
def preferences(stage):
    stage.start("desktop", "--preferences")
    stage.await_text("Remember recent applications")
    yield "preferences", stage.photograph(stage.next_window())


def show_page(stage, name):
    """An action of the application, over the session's bus."""
    subprocess.run(["gdbus", "call", "--session", "--dest", "org.glovebox.Glovebox", "--object-path",
                    "/org/glovebox/Glovebox", "--method", "org.freedesktop.Application.ActivateAction", name,
                    "[]", "{}"], env=stage.environment, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)


@scene
def doctor(stage):
    stage.start("desktop")
    window = stage.next_window()
    stage.await_text("All Applications")
    show_page(stage, "doctor")
    stage.await_text("Xorg")
    yield "doctor", stage.photograph(window)


@scene
def failure(stage):
    program = shutil.which("glovebox-window", path=os.environ["GLOVEBOX_PROGRAM_PATH"])
    stage.start("--failure-of", "Document Viewer", "--failure",
                "The share “~/Downloads/invoice.pdf” does not exist; check its name", program=program)
    yield "failure", stage.photograph(stage.next_window())


PROFILE = """[Profile]
Version=1
Id=video-call
Name=Video call
Description=Meetings in a browser, with what is said about them in a folder
Icon=camera-web
Inherits=web-browser

[Share minutes]
Path=~/Documents/Minutes
Access=rw
"""


@scene
def review(stage):
    """Of a profile that came from elsewhere."""
    (stage.home / "Documents" / "Minutes").mkdir()
    profile = stage.home / "Downloads" / "video-call.profile"
    profile.write_text(PROFILE)
    stage.start("desktop", "--review", profile)
    yield "review", stage.photograph(stage.next_window())


LETTER = """Dear Mr Example,

thank you for your offer of 12 May. We would like to order:

  12 lamps for the workshop
   4 tables

Please deliver them in the first week of June.

Kind regards
Anna
"""


def version(path):
    st = path.stat()
    seconds, rest = divmod(st.st_mtime_ns, 10**9)
    return f"{st.st_dev} {st.st_ino} {st.st_size} {seconds} {rest}"


def leave_changes(stage):
    """A copy that a sandbox has changed, as libglovebox/desktop/gbx-edit.c keeps it."""
    letter = stage.home / "Documents" / "Order.txt"
    letter.write_text(LETTER)
    place = stage.world / "state" / "glovebox" / "edits" / "1" / "0"
    copy = place / "work" / letter.name
    copy.parent.mkdir(parents=True)
    copy.write_text(LETTER.replace("12 lamps", "14 lamps").replace("4 tables\n", "4 tables\n   1 shelf\n"))
    for path, when in (letter, 1778580000), (copy, 1779962400):
        os.utime(path, (when, when))
    (place / "record").write_text(f"[File]\nPath={letter}\nMode=420\nOriginal={version(letter)}\nMade=0 0 0 0 0\n")
    return letter


@scene
def changes(stage):
    """What becomes of an edited copy: usually, and if somebody else has changed the file."""
    letter = leave_changes(stage)
    stage.start("open", "--changes")
    window = stage.next_window()
    stage.await_text("14 lamps")
    yield "changes", stage.photograph(window)
    stage.close(window)
    letter.write_text(LETTER.replace("June", "July"))
    os.utime(letter, (1779876000, 1779876000))
    stage.start("open", "--changes")
    window = stage.next_window()
    stage.await_text("14 lamps")
    yield "changes-conflict", stage.photograph(window)


@scene
def question(stage):
    script = stage.home / "Downloads" / "setup.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    stage.start("open", script)
    yield "question", stage.photograph(stage.next_window())


@scene
def sandbox(stage):
    """One boot for all that is about a sandbox."""
    document = stage.home / "Downloads" / "invoice.pdf"
    document.write_bytes(invoice())
    stage.start("run", "--share", document, "evince", document)
    window = stage.next_window()
    stage.await_text("Starting")
    yield "starting", stage.photograph(window)
    stage.await_colour(window, PAPER)
    yield "sandbox", stage.photograph(window)
    yield from dialogs(stage, window, {"Details and Log": "details", "Keyboard Shortcuts": "shortcuts",
                                       "About Glovebox": "about"})
    known = stage.windows()
    stage.start("desktop")
    window = stage.next_window(known)
    stage.await_text("All Applications")
    show_page(stage, "running")
    stage.await_text("Pause")
    # The figures come once a second.
    time.sleep(3)
    yield "running", stage.photograph(window)


SCRIPT = """
mkdir -p Pictures Documents
seq 1 40000 >Documents/Measurements.csv; echo Dear >Documents/Letter.txt; seq 1 9000 >Pictures/Plot.svg
echo "plot: 40000 values in 3 series"; echo "plot: cannot open the printer" >&2
sleep 25
exit 3
"""


@scene
def end_(stage):
    """One boot for an application without a window, its files, and its end."""
    stage.start("run", "--name", "plot", "--", "bash", "-c", SCRIPT)
    window = stage.next_window()
    stage.await_text("cannot open the printer")
    yield "no-window", stage.photograph(window)
    known = stage.windows()
    stage.press("^Stop the sandbox$")
    dialog = stage.next_window(known)
    yield "stop", stage.photograph(dialog)
    stage.press("^Keep Running$")
    stage.await_text("Save your files")
    yield "files", stage.photograph(window)
    stage.press("^Discard")
    dialog = stage.next_window(known)
    yield "discard", stage.photograph(dialog)
    stage.screen.key("alt+d")
    stage.await_text("Restart")
    yield "end", stage.photograph(window)


def dialogs(stage, window, items):
    """Each item of the window's menu opens a dialog."""
    for item, name in items.items():
        known = stage.windows()
        stage.press("^Menu$")
        stage.press(item)
        dialog = stage.next_window(known)
        yield name, stage.photograph(dialog)
        stage.close(dialog)


PAPER = (254, 252, 232)


def invoice():
    """A page with a letterhead and a table, in PDF."""
    def text(x, y, size, words, font="F1"):
        return f"BT /{font} {size} Tf {x} {y} Td ({words}) Tj ET\n"

    rows = [("Consulting, March", "16 h", "1,440.00"), ("Travel", "2", "186.40"), ("Documentation", "1", "350.00")]
    drawing = "{} {} {} rg 0 0 595 842 re f\n".format(*(part / 255 for part in PAPER))
    drawing += "0.13 0.25 0.45 rg 0 762 595 80 re f\n1 1 1 rg\n" + text(56, 792, 26, "Invoice 2024-117", "F2")
    drawing += "0.1 0.1 0.1 rg\n" + text(56, 716, 12, "Somebody whom you have never heard of")
    drawing += text(56, 698, 12, "12 Example Road, Elsewhere") + text(56, 640, 12, "Description", "F2")
    drawing += text(360, 640, 12, "Amount", "F2") + text(450, 640, 12, "EUR", "F2") + "56 630 483 1 re f\n"
    for number, row in enumerate(rows):
        drawing += "".join(text(x, 604 - 26 * number, 12, words) for x, words in zip((56, 360, 450), row))
    drawing += "56 530 483 1 re f\n" + text(360, 506, 13, "Total", "F2") + text(450, 506, 13, "1,976.40", "F2")
    body = drawing.encode()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
               b"<< /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%sendstream" % (len(body), body),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>"]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(out))


def shrink(path):
    """Fewer bytes for the same picture, where the programs for that are installed."""
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--skip-if-larger", "--quality=80-100", "--speed=1",
                        "--strip", "--output", path, "--", path], check=False)
    if shutil.which("optipng"):
        subprocess.run(["optipng", "-quiet", "-strip", "all", path], check=True)


def main():
    folder, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:] or list(SCENES)
    failed = []
    for theme in THEMES:
        (folder / theme).mkdir(parents=True, exist_ok=True)
        for name in wanted:
            try:
                with Stage(theme) as stage:
                    for title, png in SCENES[name](stage):
                        path = folder / theme / f"{title}.png"
                        path.write_bytes(png)
                        shrink(path)
                        print(path, flush=True)
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                failed.append(name)
                print(f"{name}, {theme}: {error}", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

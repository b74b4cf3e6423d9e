#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Applications of every kind show what they should in a sandbox."""

import os
import pathlib
import shutil
import subprocess

from common import Picture, WindowTest, only, tap

RED, GREEN, BLUE, YELLOW = (220, 20, 30), (20, 170, 60), (30, 60, 200), (240, 200, 20)


# Four quarters of a window.
SWING = """
import java.awt.*;
import javax.swing.*;

public class Q
{
  public static void main (String[] words)
  {
    SwingUtilities.invokeLater (() -> {
      JFrame frame = new JFrame ("Quarters");
      frame.setDefaultCloseOperation (JFrame.EXIT_ON_CLOSE);
      frame.setLayout (new GridLayout (2, 2));
      for (Color colour : new Color[] { %s })
        {
          JPanel panel = new JPanel ();
          panel.setBackground (colour);
          frame.add (panel);
        }
      frame.setSize (600, 400);
      frame.setVisible (true);
    });
  }
}
""" % ", ".join("new Color (%d, %d, %d)" % colour for colour in (RED, GREEN, BLUE, YELLOW))


def pdf(width, height, regions):
    """A page with coloured rectangles; y counts from the top."""
    drawing = "".join(
        "%.4f %.4f %.4f rg %d %d %d %d re f\n" % (*[part / 255 for part in colour], x,
                                                  height - y - h, w, h)
        for x, y, w, h, colour in regions).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R >>" % (width, height),
        b"<< /Length %d >>\nstream\n%sendstream" % (len(drawing), drawing),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table)


class Applications(WindowTest):
    # Four quarters, each another colour, of a picture of 400 × 300.
    QUARTERS = [(0, 0, 200, 150, RED), (200, 0, 200, 150, GREEN),
                (0, 150, 200, 150, BLUE), (200, 150, 200, 150, YELLOW)]

    def assert_quarters(self, picture):
        """The four colours are there, of one size, each where it belongs."""
        boxes = [picture.box_of(colour) for colour in (RED, GREEN, BLUE, YELLOW)]
        self.assertNotIn(None, boxes)
        red, green, blue, yellow = boxes
        for box in boxes:
            self.assertGreater(box[2], 60)
            self.assertLessEqual(abs(box[2] - red[2]), 6)
            self.assertLessEqual(abs(box[3] - red[3]), 6)
            # 4 to 3, as the picture was.
            self.assertAlmostEqual(box[2] / box[3], 4 / 3, delta=0.08)
        self.assertLessEqual(abs(red[0] + red[2] - green[0]), 3)
        self.assertLessEqual(abs(red[1] + red[3] - blue[1]), 3)
        self.assertLessEqual(abs(green[0] - yellow[0]), 3)
        self.assertLessEqual(abs(blue[1] - yellow[1]), 3)

    def need(self, *programs):
        for program in programs:
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not installed")

    def test_xterm(self):
        """xterm fills the screen, with the text that was printed"""
        self.need("xterm")
        picture = self.photograph(
            "--size", "1024x768", "--", "xterm", "-bg", "#203040", "-fg", "#ffcc00", "-cr", "#203040",
            "-e",
            "printf '\\033[?25l'; for n in 1 2 3 4 5; do echo MMMMMMMMMM; echo; done; exec sleep 1000")
        self.assertEqual((picture.width, picture.height), (1024, 768))
        self.assertGreater(picture.share_of((0x20, 0x30, 0x40)), 0.9)
        box = picture.box_of((0xff, 0xcc, 0x00))
        self.assertIsNotNone(box)
        # Ten narrow letters, at the left, in nine lines, at the top.
        self.assertLess(box[0], 20)
        self.assertTrue(40 < box[2] < 140, box)
        self.assertTrue(70 < box[3] < 240, box)
        self.assertEqual(self.bands(picture.crop(0, 0, 200, 300), (0xff, 0xcc, 0x00)), 5)

    def bands(self, picture, colour, tolerance=60):
        """How many lines of text there are, by the blank rows between them."""
        count, inside = 0, False
        for y in range(picture.height):
            row = picture.crop(0, y, picture.width, 1)
            marked = row.share_of(colour, tolerance) > 0
            count += marked and not inside
            inside = marked
        return count

    def test_gtk3(self):
        """a GTK 3 editor shows the lines of a shared file"""
        self.need("l3afpad")
        (self.share / "poem.txt").write_text("MMMMMMMMMMMMMMMM\n\n" * 6)
        picture = self.photograph("--size", "900x700", "--share", f"{self.share}:/s", "--",
                                  "l3afpad", "/s/poem.txt")
        self.assertGreater(picture.share_of((255, 255, 255)), 0.6)
        # Below the menu, and right of the caret in the first column.
        page = picture.crop(8, 26, 200, 500)
        self.assertEqual(self.bands(page, (0, 0, 0), 100), 6)

    def test_gtk4(self):
        """a GTK 4 application shows its window"""
        self.need("gtk4-demo")
        picture = self.photograph("--size", "900x700", "--memory", "1G", "--env",
                                  "GSK_RENDERER=cairo", "--", "gtk4-demo", "--run", "drawingarea")
        # What that demonstration draws: discs of the three colours on a checkerboard.
        discs = [picture.box_of(colour) for colour in ((217, 89, 89), (89, 217, 89), (89, 89, 217))]
        self.assertNotIn(None, discs)
        red, green, blue = discs
        self.assertLess(red[1], min(green[1], blue[1]))
        self.assertLess(green[0], blue[0])
        for grey in ((102, 102, 102), (179, 179, 179)):
            self.assertGreater(picture.share_of(grey), 0.08)

    def test_image(self):
        """an image viewer shows a shared PNG"""
        self.need("eog")
        (self.share / "quarters.png").write_bytes(
            Picture.of_regions(400, 300, (0, 0, 0), self.QUARTERS).to_png())
        self.assert_quarters(self.photograph("--size", "900x700", "--share", f"{self.share}:/s", "--",
                                             "eog", "/s/quarters.png"))

    def test_pdf(self):
        """a PDF viewer shows a shared PDF"""
        self.need("evince")
        (self.share / "quarters.pdf").write_bytes(pdf(400, 300, self.QUARTERS))
        self.assert_quarters(self.photograph("--size", "900x700", "--share", f"{self.share}:/s", "--",
                                             "evince", "/s/quarters.pdf"))

    # ------------------------------------------------- in a window of the host --

    def await_picture(self, condition, what, *arguments):
        """The host's screen with the application's window, once that holds for it."""
        process = self.open(*arguments)
        seen = []

        def holds():
            self.assertIsNone(process.poll(), process.stderr.read() if process.poll() else None)
            seen[:] = [self.screen.picture()]
            return condition(seen[0])

        # A browser or Java may take a minute to start.
        self.await_window(holds, what)
        self.keep_picture()
        return seen[0]

    def has_quarters(self, picture):
        boxes = [picture.box_of(colour) for colour in (RED, GREEN, BLUE, YELLOW)]
        return None not in boxes and all(box[2] > 60 for box in boxes)

    @only("qemu", "WebKitGTK makes namespaces of its own, which a container refuses")
    def test_browser(self):
        """Epiphany shows a local page, by its desktop entry"""
        self.need("epiphany")
        cells = ["".join(f"<td style='background: rgb{colour}; width: 200px; height: 150px'>"
                         for colour in row) for row in ((RED, GREEN), (BLUE, YELLOW))]
        page = self.share / "page.html"
        page.write_text("<!DOCTYPE html><title>Quarters</title><table style='border-spacing: 0'>"
                        f"<tr>{cells[0]}<tr>{cells[1]}</table>")
        self.await_picture(self.has_quarters, "the page is not shown", "--memory", "1536M", "--",
                           "org.gnome.Epiphany.desktop", page.as_uri())

    def test_swing(self):
        """a Java application with a Swing window"""
        self.need("ecj", "java")
        (self.share / "Q.java").write_text(SWING)
        subprocess.run(["ecj", "-proc:none", "-11", "Q.java"], cwd=self.share, check=True, capture_output=True)
        # In the end the window is as large as the application asked for.
        self.await_picture(lambda picture: self.has_quarters(picture) and picture.share_of(RED) > 0.03,
                           "Java does not show all of it", "--memory", "1G", "--", "java", "-cp", "/s", "Q")

    def test_scite(self):
        """an editor with its settings in /etc shows a program in colours"""
        self.need("scite")
        (self.share / "a.c").write_text("/* a comment */\nint\nmain (void)\n{\n"
                                        "  return \"text\"[0];\n}\n" * 8)
        # Of comments, keywords and strings, as SciTE's own settings have them.
        colours = (0, 127, 0), (0, 0, 127), (127, 0, 127)
        self.await_picture(lambda picture: all(picture.box_of(colour) for colour in colours),
                           "the text has no colours", "--", "scite", "/s/a.c")
        self.assertEqual(self.screen.windows("SciTE message|rror"), [])

    def make_entry(self, code, script):
        """An application that is this script, with the share at /s; how it takes files is up to the code."""
        (self.share / "script").write_text(script)
        entry = self.folder / "scripted.desktop"
        entry.write_text("[Desktop Entry]\nType=Application\nName=Scripted\n"
                         f"Exec=sh /s/script {code}\n")
        return str(entry)

    def test_files(self):
        """an entry for one file opens each of several, in one sandbox, whatever they are called"""
        # Each tells of itself when it is there as a whole.
        entry = self.make_entry("%f", 'cat "$1" >/s/$$.part && mv /s/$$.part /s/$$.seen; sleep 1000')
        names = [b"Smith, John.pdf", b"a:b.pdf", b"a\nb.pdf", b"caf\xe9.pdf", b"%f 'x' \"$HOME\".pdf"]
        paths = [os.fsencode(self.folder) + b"/" + name for name in names]
        for name, path in zip(names, paths):
            pathlib.Path(os.fsdecode(path)).write_bytes(name)
        process = self.open(entry, *paths)

        def seen():
            self.assertIsNone(process.poll())
            return [path.read_bytes() for path in self.share.glob("*.seen")]

        self.await_window(lambda: len(seen()) == len(names), "not every file is seen")
        self.assertEqual(sorted(seen()), sorted(names))
        self.assertEqual(len(self.sandbox_folders()), 1)

    def test_vnc(self):
        """the same over VNC"""
        self.need("xterm")
        picture = self.photograph("--display", "vnc", "--size", "800x600", "--", "xterm", "-bg",
                                  "#702010", "-fg", "#ffffff")
        self.assertEqual((picture.width, picture.height), (800, 600))
        self.assertGreater(picture.share_of((0x70, 0x20, 0x10)), 0.95)


class Look(WindowTest):
    """Applications look as on the host, which is a dark one here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        settings = cls.world / "config" / "gtk-3.0" / "settings.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text("[Settings]\ngtk-application-prefer-dark-theme=1\n"
                            "gtk-cursor-theme-name=Adwaita\ngtk-cursor-theme-size=36\n")

    def photograph(self, *arguments):
        path = self.folder / "screen.png"
        status, out, err = self.glovebox("run", "--screenshot", str(path), "--exit-after-screenshot",
                                         *arguments)
        self.assertEqual(status, 0, err.decode(errors="replace"))
        # What an application says goes to one of these.
        for line in (out + err).decode(errors="replace").splitlines():
            self.assertNotRegex(line, "libEGL|libGL|MESA|dri2|GLX")
        return Picture.from_png(path.read_bytes())

    def assert_dark(self, picture):
        dark = sum(count for colour, count in picture.colours().items() if sum(colour) < 3 * 100)
        self.assertGreater(dark / (picture.width * picture.height), 0.8)

    def test_dark_gtk3(self):
        """a GTK 3 editor is dark, and the desktop's settings and X resources say so"""
        for program in "l3afpad", "gsettings", "xprop":
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not installed")
        self.assert_dark(self.photograph(
            "--size", "600x400", "--share", f"{self.share}:/s:rw", "--", "sh", "-c",
            "gsettings get org.gnome.desktop.interface color-scheme >/s/scheme;"
            "echo $XCURSOR_SIZE >/s/size;"
            # The very first client may be quicker than the window manager, which sets them.
            "until xprop -root RESOURCE_MANAGER >/s/resources && grep -q glovebox /s/resources; do sleep 0.1; done;"
            "exec l3afpad"))
        self.assertEqual((self.share / "scheme").read_text(), "'prefer-dark'\n")
        self.assertIn("glovebox.dark:\\t1", (self.share / "resources").read_text())
        self.assertEqual((self.share / "size").read_text(), "36\n")

    def test_dark_gtk4(self):
        """a GTK 4 application is dark, and nothing warns of OpenGL"""
        if shutil.which("gtk4-demo") is None:
            self.skipTest("gtk4-demo is not installed")
        picture = self.photograph("--size", "600x400", "--memory", "1G", "--opengl", "off", "--",
                                  "gtk4-demo", "--run", "listbox")
        self.assert_dark(picture)

    DIALOG = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
dialog = Gtk.Dialog(title="\u041f\u0440\u0438\u0432\u0435\u0442")
dialog.set_default_size(300, 150)
dialog.run()
"""
    BAR, TEXT = (0x2c, 0x2c, 0x2c), (0xee, 0xee, 0xec)

    def title_of(self, path):
        """The part of a title bar that has its text; None while there is none."""
        if not path.exists():
            return None
        screen = Picture.from_xwd(path.read_bytes())
        box = screen.box_of(self.BAR, 0)
        # Without the cross at the right.
        bar = box and screen.crop(box[0], box[1], box[2] - 2 * box[3], box[3])
        return bar.box_of(self.TEXT, 40) if bar and bar.width > 0 else None

    def test_frame(self):
        """the title of a dialog is in its frame, in any script, and dark"""
        for program in "xwd", "python3":
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not installed")
        (self.share / "dialog.py").write_text(self.DIALOG)
        self.open("--size", "600x400", "--", "sh", "-c",
                  "while sleep 1; do xwd -root -silent >/s/part && mv /s/part /s/screen; done &"
                  "exec python3 /s/dialog.py")
        path = self.share / "screen"
        self.await_window(lambda: self.title_of(path), "there is no title")
        x, _, width, height = self.title_of(path)
        # In the middle of 300 pixels, and six letters wide.
        self.assertTrue(60 < x < 140, x)
        self.assertTrue(25 < width < 120, width)
        self.assertTrue(6 < height < 20, height)


if __name__ == "__main__":
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each installed profile, with a real application of its kind, chosen by its desktop entry."""

import pathlib
import zipfile

from common import WindowTest, tap


class Profiles(WindowTest):
    def desktop_entry(self, *names):
        for name in names:
            if pathlib.Path("/usr/share/applications", name).exists():
                return name
        self.skipTest(f"{names[0]} is not installed")

    def document(self, name, text="A line of text.\n"):
        path = self.share / name
        path.write_text(text)
        return str(path)

    def assert_shows(self, *arguments, network=False):
        """The application draws its window, and has the network that its profile says."""
        status, xml, err = self.glovebox("run", "--print-xml", *arguments)
        self.assertEqual(status, 0, err.decode())
        self.assertEqual(b"virtio-net" in xml or b"<interface" in xml, network)
        picture = self.photograph(*arguments)
        self.assertGreater(len(picture.colours()), 1)

    def test_archive_manager(self):
        """an archive manager"""
        path = self.share / "things.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("one.txt", "1")
        self.assert_shows(self.desktop_entry("xarchiver.desktop"), str(path))

    def test_development(self):
        """an editor for programs, with the folder that is given at the launch"""
        entry = self.desktop_entry("SciTE.desktop")
        status, _, err = self.glovebox("run", entry)
        self.assertEqual(status, 125)
        self.assertIn(b"--share-for project=PATH", err)
        path = self.document("a.c", "int a;\n")
        self.assert_shows("--share-for", f"project={self.share}", entry, path, network=True)

    def test_document_viewer(self):
        """a document viewer, which gets the document and no network"""
        path = self.share / "a.ps"
        path.write_text("%!PS-Adobe-3.0\n%%Pages: 1\n%%Page: 1 1\n/Helvetica findfont 40 scalefont "
                        "setfont 100 500 moveto (Hello) show showpage\n%%EOF\n")
        self.assert_shows(self.desktop_entry("org.gnome.Evince.desktop"), str(path))

    def test_email_attachment(self):
        """an attachment, by the name of the profile"""
        path = self.document("letter.txt")
        self.assert_shows("--profile", "email-attachment", self.desktop_entry("l3afpad.desktop"),
                          path)

    def test_games(self):
        """a game, with OpenGL in software"""
        self.assert_shows(self.desktop_entry("org.gnome.Mines.desktop"))

    def test_image_viewer(self):
        """an image viewer"""
        path = self.share / "a.ppm"
        path.write_bytes(b"P6 64 64 255\n" + bytes(range(192)) * 64)
        self.assert_shows(self.desktop_entry("org.gnome.eog.desktop"), str(path))

    def test_media_player(self):
        """a media player"""
        path = self.share / "a.y4m"
        picture = bytes(range(0, 256, 4)) * 64 + bytes([90]) * 1024 + bytes([160]) * 1024
        path.write_bytes(b"YUV4MPEG2 W64 H64 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + picture) * 600)
        self.assert_shows(self.desktop_entry("mpv.desktop"), str(path))

    def test_office(self):
        """a spreadsheet"""
        path = self.document("a.csv", "1,2\n3,4\n")
        self.assert_shows(self.desktop_entry("gnumeric.desktop"), path)

    def test_password_manager(self):
        """a password manager with the folder of its data base, and never a network"""
        entry = self.desktop_entry("org.keepassxc.KeePassXC.desktop")
        status, _, err = self.glovebox("run", "--network", "user", "--share-for",
                                       f"database={self.share}", entry)
        self.assertEqual(status, 125)
        self.assertIn(b"password-manager.profile", err)
        self.assert_shows("--share-for", f"database={self.share}", entry)

    def test_terminal(self):
        """a terminal"""
        self.assert_shows(self.desktop_entry("debian-xterm.desktop"))

    def test_web_browser(self):
        """a browser, with outgoing connections"""
        path = self.document("page.html", "<title>x</title><body style='background:#204080'>Hi\n")
        self.assert_shows(self.desktop_entry("org.gnome.Epiphany.desktop"), "file://" + path,
                          network=True)


if __name__ == "__main__":
    tap.main()

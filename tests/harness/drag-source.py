#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A window of the host from which files can be dragged, as from a file manager.

Usage: drag-source.py X Y URI…
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402


def main():
    window = Gtk.Window(title="drag source")
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="files"))
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    box.connect("drag-data-get", lambda _box, _context, data, _info, _time: data.set_uris(sys.argv[3:]))
    window.add(box)
    window.set_default_size(150, 100)
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    window.move(int(sys.argv[1]), int(sys.argv[2]))
    Gtk.main()


if __name__ == "__main__":
    main()

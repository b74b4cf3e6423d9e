#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an assistive program sees of the windows on a display, and can do there.

Usage: accessible.py tree
       accessible.py press NAME      (a regular expression on the name)
       accessible.py place NAME
       accessible.py focus

A program of its own, since the library takes its display from the environment.
"tree" prints a line for each thing that shows: role, name, text.  "place" prints x, y, width and
height on the screen, "focus" the names of what has the focus.
"""

import re
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

SHOWING = Atspi.StateType.SHOWING


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node, depth=0):
    try:
        if depth > 1 and not node.get_state_set().contains(SHOWING):
            return
        yield node
        below = list(children(node))
    except GLib.Error:
        # A window that goes while it is looked at.
        return
    for child in below:
        yield from walk(child, depth + 1)


def text_of(node):
    if "Text" not in node.get_interfaces():
        return ""
    return Atspi.Text.get_text(node, 0, min(Atspi.Text.get_character_count(node), 20000))


def main():
    desktop = Atspi.get_desktop(0)
    if sys.argv[1] == "tree":
        for node in walk(desktop):
            try:
                print(node.get_role_name(), repr(node.get_name() or ""), repr(text_of(node)),
                      sep="\t")
            except GLib.Error as error:
                print(f"(gone: {error.message})", file=sys.stderr)
        return 0
    if sys.argv[1] == "focus":
        for node in walk(desktop):
            if node.get_state_set().contains(Atspi.StateType.FOCUSED):
                print(node.get_name() or "")
        return 0
    wanted = re.compile(sys.argv[2])
    if sys.argv[1] == "place":
        return 0 if any(print_place(node, wanted) for node in walk(desktop)) else 1
    return 0 if any(press(node, wanted) for node in walk(desktop)) else 1


def print_place(node, wanted):
    if not wanted.search(node.get_name() or "") or "Component" not in node.get_interfaces():
        return False
    place = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
    print(place.x, place.y, place.width, place.height)
    return True


def press(node, wanted):
    try:
        if not wanted.search(node.get_name() or "") or "Action" not in node.get_interfaces():
            return False
        return Atspi.Action.get_n_actions(node) > 0 and Atspi.Action.do_action(node, 0)
    except GLib.Error as error:
        # It went while it was looked at.
        print(f"(gone: {error.message})", file=sys.stderr)
        return False


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lists the running sandboxes of this account with what they use at the moment."""

import sys

import gi

gi.require_version("Glovebox", "1")
from gi.repository import GLib, Glovebox  # noqa: E402


class List:
    def __init__(self):
        self.loop = GLib.MainLoop()
        self.open = 0

    def run(self):
        for name in Glovebox.RunningSandbox.list():
            self.open += 1
            Glovebox.RunningSandbox.open_async(name, None, self.on_opened)
        if self.open:
            self.loop.run()

    def done(self):
        self.open -= 1
        if not self.open:
            self.loop.quit()

    def on_opened(self, _source, result):
        try:
            sandbox = Glovebox.RunningSandbox.open_finish(result)
        except GLib.Error as error:
            # It may have ended meanwhile.
            if not error.matches(Glovebox.error_quark(), Glovebox.Error.NOT_FOUND):
                print(error.message, file=sys.stderr)
            self.done()
            return
        sandbox.read_figures_async(None, self.on_figures)

    def on_figures(self, sandbox, result):
        try:
            # What is not known is not in the dictionary.
            figures = sandbox.read_figures_finish(result).unpack()
        except GLib.Error as error:
            print(error.message, file=sys.stderr)
        else:
            print(sandbox.get_name(), sandbox.dup_condition(), sandbox.dup_title(),
                  *(f"{key}={figures[key]}" for key in sorted(figures)), sep="  ")
        self.done()


if __name__ == "__main__":
    List().run()

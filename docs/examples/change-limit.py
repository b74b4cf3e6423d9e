#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes a limit of a running sandbox, as "glovebox set" does.

  change-limit.py NAME SETTING VALUE
  change-limit.py firefox resources.cpu-quota 50
"""

import sys

import gi

gi.require_version("Glovebox", "1")
from gi.repository import GLib, Glovebox  # noqa: E402


class Change:
    def __init__(self, key, text):
        self.loop = GLib.MainLoop()
        self.key, self.text = key, text
        self.status = 1

    def on_opened(self, _source, result):
        try:
            sandbox = Glovebox.RunningSandbox.open_finish(result)
        except GLib.Error as error:
            print(error.message, file=sys.stderr)
            self.loop.quit()
            return
        sandbox.set_async(self.key, self.text, None, self.on_set)

    def on_set(self, sandbox, result):
        try:
            sandbox.set_finish(result)
            self.status = 0
        except GLib.Error as error:
            print(error.message, file=sys.stderr)
        self.loop.quit()


def main():
    if len(sys.argv) != 4:
        sys.exit("Usage: change-limit.py NAME SETTING VALUE")
    change = Change(*sys.argv[2:])
    Glovebox.RunningSandbox.open_async(sys.argv[1], None, change.on_opened)
    change.loop.run()
    return change.status


if __name__ == "__main__":
    sys.exit(main())

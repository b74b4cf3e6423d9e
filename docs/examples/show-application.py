#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows a desktop application in a window of Glovebox, and waits until it is closed.

  show-application.py [SETTING=VALUE…] -- COMMAND [ARGUMENT…]
  show-application.py display.size=800x600 -- xterm
"""

import sys

import gi

gi.require_version("Glovebox", "1")
from gi.repository import GLib, Glovebox  # noqa: E402


def make_policy(arguments):
    """What stands before the "--" are settings of the launch."""
    at = arguments.index("--")
    profile = Glovebox.Profile.new("default", Glovebox.Mode.DESKTOP)
    for setting in arguments[:at]:
        key, _, text = setting.partition("=")
        profile.set_text(key, text)
    builder = Glovebox.PolicyBuilder.new(Glovebox.Mode.DESKTOP)
    builder.set_command(arguments[at + 1:])
    profile.fill(builder)
    return profile.build(builder)


def main():
    loop = GLib.MainLoop()
    try:
        window = Glovebox.window_start(make_policy(sys.argv[1:]))
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        return 125
    window.wait_async(None, lambda *_: loop.quit())
    loop.run()
    return window.get_exit_status() if window.get_if_exited() else 125


if __name__ == "__main__":
    sys.exit(main())

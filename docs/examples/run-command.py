#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a command in a sandbox, and passes on its output and its exit status.

  run-command.py [SETTING=VALUE…] -- COMMAND [ARGUMENT…]
  run-command.py backend.kind=lxc resources.memory=256M -- uname -a
"""

import sys

import gi

gi.require_version("Glovebox", "1")
from gi.repository import GLib, Glovebox  # noqa: E402


def make_policy(arguments):
    """What stands before the "--" are settings of the launch."""
    at = arguments.index("--")
    profile = Glovebox.Profile.new("default", Glovebox.Mode.EXEC)
    for setting in arguments[:at]:
        key, _, text = setting.partition("=")
        profile.set_text(key, text)
    builder = Glovebox.PolicyBuilder.new(Glovebox.Mode.EXEC)
    builder.set_command(arguments[at + 1:])
    profile.fill(builder)
    return profile.build(builder)


def on_output(_sandbox, is_stderr, data):
    stream = sys.stderr if is_stderr else sys.stdout
    stream.buffer.write(data.get_data())
    stream.flush()


def on_notice(sandbox, _pspec):
    """A weakness of the isolation; it is never hidden from the user."""
    print("warning:", sandbox.get_notice(), file=sys.stderr)


def on_launched(sandbox, result):
    try:
        sandbox.launch_finish(result)
    except GLib.Error as error:
        print(error.message, file=sys.stderr)


def main():
    try:
        policy = make_policy(sys.argv[1:])
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        return 125
    loop = GLib.MainLoop()
    sandbox = Glovebox.Sandbox.new(policy)
    # For "glovebox list", "stop" and others.
    control = Glovebox.Control.new(sandbox)
    sandbox.connect("output", on_output)
    sandbox.connect("notify::notice", on_notice)
    sandbox.launch_async(None, on_launched)
    sandbox.wait_async(lambda *_: loop.quit())
    loop.run()
    del control
    return sandbox.get_exit_status()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a system service of the host in a sandbox; it is created if there is none of that name.

  start-service.py NAME UNIT [SETTING=VALUE…]
  start-service.py web apache2.service network.publish=127.0.0.1:8080:80 backend.kind=lxc
"""

import sys

import gi

gi.require_version("Glovebox", "1")
from gi.repository import GLib, Glovebox  # noqa: E402


class Start:
    def __init__(self):
        self.loop = GLib.MainLoop()
        self.status = 1

    def run(self, name, unit, *settings):
        try:
            service = Glovebox.Service.open(name)
        except GLib.Error:
            wanted = dict(setting.split("=", 1) for setting in settings)
            Glovebox.Service.create_async(name, unit, False, GLib.Variant("a{ss}", wanted), None,
                                          self.on_created)
        else:
            service.start_async(None, self.on_started)
        self.loop.run()
        return self.status

    def fail(self, error):
        print(error.message, file=sys.stderr)
        self.loop.quit()

    def on_created(self, _source, result):
        try:
            service = Glovebox.Service.create_finish(result)
        except GLib.Error as error:
            self.fail(error)
            return
        # What the sandbox cannot honour of the unit.
        for sentence in service.get_told():
            print("note:", sentence, file=sys.stderr)
        service.start_async(None, self.on_started)

    def on_started(self, service, result):
        try:
            service.start_finish(result)
            service.refresh()
        except GLib.Error as error:
            self.fail(error)
            return
        ports = service.dup_setting("network.publish") or "nothing"
        print(f"{service.get_name()}: {service.get_state_name()}, published: {ports}")
        self.status = 0
        self.loop.quit()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("Usage: start-service.py NAME UNIT [SETTING=VALUE…]")
    sys.exit(Start().run(*sys.argv[1:]))

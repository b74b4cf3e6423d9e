# SPDX-License-Identifier: LGPL-2.1-or-later
"""A session bus of its own, and on it what imitates a user's systemd: the part of
org.freedesktop.systemd1 that Glovebox uses, checked as strictly as by the real one."""

import os
import pathlib
import re
import signal
import subprocess
import threading

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

INTERFACE = """
<node>
  <interface name="org.freedesktop.systemd1.Manager">
    <method name="StartTransientUnit">
      <arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="a(sv)" direction="in"/><arg type="a(sa(sv))" direction="in"/>
      <arg type="o" direction="out"/>
    </method>
    <method name="StopUnit">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="out"/>
    </method>
    <method name="GetUnit"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
    <method name="SetUnitProperties">
      <arg type="s" direction="in"/><arg type="b" direction="in"/>
      <arg type="a(sv)" direction="in"/>
    </method>
    <signal name="JobRemoved">
      <arg type="u"/><arg type="o"/><arg type="s"/><arg type="s"/>
    </signal>
    <property name="ControlGroup" type="s" access="read"/>
  </interface>
  <interface name="org.freedesktop.systemd1.Scope">
    <property name="ControlGroup" type="s" access="read"/>
  </interface>
</node>"""

PATH = "/org/freedesktop/systemd1"
ERROR = "org.freedesktop.systemd1."
# Of systemd.resource-control(5) and systemd.scope(5), with their types.
PROPERTIES = {
    "Description": "s", "Slice": "s", "CollectMode": "s", "PIDs": "au",
    "CPUWeight": "t", "CPUQuotaPerSecUSec": "t", "MemoryMax": "t", "MemoryHigh": "t",
    "MemorySwapMax": "t", "IOWeight": "t",
}


# It starts nothing by itself: GLib would ask it for gvfsd.
CONFIGURATION = """
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"""


class Bus:
    """dbus-daemon with an address in a folder."""

    def __init__(self, folder):
        self.address = f"unix:path={folder}/bus"
        configuration = pathlib.Path(folder) / "bus.conf"
        configuration.write_text(CONFIGURATION.strip() % self.address)
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile",
             "--print-address=1"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )
        self.process.stdout.readline()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Systemd(threading.Thread):
    """The manager.  "failures" says what goes wrong: exists, once; fails, the job; early, the
    end of the job is told before its name; silent, no job ends."""

    def __init__(self, bus, tree, controllers="cpu memory pids", failures=()):
        super().__init__(daemon=True)
        self.tree = pathlib.Path(tree)
        self.controllers = controllers
        self.failures = set(failures)
        self.units = {}     # name → properties
        self.calls = []     # (method, unit)
        self.jobs = 0
        self.make_group("", controllers)
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.ready = threading.Event()
        self.address = bus.address
        self.start()
        if not self.ready.wait(60):
            raise AssertionError("the imitated systemd does not start")

    # ------------------------------------------------------------- groups --

    def make_group(self, path, controllers):
        folder = self.tree / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.controllers").write_text(controllers + "\n")
        (folder / "cgroup.events").write_text("populated 1\nfrozen 0\n")

    def group(self, unit):
        return f"/app.slice/{unit}"

    # --------------------------------------------------------------- bus --

    def run(self):
        self.context.push_thread_default()
        self.connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
        self.interfaces = node.interfaces
        self.connection.register_object(PATH, node.interfaces[0], self.on_call,
                                        lambda *_: GLib.Variant("s", "/"), None)
        self.connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "RequestName", GLib.Variant("(su)", ("org.freedesktop.systemd1", 4)), None, 0, -1, None)
        self.ready.set()
        self.loop.run()
        self.connection.close_sync(None)

    def stop(self):
        self.loop.quit()
        self.join()

    def on_call(self, connection, sender, path, interface, method, parameters, invocation):
        unit = parameters.unpack()[0]
        self.calls.append((method, unit))
        getattr(self, method)(invocation, unit, parameters)

    def refuse(self, invocation, name, text):
        invocation.return_dbus_error(ERROR + name if "." not in name else name, text)

    def finish(self, invocation, unit, result="done"):
        self.jobs += 1
        job = f"{PATH}/job/{self.jobs}"
        signal_ = GLib.Variant("(uoss)", (self.jobs, job, unit, result))
        answer = GLib.Variant("(o)", (job,))
        if "early" not in self.failures:
            invocation.return_value(answer)
        if "silent" not in self.failures:
            self.connection.emit_signal(None, PATH, "org.freedesktop.systemd1.Manager",
                                        "JobRemoved", signal_)
        if "early" in self.failures:
            invocation.return_value(answer)

    # ----------------------------------------------------------- methods --

    def check(self, properties):
        """What is wrong with them, or None."""
        for name, value in properties:
            kind = PROPERTIES.get(name)
            if kind is None:
                return f"Cannot set property {name}, or unknown property."
            if kind != value.get_type_string():
                return f"{name} has the type {value.get_type_string()}"
        return None

    @staticmethod
    def listed(properties):
        """The pairs of an a(sv), whose values keep their types."""
        for i in range(properties.n_children()):
            pair = properties.get_child_value(i)
            yield pair.get_child_value(0).get_string(), pair.get_child_value(1).get_variant()

    def StartTransientUnit(self, invocation, unit, parameters):
        properties = list(self.listed(parameters.get_child_value(2)))
        wrong = self.check(properties)
        values = {name: value.unpack() for name, value in properties}
        if not re.fullmatch(r"[A-Za-z0-9:_.\\-]+\.scope", unit):
            return self.refuse(invocation, "org.freedesktop.DBus.Error.InvalidArgs", "Invalid unit name")
        if wrong:
            return self.refuse(invocation, "org.freedesktop.DBus.Error.PropertyReadOnly", wrong)
        if "exists" in self.failures:
            self.units.setdefault(unit, {})
            self.failures.discard("exists")
        if unit in self.units:
            return self.refuse(invocation, "UnitExists", f"Unit {unit} was already loaded.")
        for pid in values["PIDs"]:
            if not pathlib.Path(f"/proc/{pid}").exists():
                return self.refuse(invocation, "org.freedesktop.DBus.Error.InvalidArgs",
                                   f"Process with ID {pid} does not exist.")
        # Before it was resumed, a paused emulator has not run a guest.
        values["times"] = {pid: cpu_ticks(pid) for pid in values["PIDs"]}
        if "fails" in self.failures:
            return self.finish(invocation, unit, "failed")
        self.units[unit] = values
        self.make_group(self.group(unit)[1:], self.controllers)
        self.connection.register_object(
            f"{PATH}/unit/_{len(self.units)}", self.interfaces[1], None,
            lambda *_: GLib.Variant("s", self.group(unit)), None)
        self.units[unit]["object"] = f"{PATH}/unit/_{len(self.units)}"
        self.finish(invocation, unit)

    def StopUnit(self, invocation, unit, parameters):
        values = self.units.pop(unit, None)
        if values is None:
            return self.refuse(invocation, "NoSuchUnit", f"Unit {unit} not loaded.")
        for pid in values.get("PIDs", ()):
            try:
                os.kill(pid, signal.SIGTERM)
            except OSError:
                pass
        self.finish(invocation, unit)

    def GetUnit(self, invocation, unit, parameters):
        if unit not in self.units:
            return self.refuse(invocation, "NoSuchUnit", f"Unit {unit} not loaded.")
        invocation.return_value(GLib.Variant("(o)", (self.units[unit]["object"],)))

    def SetUnitProperties(self, invocation, unit, parameters):
        properties = list(self.listed(parameters.get_child_value(2)))
        wrong = self.check(properties)
        if unit not in self.units:
            return self.refuse(invocation, "NoSuchUnit", f"Unit {unit} not loaded.")
        if wrong:
            return self.refuse(invocation, "org.freedesktop.DBus.Error.PropertyReadOnly", wrong)
        self.units[unit].update({name: value.unpack() for name, value in properties})
        invocation.return_value(None)


def cpu_ticks(pid):
    """User and system time of a process, in ticks."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library as other languages see it: its annotations, and a few calls through them."""

import gc
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402

try:
    import gi
except ImportError:
    gi = None

CORE = "{http://www.gtk.org/introspection/core/1.0}"
SIGNAL = "{http://www.gtk.org/introspection/glib/1.0}signal"
IDENTIFIER = "{http://www.gtk.org/introspection/c/1.0}identifier"
# A structure that a type macro makes, and so has no doc comment.
CLASS_STRUCTURE = "{http://www.gtk.org/introspection/glib/1.0}is-gtype-struct-for"
# What may be missing: these return values, and these parameters.
NULLABLE_VALUES = {
    "gbx_kept_home_get_trouble", "gbx_kept_home_get_user",
    "gbx_os_get_osinfo_id",
    "gbx_policy_builder_get_directory",
    "gbx_policy_get_origin",
    "gbx_policy_get_desktop_id",
    "gbx_policy_get_directory",
    "gbx_policy_get_icon_name",
    "gbx_policy_get_profile",
    "gbx_running_sandbox_save_file_finish",
    "gbx_sandbox_get_error",
    "gbx_sandbox_get_notice",
    "gbx_sandbox_get_title", "gbx_sandbox_get_trouble", "gbx_sandbox_get_window_class",
    "gbx_setting_info_find", "gbx_setting_info_get_option", "gbx_setting_info_get_words",
    "gbx_share_describe_risk",
    "gbx_policy_get_account",
    "gbx_policy_get_account_group",
    "gbx_policy_get_account_home",
    "gbx_policy_get_machine_id",
    "gbx_service_dup_setting",
    "gbx_service_get_notice",
    "gbx_service_get_problem",
    "gbx_service_get_status_text",
}
NULLABLE_PARAMETERS = {
    "gbx_policy_builder_set_account": {"user", "group", "home"},
    "gbx_policy_builder_set_machine_id": {"machine_id"},
    "gbx_policy_builder_set_application": {"desktop_id", "title", "icon_name"},
    "gbx_policy_builder_set_directory": {"path"},
    "gbx_policy_builder_set_environment": {"value"},
    "gbx_policy_builder_set_name": {"name"},
    "gbx_policy_builder_set_profile": {"id"},
    "gbx_policy_builder_set_value": {"value"},
    "gbx_running_sandbox_run_async": {"options"},
    "gbx_sandbox_set_sink": {"sink"},
    "gbx_sandbox_set_keyboard": {"model", "layout", "variant", "options"},
    "gbx_sandbox_set_source": {"source"},
    "gbx_service_clone_async": {"settings"},
    "gbx_service_create_async": {"settings"},
    "gbx_share_new": {"guest_path"},
}
# Of what GIO has in its own functions; introspection marks them by their type.
NULLABLE_ALWAYS = {"callback", "cancellable", "user_data"}

# In processes of their own, since GLib reads the environment once.
BEGIN = """
import gi
gi.require_version("Glovebox", "1")
from gi.repository import GLib, Glovebox
def fails(function, *arguments):
    try:
        function(*arguments)
    except GLib.Error as error:
        assert error.domain == "gbx-error-quark", error.domain
        print(Glovebox.Error(error.code).value_name[len("GBX_ERROR_"):])
"""
LOCKED = BEGIN + """
Glovebox.Profile.new("default", Glovebox.Mode.EXEC).set_text("resources.memory", "400M")
"""
HOMES = BEGIN + """
print(len(Glovebox.KeptHome.list()))
fails(Glovebox.KeptHome.find, "mine")
"""
SERVICES = BEGIN + """
print(len(Glovebox.Service.list()))
fails(Glovebox.Service.open, "mine")
loop = GLib.MainLoop()
def created(source, result):
    fails(Glovebox.Service.create_finish, result)
    loop.quit()
for unit in "there-is-none.service", "a.socket":
    Glovebox.Service.create_async("mine", unit, False, None, None, created)
    loop.run()
Glovebox.Service.create_async("mine", "x", False, GLib.Variant("a{ss}", {"resources.colour": "red"}),
                              None, created)
loop.run()
print(len(Glovebox.Service.list()))
"""
RUNNING = BEGIN + """
print(len(Glovebox.RunningSandbox.list()))
loop = GLib.MainLoop()
def opened(source, result):
    fails(Glovebox.RunningSandbox.open_finish, result)
    loop.quit()
Glovebox.RunningSandbox.open_async("mine", None, opened)
loop.run()
"""


class Annotations(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.namespace = ElementTree.parse(os.environ["GLOVEBOX_GIR"]).find(f"{CORE}namespace")
        cls.functions = {
            node.get(IDENTIFIER): node
            for kind in ("function", "method", "constructor")
            for node in cls.namespace.iter(CORE + kind)
        }

    def test_functions(self):
        """every function, parameter and return value has a doc"""
        self.assertGreater(len(self.functions), 80)
        missing = []
        for name, node in self.functions.items():
            if node.find(f"{CORE}doc") is None:
                missing.append(name)
            for parameter in node.findall(f"{CORE}parameters/*"):
                if parameter.find(f"{CORE}doc") is None:
                    missing.append(f"{name}: {parameter.get('name')}")
            value = node.find(f"{CORE}return-value")
            kind = value.find(f"{CORE}type")
            if (kind is None or kind.get("name") != "none") and value.find(f"{CORE}doc") is None:
                missing.append(f"{name}: what it returns")
        self.assertEqual(missing, [])

    def test_types(self):
        """every type, member and constant has a doc"""
        missing = [
            node.get("name")
            for kind in ("class", "record", "enumeration", "bitfield", "member", "constant",
                         "property")
            for node in self.namespace.iter(CORE + kind)
            if node.find(f"{CORE}doc") is None and node.get(CLASS_STRUCTURE) is None
        ]
        self.assertEqual(missing, [])

    def test_signals(self):
        """every signal and each of its parameters has a doc"""
        missing = []
        for node in self.namespace.iter(SIGNAL):
            if node.find(f"{CORE}doc") is None:
                missing.append(node.get("name"))
            missing += [f"{node.get('name')}: {parameter.get('name')}"
                        for parameter in node.findall(f"{CORE}parameters/*")
                        if parameter.find(f"{CORE}doc") is None]
        self.assertEqual(missing, [])

    def test_errors_are_told(self):
        """what can fail says by which error"""
        vague = []
        for name, node in self.functions.items():
            if node.get("throws") != "1":
                continue
            told = "".join(doc.text for doc in node.iter(f"{CORE}doc"))
            if not re.search(r"G(BX|_IO)_ERROR_[A-Z]|#?GbxError|#GError", told):
                vague.append(name)
        self.assertEqual(vague, [])

    def test_private_rooms(self):
        """what is not installed is not in the introspection data"""
        public = set(re.findall(r"'([\w-]+/[\w.-]+\.h)'", (ROOT / "libglovebox" / "meson.build")
                                .read_text(encoding="utf-8").split("libglovebox_headers = files(")[1]
                                .split(")")[0]))
        declared = "".join((ROOT / "libglovebox" / path).read_text(encoding="utf-8")
                           for path in public)
        for name in self.functions:
            self.assertIn(f"{name} (", declared)
        told = (ROOT / "libglovebox" / "api" / "libglovebox.h").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r'#include "(.*)"', told)),
                         {path.split("/")[1] for path in public} - {"libglovebox.h"})

    def test_transfers(self):
        """what a getter returns stays the object's"""
        full = [name for name, node in self.functions.items() if "_get_" in name
                and node.find(f"{CORE}return-value").get("transfer-ownership") != "none"]
        self.assertEqual(full, [])

    def test_nullable(self):
        """what may be missing is marked so, and nothing else"""
        values, parameters = set(), {}
        for name, node in self.functions.items():
            if node.find(f"{CORE}return-value").get("nullable") == "1":
                values.add(name)
            marked = {parameter.get("name") for parameter in node.findall(f"{CORE}parameters/*")
                      if parameter.get("nullable") == "1"} - NULLABLE_ALWAYS
            if marked:
                parameters[name] = marked
        self.assertEqual(values, NULLABLE_VALUES)
        self.assertEqual(parameters, NULLABLE_PARAMETERS)


@unittest.skipIf(gi is None, "Python has no gi")
class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        gi.require_version("Glovebox", "1")
        from gi.repository import Glovebox
        cls.glovebox = Glovebox
        cls.world = tempfile.TemporaryDirectory()
        cls.folder = cls.world.name

    @classmethod
    def tearDownClass(cls):
        cls.world.cleanup()

    def make_policy(self):
        builder = self.glovebox.PolicyBuilder.new(self.glovebox.Mode.EXEC)
        builder.set_name("introspected")
        builder.set_command(["printf", "%s", "\udcff"])
        builder.set_environment("COLOUR", "red")
        builder.set_directory("/tmp/./work")
        builder.set_text("resources.memory", "256M", "test")
        builder.set_value("resources.cpus", gi.repository.GLib.Variant("u", 1), "test")
        builder.set_text("lifecycle.timeout", "60", "test")
        with tempfile.TemporaryDirectory() as folder:
            builder.add_share(self.glovebox.Share.new(folder, "/home/shared", True))
        self.assertEqual(builder.get_directory(), "/tmp/./work")
        self.assertEqual(len(builder.get_shares()), 1)
        return builder.build()

    def check_policy(self, policy):
        self.assertEqual(policy.get_mode(), self.glovebox.Mode.EXEC)
        self.assertEqual(policy.get_name(), "introspected")
        self.assertEqual(policy.get_title(), "printf")
        self.assertEqual(policy.get_command(), ["printf", "%s", "\udcff"])
        self.assertEqual(policy.get_environment(), ["COLOUR=red"])
        self.assertEqual(policy.get_directory(), "/tmp/work")
        self.assertEqual(policy.get_memory(), 256 << 20)
        self.assertEqual(policy.get_cpus(), 1)
        self.assertEqual(policy.get_timeout(), 60)
        self.assertEqual(policy.get_display_size(), (1280, 800))
        self.assertEqual(policy.get_terminal(), (False, 0, 0))
        [share] = policy.get_shares()
        self.assertEqual(share.get_guest_path(), "/home/shared")
        self.assertTrue(share.get_writable() and share.is_directory())

    def test_policy(self):
        """a policy is built and read, and survives its readers"""
        policy = self.make_policy()
        for _ in range(50):
            self.check_policy(policy)
        self.assertIsNone(policy.get_icon_name())
        self.assertIsNone(policy.get_desktop_id())
        self.assertFalse(policy.get_verbose() or policy.get_strict()
                         or policy.get_separate_stderr())
        self.assertEqual(policy.get_network(), self.glovebox.Network.NONE)
        self.assertEqual(policy.get_accelerator(), self.glovebox.Accelerator.AUTO)
        self.assertEqual(policy.get_opengl(), self.glovebox.Opengl.AUTO)
        self.assertEqual(policy.get_display_protocol(), self.glovebox.DisplayProtocol.SPICE)

    def test_errors(self):
        """a policy that cannot be is an error of the library's domain"""
        builder = self.glovebox.PolicyBuilder.new(self.glovebox.Mode.EXEC)
        with self.assertRaises(gi.repository.GLib.Error) as caught:
            builder.build()
        self.assertTrue(caught.exception.matches(self.glovebox.error_quark(),
                                                 self.glovebox.Error.INVALID))

    def test_policy_of_a_sandbox(self):
        """a sandbox keeps its policy, however often it is asked for it"""
        sandbox = self.glovebox.Sandbox.new(self.make_policy())
        gc.collect()
        for _ in range(200):
            self.assertEqual(sandbox.get_policy().get_name(), "introspected")
            gc.collect(0)
        self.check_policy(sandbox.get_policy())

    def test_sandbox(self):
        """every getter of a sandbox that was not launched answers"""
        sandbox = self.glovebox.Sandbox.new(self.make_policy())
        for source in (None, gi.repository.Gio.MemoryInputStream.new()):
            sandbox.set_source(source)
        for sink in (gi.repository.Gio.MemoryOutputStream.new_resizable(), None):
            sandbox.set_sink(True, sink)
            sandbox.set_sink(False, sink)
        self.assertEqual(sandbox.get_name(), "introspected")
        self.assertEqual(sandbox.get_state(), self.glovebox.SandboxState.PREPARING)
        self.assertEqual(sandbox.get_reason(), self.glovebox.EndReason.NONE)
        self.assertEqual(sandbox.get_accelerator(), self.glovebox.Accelerator.AUTO)
        self.assertEqual(sandbox.get_activity(), "")
        for missing in (sandbox.get_error(), sandbox.get_notice(), sandbox.get_title()):
            self.assertIsNone(missing)
        self.assertFalse(sandbox.get_drawn() or sandbox.get_settled() or sandbox.get_started())
        self.assertEqual(sandbox.get_fraction(), 0)
        self.assertEqual(sandbox.get_elapsed(), 0)
        self.assertEqual(sandbox.get_exit_status(), 125)
        self.assertEqual(sandbox.dup_log(), "")
        self.assertEqual(sandbox.dup_log_since(0), ("", 0))

    def test_profile(self):
        """a profile fills a builder, with the options of a launch"""
        glovebox = self.glovebox
        self.assertIn("default", glovebox.Profile.list())
        profile = glovebox.Profile.new("default", glovebox.Mode.EXEC)
        self.assertEqual(profile.get_id(), "default")
        profile.set_text("resources.memory", "300M")
        self.assertIn("300", profile.dup_summary())
        self.assertEqual(profile.dup_warnings(), [])
        builder = glovebox.PolicyBuilder.new(glovebox.Mode.EXEC)
        self.assertTrue(profile.fill(builder))
        builder.set_command(["true"])
        policy = profile.build(builder)
        self.assertEqual(policy.get_memory(), 300 << 20)
        self.assertEqual(policy.get_profile(), "default")
        for key, text in (("resources.memory", "much"), ("resources.colour", "red")):
            with self.assertRaises(gi.repository.GLib.Error) as caught:
                profile.set_text(key, text)
            self.assertTrue(caught.exception.matches(glovebox.error_quark(),
                                                     glovebox.Error.INVALID))
        with self.assertRaises(gi.repository.GLib.Error) as caught:
            glovebox.Profile.new("of-nobody", glovebox.Mode.EXEC)
        self.assertTrue(caught.exception.matches(glovebox.error_quark(), glovebox.Error.NOT_FOUND))

    def test_lock(self):
        """the administrator's locks hold for programs too"""
        with tempfile.TemporaryDirectory() as folder:
            locks = pathlib.Path(folder, "glovebox", "profiles")
            locks.mkdir(parents=True)
            (locks / "default.profile").write_text(
                "[Profile]\nVersion=1\n[Resources]\nMemory=300M\n[Locks]\nResources.Memory=fixed\n")
            run = subprocess.run([sys.executable, "-c", LOCKED], capture_output=True, text=True,
                                 env={**os.environ, "XDG_CONFIG_DIRS": folder}, check=False)
        self.assertIn("the administrator has locked it", run.stdout + run.stderr)

    def test_settings(self):
        """every setting is told, with a default that a builder takes"""
        glovebox = self.glovebox
        keys = glovebox.SettingInfo.list()
        self.assertIn("resources.memory", keys)
        for key in keys:
            info = glovebox.SettingInfo.find(key)
            self.assertEqual(info.get_key(), key)
            self.assertTrue(info.get_label() and info.get_help())
            self.assertRegex(info.dup_value_type(), r"^[()a-z]+$")
            if words := info.get_words():
                self.assertIn(info.dup_default(glovebox.Mode.DESKTOP), words)
            known, minimum, maximum = info.get_range(glovebox.Mode.DESKTOP)
            self.assertTrue(minimum <= maximum)
            self.assertEqual(known, maximum > 0)
            if text := info.dup_default(glovebox.Mode.DESKTOP):
                builder = glovebox.PolicyBuilder.new(glovebox.Mode.DESKTOP)
                self.assertTrue(builder.set_text(key, text, "test"))
        self.assertIsNone(glovebox.SettingInfo.find("resources.colour"))

    def test_homes(self):
        """kept homes are listed, and one that is not there is an error"""
        run = subprocess.run([sys.executable, "-c", HOMES], capture_output=True, text=True,
                             check=False, env={**os.environ, "XDG_DATA_HOME": self.folder})
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout.split(), ["0", "NOT_FOUND"])

    def test_services(self):
        """services are listed, and what cannot be made is an error"""
        run = subprocess.run([sys.executable, "-c", SERVICES], capture_output=True, text=True,
                             check=False, env={**os.environ, "XDG_DATA_HOME": self.folder})
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout.split(), ["0", "NOT_FOUND", "NOT_FOUND", "INVALID", "INVALID", "0"])

    def test_nothing_runs(self):
        """a sandbox that does not run cannot be opened"""
        run = subprocess.run([sys.executable, "-c", RUNNING], capture_output=True, text=True,
                             check=False, env={**os.environ, "XDG_RUNTIME_DIR": self.folder})
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout.split(), ["0", "NOT_FOUND"])

    def test_checks(self):
        """the doctor and its checks answer"""
        doctor = self.glovebox.Doctor.new_quick()
        self.assertEqual(doctor.get_checks(), [])
        self.assertFalse(doctor.can_launch())

    def test_window(self):
        """a command without a display has no window"""
        with self.assertRaises(gi.repository.GLib.Error):
            self.glovebox.window_start(self.make_policy())


if __name__ == "__main__":
    tap.main()

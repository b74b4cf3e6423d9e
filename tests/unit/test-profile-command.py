#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox profile, as a user runs it; and what the shipped profiles come to."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402

SHIPPED = ROOT / "data" / "profiles"
GOLDEN = ROOT / "tests" / "golden" / "profiles"
HEAD = "[Profile]\nVersion=1\n"


class ProfileTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="glovebox-test-"))
        self.user = self.folder / "config" / "glovebox" / "profiles"
        self.administrator = self.folder / "etc" / "glovebox" / "profiles"
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CONFIG_DIRS": str(self.folder / "etc"), "GLOVEBOX_PROFILE_PATH": str(SHIPPED),
        }
        build = pathlib.Path(os.environ["GLOVEBOX"]).resolve().parents[1]
        self.environment["GLOVEBOX_PROGRAM_PATH"] = ":".join(
            str(build / folder) for folder in ("guest/xorg-init", "app", "host", "decoder", "cli"))
        for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def tearDown(self):
        shutil.rmtree(self.folder)

    def put(self, folder, name, text):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.profile").write_text(text, encoding="utf-8")

    def glovebox(self, *arguments, **environment):
        run = subprocess.run([os.environ["GLOVEBOX"], *arguments], stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=60, check=False,
                             env={**self.environment, **environment})
        return run.returncode, run.stdout, run.stderr

    def profile(self, *arguments, **environment):
        """What it prints; it has to succeed."""
        status, out, err = self.glovebox("profile", *arguments, **environment)
        self.assertEqual((status, err), (0, ""))
        return out

    def refuse(self, *arguments, words=(), verb="profile"):
        """One sentence, status 125."""
        status, out, err = self.glovebox(verb, *arguments)
        self.assertEqual(status, 125, err)
        self.assertEqual(out, "")
        self.assertRegex(err, r"\Aglovebox: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, err)

    def resolve(self, name, **environment):
        return json.loads(self.profile("show", "--resolved", "--json", name, **environment))


class Command(ProfileTest):
    def test_life(self):
        """a profile is made, changed, compared, copied, exported, imported and deleted"""
        self.profile("new", "--inherits", "web-browser", "bank")
        self.profile("set", "bank", "resources.memory", "1G")
        self.profile("set", "bank", "Share money.Path", "~/Money")
        self.profile("set", "bank", "Environment.LANG", "de_DE.UTF-8")
        resolved = self.resolve("bank")
        self.assertEqual(resolved["chain"], ["default", "web-browser", "bank"])
        self.assertEqual(resolved["settings"]["network.mode"]["value"], "user")
        self.assertIn("web-browser.profile:", resolved["settings"]["network.mode"]["origin"])
        self.assertEqual(resolved["settings"]["resources.memory"]["value"], 1 << 30)
        self.assertEqual(resolved["shares"][0]["path"], "~/Money")
        self.assertEqual(resolved["environment"], {"LANG": "de_DE.UTF-8"})
        self.assertRegex(self.profile("diff", "default", "bank"),
                         r"network\.mode +none → user +\(wider\)")
        self.assertRegex(self.profile("diff", "bank", "default"),
                         r"share money +ro ~/Money → none +\(narrower\)")
        self.profile("copy", "bank", "second")
        self.assertEqual(self.resolve("second")["shares"], [
            {**share, "origin": share["origin"].replace("bank", "second")}
            for share in resolved["shares"]])
        exported = self.folder / "third.profile"
        exported.write_text(self.profile("export", "bank"), encoding="utf-8")
        self.profile("import", str(exported))
        third = self.resolve("third")
        self.assertEqual(third["chain"], ["third"])
        for key, value in resolved["settings"].items():
            self.assertEqual(third["settings"][key]["value"], value["value"], key)
        self.refuse("delete", "web-browser", words=["system"])
        self.profile("new", "--inherits", "second", "child")
        self.refuse("delete", "second", words=["child"])
        self.profile("delete", "child")
        self.profile("delete", "second")
        self.refuse("delete", "second", words=["second"])

    def test_changes_of_the_system(self):
        """the user's file has only what is different, and a reset removes it"""
        self.profile("set", "web-browser", "network.mode", "none")
        text = (self.user / "web-browser.profile").read_text(encoding="utf-8")
        self.assertEqual(text, HEAD + "\n[Network]\nMode=none\n")
        self.assertIn("web-browser              changed", self.profile("list"))
        self.assertEqual(self.resolve("web-browser")["settings"]["network.mode"]["value"], "none")
        self.profile("reset", "web-browser", "Network.Mode")
        self.assertEqual(self.resolve("web-browser")["settings"]["network.mode"]["value"], "user")
        self.refuse("reset", "web-browser", "network.mode", words=["network.mode"])
        self.profile("reset", "web-browser")
        self.refuse("reset", "web-browser", words=["no changes"])
        self.assertEqual(list(self.user.iterdir()), [])

    def test_edit(self):
        """what the editor saved is checked, and a fault changes nothing"""
        editor = self.folder / "editor"
        editor.write_text("#!/bin/sh\nprintf '[Network]\\nMode=%s\\n' \"$1\" >>\"$2\"\n")
        editor.chmod(0o755)
        self.profile("edit", "office", EDITOR=f"{editor} user")
        before = (self.user / "office.profile").read_text(encoding="utf-8")
        self.assertIn("Mode=user", before)
        self.profile("reset", "office", "network.mode")
        status, _, err = self.glovebox("profile", "edit", "terminal", EDITOR=f"{editor} wrong")
        self.assertEqual(status, 125)
        self.assertIn("terminal.profile:4: Mode cannot be “wrong”", err)
        self.assertIn("nothing was saved", err)
        self.assertFalse((self.user / "terminal.profile").exists())
        status, _, err = self.glovebox("profile", "edit", "terminal", EDITOR="false")
        self.assertEqual(status, 125)

    def test_sentence(self):
        """what a profile allows is told in a sentence first"""
        self.put(self.user, "mine", HEAD + "[Share x]\nPath=/usr/share\n[Resources]\n"
                                           "Memory=1G\nCpus=1\n")
        sentence = "Offline. Sees one folder, read-only. 1 GiB, 1 processor."
        self.assertEqual(self.profile("show", "mine").splitlines()[0], f"# {sentence}")
        self.assertEqual(self.profile("show", "--resolved", "mine").splitlines()[0], sentence)
        self.assertEqual(self.resolve("mine")["summary"], sentence)
        online = self.profile("show", "--resolved", "--network", "user", "mine").splitlines()[0]
        self.assertEqual(online, sentence.replace("Offline", "Reaches the Internet"))

    def test_damaged(self):
        """a damaged profile is told by name, and the others are usable"""
        self.put(self.user, "broken", "what?\n")
        listed = json.loads(self.profile("list", "--json"))
        self.assertIn("broken.profile:1:", [one["error"] for one in listed
                                            if one["id"] == "broken"][0])
        self.assertEqual(self.resolve("office")["settings"]["network.mode"]["value"], "none")
        self.refuse("show", "broken", words=["broken.profile:1:"])
        status, out, err = self.glovebox("profile", "validate", str(self.user / "broken.profile"),
                                         str(SHIPPED / "office.profile"))
        self.assertEqual(status, 125)
        self.assertIn("office.profile: no faults", out)
        self.assertIn("broken.profile:1:", err)

    def test_bad_input(self):
        """each mistake gets one sentence"""
        self.refuse(words=["no verb"])
        self.refuse("dance", words=["dance"])
        self.refuse("list", "x")
        self.refuse("show")
        self.refuse("show", "nobody", words=["nobody"])
        self.refuse("show", "--what", "x", words=["--what"])
        self.refuse("new", "Not A Name", words=["Not A Name"])
        self.refuse("new", "../x")
        self.refuse("new", "office", words=["office"])
        self.refuse("new", "--inherits", "nobody", "x", words=["nobody"])
        self.refuse("set", "office", "network.mode", "all", words=["none, published, user"])
        self.refuse("set", "office", "no.such", "x", words=["no.such"])
        self.refuse("set", "office", "network", "x", words=["network"])
        self.refuse("set", "office", "Locks.Shares", "none", words=["only a profile of the system"])
        self.refuse("set", "office", "network.mode", "none\nX=1")
        self.refuse("set", "nobody", "network.mode", "none", words=["nobody"])
        self.refuse("diff", "office", "nobody", words=["nobody"])
        self.refuse("import", "/no/such/file")
        self.refuse("import", "/dev/zero")
        self.refuse("import", str(self.folder))
        self.refuse("import", str(SHIPPED / "office.profile"), words=["--name"])
        self.refuse("export", "nobody", words=["nobody"])
        self.refuse("delete", "nobody", words=["nobody"])
        self.assertFalse(self.user.exists())

    def test_launch(self):
        """a launch refuses what a profile or a lock forbids, before anything starts"""
        self.put(self.user, "newer", "[Profile]\nVersion=9\n")
        self.put(self.user, "unknown", HEAD + "[Network]\nFirewall=strict\n")
        self.put(self.administrator, "default", HEAD + "[Locks]\nNetwork.Mode=none\nShares=ro\n")
        run = ("--", "true")
        shared = self.folder / "shared"
        shared.mkdir()
        self.refuse("--profile", "nobody", *run, verb="exec", words=["nobody"])
        self.refuse("--profile", "newer", *run, verb="exec", words=["newer.profile:2", "update"])
        self.refuse("--profile", "unknown", *run, verb="exec",
                    words=["unknown.profile:4", "Firewall"])
        self.refuse("--network", "user", *run, verb="exec",
                    words=["--network", "administrator", "default.profile:4"])
        self.refuse("--share", f"{shared}:/data:rw", *run, verb="exec", words=["locked"])
        self.refuse("--profile", "development", *run, verb="exec", words=["--share-for project="])
        self.refuse("--share-for", "x=/tmp", *run, verb="exec", words=["“x”"])
        self.refuse("--share-for", "x", *run, verb="exec", words=["NAME=PATH"])


    def test_examples(self):
        """the examples of the manual do what they say"""
        page = (ROOT / "docs" / "man" / "glovebox-profile.1").read_text(encoding="utf-8")
        lines = re.findall(r"^glovebox .*$", page.split(".Sh EXAMPLES")[1], re.M)
        self.assertGreater(len(lines), 4)
        for line in lines:
            words = line.replace("glovebox run", "glovebox run --print-xml").split()[1:]
            if words[-1].endswith(".desktop"):
                words[-1] = "true"
            status, out, err = self.glovebox(*words)
            self.assertEqual((status, err), (0, ""), line)
            self.assertTrue(out or words[1] in ("new", "set"), line)


    def test_examples_of_files(self):
        """the profiles in the manual are valid"""
        page = (ROOT / "docs" / "man" / "glovebox-profile.5.in").read_text(encoding="utf-8")
        texts = re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed", page, re.M | re.S)
        self.assertGreaterEqual(len(texts), 2)
        for number, text in enumerate(texts):
            self.put(self.folder, f"example{number}", text)
            self.profile("validate", str(self.folder / f"example{number}.profile"))


class Shipped(ProfileTest):
    def names(self):
        return sorted(path.stem for path in SHIPPED.glob("*.profile"))

    def test_all_are_there(self):
        """the kinds of applications that people have"""
        self.assertEqual(self.names(), [
            "archive-manager", "default", "development", "document-viewer", "email-attachment",
            "games", "image-viewer", "media-player", "office", "password-manager", "terminal",
            "web-browser"])

    def test_golden(self):
        """each comes to what is written down in tests/golden/profiles"""
        for name in self.names():
            with self.subTest(name):
                resolved = self.resolve(name)
                result = {
                    "chain": resolved["chain"],
                    "settings": {key: value["text"] for key, value in resolved["settings"].items()
                                 if value["origin"]},
                    "locks": {key: value["lock"] for key, value in resolved["settings"].items()
                              if value["lock"]},
                    "shares": [{key: value for key, value in share.items() if key != "origin"}
                               for share in resolved["shares"]],
                    "environment": resolved["environment"],
                }
                self.assertEqual(resolved["warnings"], [])
                golden = GOLDEN / f"{name}.json"
                if os.environ.get("GLOVEBOX_WRITE_GOLDEN"):
                    golden.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
                self.assertEqual(result, json.loads(golden.read_text(encoding="utf-8")))

    def test_saved_as_they_were(self):
        """a change and its reset leave each byte as it was"""
        for name in self.names():
            with self.subTest(name):
                before = (SHIPPED / f"{name}.profile").read_bytes()
                self.put(self.user, name, before.decode("utf-8").split("\n[Locks]")[0])
                before = (self.user / f"{name}.profile").read_bytes()
                self.profile("set", name, "Environment.X", "1")
                self.assertNotEqual((self.user / f"{name}.profile").read_bytes(), before)
                self.profile("set", name, "Profile.Name", "x")
                text = (self.user / f"{name}.profile").read_text(encoding="utf-8")
                old = re.search(r"^Name=(.*)$", before.decode("utf-8"), re.M).group(1)
                self.profile("set", name, "Profile.Name", old)
                self.assertIn("Name[de]=", text)
                self.profile("reset", name, "Environment.X")
                after = (self.user / f"{name}.profile").read_bytes()
                self.assertEqual(after.replace(b"\n[Environment]\n", b""), before)

    def examples(self):
        """An option of the table and a value for it, each with its key."""
        values = {"--memory": "400M", "--cpus": "1", "--timeout": "5", "--processes": "100",
                  "--open-files": "100", "--language": "C.UTF-8", "--time-zone": "UTC",
                  "--scale": "2"}
        keys = dict(re.findall(r"^(\S+)\n(?:    .*\n)*?    Option: (--[\w-]+)",
                               self.glovebox("settings")[1], re.M))
        keys = {option: key for key, option in keys.items()}
        for line in self.glovebox("settings", "--completion=run")[1].splitlines():
            option, offered = line.split("\t")
            value = [] if offered == "-" else [values.get(option) or offered.split()[-1]]
            yield keys[option], option, value

    def test_every_option(self):
        """each option of the table is stronger than each profile, and changes nothing else"""
        examples = list(self.examples())
        self.assertGreater(len(examples), 15)
        for name in self.names():
            before = self.resolve(name)["settings"]
            for key, option, value in examples:
                with self.subTest(profile=name, option=option):
                    status, out, err = self.glovebox("profile", "show", "--resolved", "--json",
                                                     option, *value, name)
                    locked = before[key]["lock"] and value == ["user"]
                    if locked:
                        self.assertEqual((status, out), (125, ""))
                        self.assertIn("administrator", err)
                        continue
                    self.assertEqual((status, err), (0, ""))
                    after = json.loads(out)["settings"]
                    self.assertEqual(after[key]["origin"], option)
                    self.assertEqual({**after, key: None}, {**before, key: None})
                    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
                    self.assertEqual({k: v["text"] for k, v in after.items()
                                      if v["origin"] and k != key},
                                     {k: v for k, v in golden["settings"].items() if k != key})

    def test_launch_with_options(self):
        """an option reaches the domain"""
        for name in self.names():
            with self.subTest(name):
                answers = [f"--share-for={share['name']}={self.folder}/answer"
                           for share in self.resolve(name)["shares"]
                           if share["presence"] == "ask"]
                (self.folder / "answer").mkdir(exist_ok=True)
                status, out, err = self.glovebox("run", "--profile", name, *answers, "--memory",
                                                 "400M", "--print-xml", "true")
                self.assertEqual(status, 0, err)
                self.assertIn(str(400 * 1024), out)


if __name__ == "__main__":
    tap.main()

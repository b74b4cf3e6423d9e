#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can be seen of the sources without building them."""

import ast
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402

# A folder's sources may include what these folders have, besides their own; the
# order is that of ARCHITECTURE.md, from the ground.
LAYERS = {
    "common": [],
    "guest": ["common"],
    "host": ["common"],
    "decoder": ["common"],
    "libglovebox": ["common"],
    "widgets": ["common", "libglovebox"],
    "app": ["common", "libglovebox", "widgets"],
    "cli": ["common", "libglovebox"],
    # In the process of another program, which has GTK of a version of its own.
    "integration": [],
}
# The rooms of libglovebox/, likewise: a room may include itself and these.
ROOMS = {
    "support": [],
    "settings": ["support"],
    "policy": ["support", "settings"],
    "tuning": ["support", "settings", "policy", "scope"],
    "profile": ["support", "settings", "policy"],
    "desktop": ["support", "settings", "policy", "profile"],
    "runtime": ["support"],
    "image": ["support", "policy"],
    "home": ["support", "policy"],
    "files": ["support"],
    "backend": ["support", "settings", "policy", "tuning", "image"],
    "scope": ["support"],
    "launch": ["support", "settings", "policy", "tuning", "runtime", "image", "home", "backend"],
    "qemu": ["support", "settings", "policy", "tuning", "runtime", "image", "home", "backend", "scope", "launch"],
    "lxc": ["support", "settings", "policy", "tuning", "runtime", "image", "home", "backend", "launch"],
    "backends": ["support", "settings", "policy", "tuning", "image", "backend", "launch", "qemu", "lxc"],
    "session": ["support", "settings", "policy", "tuning", "runtime", "image", "backend"],
    "sandbox": ["support", "settings", "policy", "tuning", "runtime", "image", "backend", "backends", "session"],
    "control": ["support", "settings", "policy", "tuning", "profile", "runtime", "backend", "session", "sandbox"],
    "doctor": ["support", "settings", "policy", "tuning", "runtime", "image", "home", "backend", "scope", "launch", "qemu",
               "lxc", "backends"],
    "api": ["support", "settings", "policy", "tuning", "profile", "runtime", "image", "home", "files",
            "session", "sandbox", "control", "doctor", "service"],
    "service": ["support", "settings", "policy", "scope", "sandbox", "control"],
}
# Libraries that a layer must not know.
FOREIGN = {
    "common": r"glib|gio/|gtk/|libvirt|spice|gvnc|vnc",
    "guest": r"glib|gio/|gtk/|libvirt|spice|gvnc|vnc",
    "decoder": r"gtk/|gdk/|libvirt|cairo",
    "libglovebox": r"gtk/|gdk/|spice|gvnc|vncdisplay",
    "widgets": r"libvirt|spice|gvnc|vncdisplay",
    "app": r"libvirt|spice|gvnc|vncdisplay",
    "cli": r"gtk/|gdk/|spice|gvnc|vncdisplay",
    "integration": r"gtk/|gdk/|libvirt|spice|gvnc|vncdisplay",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
TRANSLATED = re.compile(r'\b(?:_|N_|C_|Q_|g_dngettext|ngettext)\s*\(\s*"')


def sources(*suffixes, folders=None):
    """The project's own files: what was built and what is hidden stays out."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = sorted(n for n in names if not n.startswith((".", "_build", "build"))
                          and n != "__pycache__")
        path = pathlib.Path(folder)
        top = path.relative_to(ROOT).parts[:1]
        if folders is not None and (not top or top[0] not in folders):
            continue
        found += [path / name for name in sorted(files) if name.endswith(suffixes)]
    return found


def short(path):
    return str(path.relative_to(ROOT))


def need(test, program):
    found = shutil.which(program)
    if found is None:
        test.skipTest(f"{program} is not installed")
    return found


def built_command(test):
    """The command of the build tree."""
    binary = pathlib.Path(os.environ.get("GLOVEBOX", ROOT / "_build" / "cli" / "glovebox"))
    if not binary.exists():
        test.skipTest(f"{binary} is not built")
    return binary.resolve()


def broken_links(folder):
    """Links between the pages of a folder that lead nowhere."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    broken = []
    for name, text in pages.items():
        for link in re.findall(r'href="([^"]+)"', text):
            page, _, anchor = link.partition("#")
            # What belongs to other libraries is on their pages.
            if re.match(r"\w+:", link):
                continue
            if page and not (folder / page).exists():
                broken.append(f"{name}: {link}")
            elif anchor and f'id="{anchor}"' not in pages.get(page or name, ""):
                broken.append(f"{name}: {link}")
    return sorted(broken)


class Lint(unittest.TestCase):
    maxDiff = None

    def run_on(self, *command):
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run

    def test_layers(self):
        """no lower layer includes a higher one"""
        headers = {}
        for path in sources(".h", folders=LAYERS):
            headers.setdefault(path.name, short(path).split("/")[0])
        wrong = []
        for path in sources(".c", ".h", folders=LAYERS):
            if "tests" in path.parts:
                continue
            layer = short(path).split("/")[0]
            for mark, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
                owner = headers.get(pathlib.PurePath(name).name) if mark == '"' else None
                if owner and owner != layer and owner not in LAYERS[layer]:
                    wrong.append(f"{short(path)} includes {name} of {owner}/")
                if mark == "<" and layer in FOREIGN and re.match(FOREIGN[layer], name):
                    wrong.append(f"{short(path)} includes <{name}>")
        self.assertEqual(wrong, [])

    def test_rooms(self):
        """no room of the library includes a room that it may not"""
        library = ROOT / "libglovebox"
        headers = {path.name: path.parent.name for path in sources(".h", folders=["libglovebox"])}
        wrong = []
        for path in sources(".c", ".h", folders=["libglovebox"]):
            room = path.parent.name
            if path.parent == library or room not in ROOMS:
                wrong.append(f"{short(path)} is in no room")
                continue
            for mark, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
                owner = headers.get(name) if mark == '"' else None
                if owner and owner != room and owner not in ROOMS[room]:
                    wrong.append(f"{short(path)} includes {name} of {owner}/")
        self.assertEqual(wrong, [])
        told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
        for room, others in ROOMS.items():
            row = re.search(rf"^\| `{room}/` \|[^|]*\|([^|]*)\|$", told, re.M)
            self.assertIsNotNone(row, f"{room}/ is not in ARCHITECTURE.md")
            self.assertEqual(sorted(re.findall(r"`(\w+)/`", row.group(1))), sorted(others), room)

    def test_structures(self):
        """only one file knows the fields of a structure"""
        private = {}
        for path in sources(".h", folders=["app", "cli", "decoder", "libglovebox", "widgets"]):
            for name in re.findall(r"^struct _(Gbx\w+)\n\{", path.read_text(encoding="utf-8"), re.M):
                if not name.endswith("Class"):
                    private[name] = short(path)
        # A value, which its builder fills in.
        self.assertEqual(set(private) - {"GbxPolicy"}, set())

    def test_options(self):
        """messages of the library and the guest name no option of the command"""
        options = set(re.findall(r'^    \{ "([a-z-]+)", ', (ROOT / "cli" / "gbx-launch-options.c")
                                 .read_text(encoding="utf-8"), re.M))
        for table in (ROOT / "libglovebox" / "settings").glob("*settings.c"):
            options |= set(re.findall(r'\.option = "([a-z-]+)"',
                                      table.read_text(encoding="utf-8")))
        self.assertIn("accel", options)
        self.assertIn("share", options)
        wrong = []
        for path in sources(".c", folders=["libglovebox", "guest"]):
            text = re.sub(r'"\s*"', "", path.read_text(encoding="utf-8"))
            for sentence in re.findall(r'"([^\W\d_][^"\n]* [^"\n]*)"', text):
                for option in re.findall(r"(?<![\w-])--([a-z-]+)", sentence):
                    if option in options:
                        wrong.append(f"{short(path)}: {sentence}")
        self.assertEqual(wrong, [])

    def test_licence_lines(self):
        """every source names its licence"""
        wrong = [short(path) for path in sources(".c", ".h", ".py", ".bash", ".1", ".5.in")
                 if "SPDX-License-Identifier: LGPL-2.1-or-later"
                 not in path.read_text(encoding="utf-8")[:400]]
        self.assertEqual(wrong, [])

    def test_text(self):
        """no trailing blanks, no tabs, a newline at the end"""
        wrong = []
        for path in sources(".c", ".h", ".py", ".build", ".md", ".ui", ".css", ".bash", ".sh"):
            text = path.read_text(encoding="utf-8")
            if re.search(r"[ \t]$", text, re.M) or not text.endswith("\n") or "\t" in text:
                wrong.append(short(path))
        self.assertEqual(wrong, [])

    def test_names_of_tests(self):
        """no class of tests has two methods of one name: the second would replace the first"""
        wrong = []
        for path in sources(".py", folders=["tests"]):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    names = [each.name for each in node.body if isinstance(each, ast.FunctionDef)
                             and each.name.startswith("test_")]
                    wrong += [f"{short(path)}: {name}" for name in names if names.count(name) > 1]
        self.assertEqual(wrong, [])

    def test_potfiles(self):
        """po/POTFILES.in lists the files with translated strings, and no others"""
        listed = {line.strip() for line in (ROOT / "po" / "POTFILES.in").read_text().splitlines()
                  if line.strip() and not line.startswith("#")}
        code = {short(path) for path in sources(".c", ".h", folders=["app", "cli", "integration",
                                                                     "libglovebox", "widgets"])
                if TRANSLATED.search(path.read_text(encoding="utf-8"))}
        code |= {short(path) for path in sources(".ui")
                 if 'translatable="yes"' in path.read_text(encoding="utf-8")}
        code |= {short(path) for path in sources(".desktop.in", ".xml.in", folders=["data"])}
        self.assertEqual(sorted(listed), sorted(code))

    def test_translations(self):
        """every translation is complete, and its formats agree"""
        msgfmt = need(self, "msgfmt")
        for language in (ROOT / "po" / "LINGUAS").read_text().split():
            with self.subTest(language):
                run = self.run_on(msgfmt, "--check", "--statistics", "-o", "/dev/null",
                                  f"po/{language}.po")
                self.assertNotRegex(run.stderr, "fuzzy|untranslated")
                self.assert_up_to_date(language)

    def assert_up_to_date(self, language):
        """The strings of the sources are those of the translation."""
        listed = [line for line in (ROOT / "po" / "POTFILES.in").read_text().splitlines() if line]
        keywords = [f"-k{word}" for word in ("_", "N_", "C_:1c,2", "ngettext:1,2",
                                             "g_dngettext:2,3")]
        pot = subprocess.run([need(self, "xgettext"), "--from-code=UTF-8", "-o", "-", *keywords,
                              *listed], capture_output=True, text=True, cwd=ROOT, check=True).stdout
        merged = subprocess.run([need(self, "msgmerge"), "-q", "-N", "-o", "-", f"po/{language}.po",
                                 "-"], input=pot, capture_output=True, text=True, cwd=ROOT,
                                check=True).stdout
        missing = subprocess.run([need(self, "msgattrib"), "--untranslated", "--no-obsolete", "-"],
                                 input=merged, capture_output=True, text=True, check=True).stdout
        self.assertEqual(missing, "")

    def test_threat_model(self):
        """the threat model names the tests that there are, and each that takes an escape's place"""
        text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
        named = set(re.findall(r"\btest_\w+", text))
        tests = {}
        for path in sources(".py", folders=["tests"]):
            tests.setdefault(path.parent.name, set()).update(
                re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8")))
        self.assertEqual(sorted(named - set().union(*tests.values())), [])
        self.assertEqual(sorted((tests["hostile"] | tests["network"]) - named), [])
        unit = "".join(path.read_text(encoding="utf-8") for path in sources(".c", folders=["tests"]))
        for name in re.findall(r"`(?:unit: )?(/[\w-]+/[\w/-]+)`", text):
            self.assertIn(f'"{name}"', unit)

    def test_shell(self):
        """shellcheck has no complaints"""
        scripts = [ROOT / "dev", ROOT / ".ci" / "run", *sources(".sh")]
        self.run_on(need(self, "shellcheck"), *map(str, scripts))
        self.run_on(need(self, "shellcheck"), "-s", "bash", "integration/glovebox.bash")

    def complete(self, *words):
        """What bash is told for a line, given in the words that readline makes of it."""
        script = ("compopt () { :; }; . integration/glovebox.bash; COMP_WORDS=(\"$@\");"
                  " COMP_CWORD=$(($# - 1)); FOO=; _glovebox; printf '%s\\n' \"${COMPREPLY[@]}\"")
        # The script asks the command for its settings.
        script = f'PATH="{built_command(self).parent}:$PATH"; {script}'
        run = self.run_on("bash", "-c", script, "bash", "glovebox", *words)
        self.assertEqual(run.stderr, "")
        return run.stdout.split()

    def test_completion(self):
        """bash completes verbs, options, their values with and without "=", and commands"""
        self.assertEqual(self.complete("st"), ["stop"])
        self.assertEqual(self.complete("home", "sna"), ["snapshot"])
        self.assertEqual(self.complete("home", "list", ""), ["--json"])
        self.assertEqual(self.complete("service", "rel"), ["reload"])
        self.assertEqual(self.complete("service", "create", "x", "--un"), ["--unit"])
        self.assertEqual(self.complete("service", "logs", "--f"), ["--follow"])
        self.assertEqual(self.complete("launcher", "re"), ["remove", "refresh"])
        self.assertEqual(self.complete("launcher", "add", "--m"), ["--mime"])
        self.assertEqual(self.complete("exec", "--home", "t"), ["temporary", "template"])
        self.assertEqual(self.complete("run", "--opengl", "o"), ["on", "off"])
        self.assertEqual(self.complete("run", "--opengl", "=", "o"), ["on", "off"])
        self.assertEqual(self.complete("run", "--accel", "="), ["auto", "kvm", "tcg"])
        self.assertEqual(self.complete("exec", "--acc"), ["--accel"])
        self.assertEqual(self.complete("exec", "--disp"), [])
        self.assertEqual(self.complete("exec", "--share", "=", "int"), ["integration"])
        self.assertEqual(self.complete("exec", "--share", "/a", ":", "/b", ":", "r"), ["ro", "rw"])
        self.assertEqual(self.complete("exec", "--env", "FO"), ["FOO="])
        self.assertEqual(self.complete("exec", "--env", "A", "=", "in"), [])
        # An option's value is no command, whatever is in it.
        for before in (["--env", "A", "=", "b"], ["--env", "=", "A", "=", "b"], ["--strict"],
                       ["--share", "/a", ":", "rw"], ["--cpus", "2"]):
            with self.subTest(before):
                self.assertEqual(self.complete("exec", *before, "--network", "n"), ["none"])
                self.assertIn("mkfifo", self.complete("exec", *before, "--", "mkfif"))
                self.assertEqual(self.complete("exec", *before, "cat", "integ"), ["integration"])

    def test_manuals(self):
        """the manual pages are well-formed"""
        pages = [*sources(".1", folders=["docs"]),
                 built_command(self).parents[1] / "docs" / "glovebox-profile.5"]
        self.assertGreater(len(pages), 0)
        self.run_on(need(self, "mandoc"), "-T", "lint", "-W", "warning", *map(str, pages))

    def test_manuals_tell_all_options(self):
        """each option of the command is in its manual page, and the other way round"""
        wrong = []
        for verb in ("desktop", "run", "open", "exec", "stop", "pause", "resume", "list", "doctor", "home",
                     "launcher", "set", "settings"):
            binary = built_command(self)
            run = subprocess.run([binary, verb, "--help"], capture_output=True, text=True,
                                 env={**os.environ, "LC_ALL": "C"}, check=True)
            options = set(re.findall(r"^\s+(?:-\w, )?--([a-z-]+)", run.stdout, re.M)) - {"help"}
            page = (ROOT / "docs" / "man" / f"glovebox-{verb}.1").read_text()
            told = set(re.findall(r"^\.It (?:Fl \w , |Fl )-([a-z-]+)", page, re.M))
            told |= set(re.findall(r"^\.It Fl \w , -([a-z-]+)", page, re.M))
            if options != told:
                wrong.append(f"{verb}: {sorted(options ^ told)}")
        self.assertEqual(wrong, [])

    def test_reference(self):
        """the reference of the library has every symbol, and no link that leads nowhere"""
        docgen = need(self, "gi-docgen")
        build = built_command(self).parents[1]
        gir = build / "libglovebox" / "Glovebox-1.gir"
        if not gir.exists():
            self.skipTest("the library was built without introspection")
        config = build / "docs" / "reference" / "glovebox.toml"
        with tempfile.TemporaryDirectory() as name:
            linked, pages = pathlib.Path(name, gir.name), pathlib.Path(name, "pages")
            self.run_on(sys.executable, "docs/reference/link-symbols.py", str(gir), str(linked))
            self.run_on(docgen, "check", "--quiet", "--fatal-warnings", "--config", str(config),
                        str(linked))
            self.run_on(docgen, "generate", "--quiet", "--fatal-warnings", "--no-namespace-dir",
                        "--config", str(config), "--content-dir", "docs/reference",
                        "--output-dir", str(pages), str(linked))
            self.assertEqual(broken_links(pages), [])
        listed = set(re.findall(r'^  "(.*\.md)",$', config.read_text(encoding="utf-8"), re.M))
        self.assertEqual(listed, {path.name for path in (ROOT / "docs" / "reference").glob("*.md")})

    def test_examples(self):
        """the reference names each example, and each that it names is there"""
        told = "".join(path.read_text(encoding="utf-8")
                       for path in (ROOT / "docs" / "reference").glob("*.md"))
        there = {path.name for path in (ROOT / "docs" / "examples").iterdir()} - {"meson.build"}
        named = set(re.findall(r"`(?:docs/examples/)?([\w-]+\.(?:c|py|js))`", told))
        self.assertEqual(named, there)

    def test_limits(self):
        """docs/tuning.md has the table of limits, and each test in it exists"""
        spec = importlib.util.spec_from_file_location("tuning", ROOT / "docs" / "update-tuning.py")
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        page = tool.make_page(built_command(self))
        self.assertEqual(tool.PAGE.read_text(encoding="utf-8"), page,
                         "run docs/update-tuning.py with the command")
        tests = set(re.findall(r"`([\w-]+/[\w-]+) (test_\w+)`", page))
        self.assertGreater(len(tests), 3)
        for program, name in tests:
            source = (ROOT / "tests" / f"{program}.py").read_text(encoding="utf-8")
            self.assertIn(f"def {name}(", source)

    def test_user_interface_files(self):
        """the .ui files and resources are well-formed"""
        for path in sources(".ui", ".gresource.xml", ".svg"):
            with self.subTest(short(path)):
                ElementTree.parse(path)

    def test_resources_exist(self):
        """each file that a resource bundle names is there"""
        for path in sources(".gresource.xml"):
            for entry in ElementTree.parse(path).iter("file"):
                name = path.parent / entry.text
                self.assertTrue(name.exists(), f"{short(path)}: {entry.text}")

    def test_desktop_entries(self):
        """the desktop entries are valid"""
        tool = need(self, "desktop-file-validate")
        for path in sources(".desktop.in", ".desktop"):
            with self.subTest(short(path)):
                # The tool looks at the name too.
                with tempfile.TemporaryDirectory() as folder:
                    copy = pathlib.Path(folder, path.name.removesuffix(".in"))
                    shutil.copy(path, copy)
                    self.run_on(tool, str(copy))

    def test_types(self):
        """profiles are known by their contents, and other files that end in .profile are not"""
        update, gio = need(self, "update-mime-database"), need(self, "gio")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            packages = folder / "mime" / "packages"
            packages.mkdir(parents=True)
            for path in sources(".xml.in", folders=["data"]):
                if path.parent.name == "mime":
                    shutil.copy(path, packages / path.stem)
            self.run_on(update, str(folder / "mime"))
            (folder / "x.wsb").write_text("<Configuration/>")
            (folder / ".profile").write_text("[ -x /bin/sh ] && umask 022\n")
            (folder / "vlc.profile").write_text("# Firejail profile\nnet none\n")
            environment = {**os.environ, "XDG_DATA_HOME": str(folder), "LC_ALL": "C.UTF-8"}
            for path, kind in (
                    *((path, "x-glovebox-profile") for path in sources(".profile", folders=["data"])),
                    (folder / "x.wsb", "x-windows-sandbox"), (folder / ".profile", None),
                    (folder / "vlc.profile", None)):
                told = subprocess.run([gio, "info", "-a", "standard::content-type", str(path)],
                                      env=environment, capture_output=True, text=True, check=True)
                found = re.search(r"content-type: \w+/(x-glovebox-\S+|x-windows-\S+)", told.stdout)
                self.assertEqual(found and found.group(1), kind, path)

    def test_status_pages(self):
        """a status page has a name for screen readers, which do not find the labels in it"""
        wrong = []
        for path in sources(".ui"):
            for page in ElementTree.parse(path).iter("object"):
                if page.get("class") == "HdyStatusPage" and not any(
                        child.get("internal-child") == "accessible" for child in page):
                    wrong.append(f"{short(path)}: {page.findtext('property')}")
        self.assertEqual(wrong, [])

    def test_metainfo(self):
        """the software catalogue's entry is valid"""
        tool = need(self, "appstreamcli")
        for path in sources(".metainfo.xml.in", ".metainfo.xml"):
            with self.subTest(short(path)):
                text = path.read_text(encoding="utf-8")
                with tempfile.TemporaryDirectory() as folder:
                    copy = pathlib.Path(folder, path.name.removesuffix(".in"))
                    copy.write_text(text.replace("@screenshots_url@", "https://example.org"),
                                    encoding="utf-8")
                    # Pedantic remarks, such as that of capital letters, do not count.
                    run = self.run_on(tool, "validate", "--no-net", "--explain", str(copy))
                    self.assertNotRegex(run.stdout, r"(?m)^[EWI]: ")
                for name in re.findall(r"@screenshots_url@/([^<]+)<", text):
                    self.assertTrue((ROOT / "docs" / name).exists(), f"docs/{name} is missing")

    def test_screenshots(self):
        """without an address of the pictures, the catalogue's entry has none and is valid"""
        tool = need(self, "appstreamcli")
        source = next(iter(sources(".metainfo.xml.in")))
        with tempfile.TemporaryDirectory() as folder:
            for address, count in (("", 0), ("https://example.org/docs/", 1)):
                target = pathlib.Path(folder, "x.metainfo.xml")
                self.run_on(sys.executable, "data/fill-screenshots.py", address, str(source),
                            str(target))
                self.run_on(tool, "validate", "--no-net", str(target))
                text = target.read_text(encoding="utf-8")
                self.assertEqual(text.count("<screenshots>"), count)
                self.assertNotIn("@", text)
                self.assertNotIn("docs//", text)

    def test_descriptions_of_types(self):
        """the descriptions of types of files are valid, and their database takes them"""
        tool = need(self, "update-mime-database")
        schema = "{http://www.freedesktop.org/standards/shared-mime-info}"
        for path in [path for path in sources(".xml", ".xml.in", folders=["data", "integration"])
                     if "shared-mime-info" in path.read_text(encoding="utf-8")]:
            with self.subTest(short(path)), tempfile.TemporaryDirectory() as folder:
                packages = pathlib.Path(folder, "mime", "packages")
                packages.mkdir(parents=True)
                shutil.copy(path, packages / path.name.removesuffix(".in"))
                run = subprocess.run([tool, packages.parent], capture_output=True, text=True,
                                     env={**os.environ, "XDG_DATA_HOME": folder}, check=False)
                self.assertEqual((run.returncode, run.stdout + run.stderr), (0, ""))
                for one in ElementTree.parse(path).iter(f"{schema}mime-type"):
                    kind, name = one.get("type").split("/")
                    self.assertTrue((packages.parent / kind / f"{name}.xml").exists())
                    self.assertIsNotNone(one.find(f"{schema}comment"))

    def test_icons(self):
        """icons are square, draw on their own, and a symbolic one has one colour and no effects"""
        svg = "{http://www.w3.org/2000/svg}"
        for path in sources(".svg", folders=["data", "integration"]):
            with self.subTest(short(path)):
                root = ElementTree.parse(path).getroot()
                x, y, width, height = map(float, root.get("viewBox").split())
                self.assertEqual((x, y, width), (0, 0, height))
                self.assertEqual((float(root.get("width")), float(root.get("height"))),
                                 (width, height))
                text = path.read_text(encoding="utf-8")
                for forbidden in ("<script", "<image", "<text", "href=\"http", "inkscape:"):
                    self.assertNotIn(forbidden, text)
                if not path.stem.endswith("-symbolic"):
                    continue
                self.assertEqual(width, 16)
                colours = set(re.findall(r'(?:fill|stroke)="(#\w+|\w+)"', text)) - {"none"}
                self.assertEqual(len(colours), 1, colours)
                self.assertEqual({one.tag for one in root.iter()}
                                 & {f"{svg}linearGradient", f"{svg}radialGradient", f"{svg}filter"},
                                 set())

    def test_json(self):
        """JSON files are valid"""
        for path in sources(".json"):
            with self.subTest(short(path)):
                json.loads(path.read_text(encoding="utf-8"))

    def test_links(self):
        """the documents refer to files that exist"""
        wrong = []
        for path in sources(".md"):
            for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
                if "://" not in target and not (path.parent / target).exists():
                    wrong.append(f"{short(path)}: {target}")
        self.assertEqual(wrong, [])

    def test_protocol_document(self):
        """docs/guest-protocol.md names every message and item, with its number"""
        document = (ROOT / "docs" / "guest-protocol.md").read_text(encoding="utf-8")
        missing = []
        for header, prefix in (("gbx-protocol.h", "GBX_MSG_"), ("gbx-guest-config.h", "GBX_CONFIG_")):
            text = (ROOT / "common" / header).read_text(encoding="utf-8")
            for name, number in re.findall(rf"^\s+{prefix}(\w+) = (\d+),", text, re.M):
                if not re.search(rf"^\| {number} \| `{name}` \|", document, re.M):
                    missing.append(f"{name} = {number}")
        self.assertEqual(missing, [])

    def test_display_protocol_document(self):
        """docs/display-protocol.md names every message, with its number"""
        document = (ROOT / "docs" / "display-protocol.md").read_text(encoding="utf-8")
        text = (ROOT / "common" / "gbx-display-protocol.h").read_text(encoding="utf-8")
        messages = text[text.index("program to window"):text.index("GbxDisplayMessageType")]
        found = re.findall(r"^\s+GBX_DISPLAY_(\w+) = (\d+),", messages, re.M)
        self.assertGreater(len(found), 10)
        self.assertEqual([], [f"{name} = {number}" for name, number in found
                              if not re.search(rf"^\| {number} \| `{name}` \|", document, re.M)])

    def test_format(self):
        """the C sources are as clang-format has them (a warning: it decides nothing)"""
        tool = need(self, "clang-format")
        files = [str(path) for path in sources(".c", ".h", folders=LAYERS)]
        run = subprocess.run([tool, "--dry-run", *files], capture_output=True, text=True, cwd=ROOT,
                             check=False)
        count = len(set(re.findall(r"^(\S+?):\d+:\d+: warning", run.stderr, re.M)))
        if count:
            print(f"# warning: {count} of {len(files)} files differ from .clang-format")


if __name__ == "__main__":
    tap.main()

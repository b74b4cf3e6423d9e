#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files and folders of the host that a sandbox may see, and no others beside them."""

import os
import pathlib
import resource
import signal
import subprocess
import time

from common import SandboxTest, SECRET, only, tap, wait_until


def limit_files():
    """As few open files as the server of a share gets along with."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 16384))


# What QEMU's own server cannot do: each line failed with it.
DISK = """
import fcntl, mmap, os, stat, tempfile, threading
os.chdir("/s")
gone = tempfile.TemporaryFile(dir=".")
gone.write(b"xyz")
gone.flush()
os.ftruncate(gone.fileno(), 1)
os.fchmod(gone.fileno(), 0o640)
assert os.fstat(gone.fileno()).st_size == 1
gone.truncate(4096)
with mmap.mmap(gone.fileno(), 4096) as memory:
    memory[:3] = b"abc"
with open("mapped", "w+b") as file:
    file.truncate(4096)
    with mmap.mmap(file.fileno(), 4096) as memory:
        memory[:3] = b"abc"
        memory.flush()
assert open("mapped", "rb").read(3) == b"abc"
os.mkfifo("fifo")
threading.Thread(target=lambda: open("fifo", "w").write("through")).start()
assert open("fifo").read() == "through"
with open("locked", "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
os.utime("locked", ns=(123456789, 987654321))
assert os.stat("locked").st_mtime_ns == 987654321
os.makedirs("a/b")
os.rename("locked", "a/b/moved")
os.link("a/b/moved", "linked")
os.symlink("linked", "link")
assert os.stat("link").st_nlink == 2
print("as on a disk")
"""


class Shares(SandboxTest):
    def setUp(self):
        super().setUp()
        self.share = self.folder / "share"
        self.share.mkdir()
        (self.share / "note").write_text("from the host\n")
        (self.folder / "secret").write_text(SECRET)

    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def script(self, text, *options, **more):
        return self.execute(*options, "--", "sh", "-c", text, **more)

    def test_folder_read_only(self):
        """a folder is read-only unless it says otherwise, at its own path"""
        status, out, _ = self.script(
            f"cat {self.share}/note; echo bad >{self.share}/note; touch {self.share}/new;"
            f"rm -f {self.share}/note; chmod 777 {self.share}; ls {self.share}",
            "--share", str(self.share))
        self.assertEqual((status, out), (0, b"from the host\nnote\n"))
        self.assertEqual((self.share / "note").read_text(), "from the host\n")
        self.assertEqual(os.listdir(self.share), ["note"])

    def test_folder_writable(self):
        """:rw lets it write, as the user, elsewhere too"""
        status, out, err = self.script(
            "cd /mnt/work && cat note && echo guest >new && mkdir sub && mv note sub/ &&"
            "ln -s sub link && chmod 600 new && stat -c %u new",
            "--share", f"{self.share}:/mnt/work:rw")
        self.assertEqual((status, out), (0, b"from the host\n%d\n" % os.getuid()), err.decode())
        self.assertEqual((self.share / "new").read_text(), "guest\n")
        self.assertEqual((self.share / "new").stat().st_uid, os.getuid())
        self.assertEqual((self.share / "sub" / "note").read_text(), "from the host\n")

    def test_file_read_only(self):
        """a file alone: nothing of its folder, and no writing"""
        note = self.share / "note"
        (self.share / "other").write_text(SECRET)
        status, out, _ = self.script(
            f"cat {note}; echo bad >{note}; rm -f {note}; cat {note}; ls {self.share}",
            "--share", str(note))
        self.assertEqual((status, out), (0, b"from the host\nfrom the host\nnote\n"))
        self.assertEqual(note.read_text(), "from the host\n")

    def test_file_writable(self):
        """single files are saved in each way that programs save: in place and by renaming"""
        ways = {
            "place": 'echo changed >"$1"',
            "sed": 'sed -i s/from/changed/ "$1"',
            "perl": 'perl -pi -e s/from/changed/ "$1"',
            "mv": 'echo changed >"$1.new" && mv "$1.new" "$1"',
            "away": 'mv "$1" "$1~" && echo changed >"$1"',
            "link": 'echo changed >"$1.new" && ln -f "$1.new" "$1"',
            "gio": 'echo changed | gio save "$1"',
            "keep": 'exec 5>>"$1"; echo changed >&5; sync',
            # At the same name in another folder; and one that the guest has made.
            "other/mv": 'echo changed >"$1.new" && mv "$1.new" "$1"',
        }
        files, options, script = {}, [], "set -e\n"
        for number, (way, command) in enumerate(ways.items()):
            name = way.replace("/", "-")
            files[way] = self.folder / f"single {name}"
            files[way].write_text("from the host\n")
            files[way].chmod(0o640)
            place = ("/tmp", "/srv/data", str(pathlib.Path.home()))[number % 3]
            guest = f"{place}/{way}"
            options += ["--share", f"{files[way]}:{guest}:rw"]
            script += f"save () {{ {command}; }}\ncat '{guest}'\nsave '{guest}'\n"
        status, out, err = self.script(script, *options)
        self.assertEqual((status, out), (0, b"from the host\n" * len(ways)), err.decode())
        for way, file in files.items():
            with self.subTest(way):
                self.assertIn("changed", file.read_text())
                self.assertEqual(file.stat().st_mode & 0o7777, 0o640)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir() if "single" in p.name),
                         sorted(file.name for file in files.values()))

    def test_file_under_way(self):
        """what is saved is on the host at once; what both sides change is kept twice"""
        note, other, gone = (self.folder / name for name in ("note.txt", "other.txt", "gone"))
        for file in (note, other, gone):
            file.write_text("from the host\n")
        process = self.start_sleeper(
            "editor", "--share", f"{note}:/tmp/note:rw", "--share", f"{other}:/tmp/other:rw",
            "--share", f"{gone}:/tmp/gone:rw", stdin=subprocess.PIPE, command=(
                "sh", "-c", "sed -i s/host/guest/ /tmp/note; rm /tmp/gone; read line;"
                "echo guest >>/tmp/other; read line; echo last >>/tmp/note"))
        wait_until(lambda: note.read_text() == "from the guest\n", 30, "the file is not saved")
        subprocess.run(["sed", "-i", "s/from/still from/", other], check=True)
        process.stdin.write(b"\n")
        process.stdin.flush()
        beside = self.folder / "other (changed in sandbox editor).txt"
        wait_until(beside.exists, 30, "the other file is not saved beside")
        status, _, err = self.finish(process, b"\n")
        self.assertEqual(status, 0, err.decode())
        self.assertEqual(note.read_text(), "from the guest\nlast\n")
        self.assertEqual(other.read_text(), "still from the host\n")
        self.assertEqual(beside.read_text(), "from the host\nguest\n")
        self.assertEqual(gone.read_text(), "from the host\n")
        self.assert_sentence(err, beside.name, notices=False)

    def test_file_of_killed(self):
        """what was saved before Glovebox is killed is on the host, and no server is left"""
        note = self.folder / "note"
        note.write_text("from the host\n")
        process = self.start_sleeper(
            "killed", "--share", f"{note}:/tmp/note:rw", "--share", f"{self.share}:/s:rw",
            command=("sh", "-c", "sleep 2; sed -i s/host/guest/ /tmp/note; sleep 1000"))
        # It does not write back any more, and is killed: so the janitor has to.
        os.kill(process.pid, signal.SIGSTOP)
        copies = self.world / "state" / "glovebox" / "files"
        wait_until(lambda: any("guest" in path.read_text() for path in copies.glob("*/*/work/file")),
                   60, "the guest has saved nothing")
        self.assertEqual(note.read_text(), "from the host\n")
        process.kill()
        wait_until(lambda: note.read_text() == "from the guest\n", 60, "nothing is recovered")

    def test_as_on_a_disk(self):
        """a writable folder can do what programs expect of a disk"""
        program = self.folder / "program.py"
        program.write_text(DISK)
        status, out, err = self.execute(
            "--share", f"{self.share}:/s:rw", "--share", f"{program}:/p/program.py", "--",
            "python3", "/p/program.py")
        self.assertEqual((status, out), (0, b"as on a disk\n"), err.decode())

    def test_large_folder(self):
        """a folder with more files than the server may have open is listed in full"""
        count = 30_000
        for number in range(count):
            (self.share / f"file-{number}").touch()
        begin = time.monotonic()
        status, out, err = self.script("ls -l /s | wc -l; ls -l /s | wc -l",
                                       "--share", f"{self.share}:/s", preexec_fn=limit_files)
        print(f"# {count} files twice in {time.monotonic() - begin:.1f} s")
        self.assertEqual((status, out), (0, b"%d\n" % (count + 2) * 2), err.decode())

    @only("qemu", "a container needs no server of files")
    def test_server_fails(self):
        """QEMU serves a folder where its server cannot run"""
        work = self.folder / "work"
        work.mkdir()
        for server in "", "/bin/false":
            with self.subTest(server):
                status, out, err = self.script(
                    "cat /s/note && echo guest >/w/new && grep -c '^gbx-share-. /[sw] 9p ' /proc/mounts",
                    "--share", f"{self.share}:/s", "--share", f"{work}:/w:rw",
                    env={**self.environment, "GLOVEBOX_VIRTIOFSD": server})
                self.assertEqual((status, out), (0, b"from the host\n2\n"), err.decode())
                self.assertEqual((work / "new").read_text(), "guest\n")
                (work / "new").unlink()

    def test_several(self):
        """several shares at once, each with its own right"""
        second, third = self.folder / "second", self.folder / "third"
        second.mkdir()
        third.mkdir()
        (third / "conf").write_text("settings\n")
        # Also where an application has its settings and its data.
        status, out, _ = self.script(
            "cat /a/note; touch /a/x; touch /b/x && ls /b; cat /etc/someapp/conf;"
            "cat /var/lib/someapp; touch /etc/someapp/x; test -s /etc/passwd",
            "--share", f"{self.share}:/a", "--share", f"{second}:/b:rw", "--share",
            f"{third}:/etc/someapp", "--share", f"{third}/conf:/var/lib/someapp")
        self.assertEqual((status, out), (0, b"from the host\nx\n" + b"settings\n" * 2))
        self.assertEqual(os.listdir(third), ["conf"])
        self.assertEqual(os.listdir(self.share), ["note"])

    def test_nested(self):
        """shares in a writable share, at paths that are not there yet"""
        outer = self.folder / "outer"
        outer.mkdir()
        status, out, err = self.script(
            "cat /b/in/a/note /b/in/file; echo bad >/b/in/a/note; echo good >/b/new",
            "--share", f"{outer}:/b:rw", "--share", f"{self.share}:/b/in/a",
            "--share", f"{self.share}/note:/b/in/file")
        self.assertEqual((status, out), (0, 2 * b"from the host\n"), err.decode())
        self.assertEqual((self.share / "note").read_text(), "from the host\n")
        self.assertEqual((outer / "new").read_text(), "good\n")

    def test_risk(self):
        """a writable share of programs of the user's shell is warned of, unless --quiet"""
        tools = self.folder / "tools"
        tools.mkdir()
        environment = {**self.environment, "PATH": f"{tools}:{os.environ['PATH']}"}
        for options, told in (((), True), (("--quiet",), False)):
            status, _, err = self.glovebox("exec", *options, "--share", f"{tools}:/t:rw", "--",
                                           "true", env=environment)
            self.assertEqual(status, 0, err)
            self.assertEqual(f"glovebox: warning: “{tools}” is shared" in err.decode(), told, err)

    def test_clock(self):
        """a new file of the guest is not in the future"""
        out = self.output("--share", f"{self.share}:/s:rw", "--", "sh", "-c",
                          "touch /s/new; date +%s.%N; stat -c %.9Y /s/new")
        now, made = map(float, out.split())
        self.assertLess(made - now, 0.1)

    def test_links_lead_nowhere(self):
        """a link in a share does not lead out of it"""
        (self.share / "absolute").symlink_to(self.folder / "secret")
        (self.share / "relative").symlink_to("../secret")
        (self.share / "shadow").symlink_to("/etc/shadow")
        (self.share / "within").write_text("within\n")
        (self.share / "inward").symlink_to("within")
        status, out, _ = self.script(
            f"cd {self.share}; cat inward absolute relative shadow; ln -s / root;"
            "cat root/etc/shadow; cat root/root/.* ../secret ../../*/secret;"
            "cat root/etc/hostname; exit 0",
            "--name", "linked", "--share", f"{self.share}:rw")
        # Links are followed, and that by the guest: each leads to what it has there.
        self.assertEqual((status, out), (0, b"within\nlinked\n"))

    def test_odd_names(self):
        """names of any bytes, of files and folders, at their own paths and elsewhere"""
        names = [b"Smith, John.pdf", b"a:b.pdf", b"a\nb", b"caf\xe9", b"co:lon:rw",
                 "a b'c\"d&<e>$f Ünïcode 漢字\\".encode(), b"-\x01%s", b"STICK"]
        options, paths = [], []
        for name in names:
            path = os.fsencode(self.folder) + b"/" + name
            if name.endswith(b".pdf"):
                pathlib.Path(os.fsdecode(path)).write_bytes(name)
                paths.append(path)
            else:
                os.mkdir(path)
                pathlib.Path(os.fsdecode(path + b"/" + name)).write_bytes(name)
                paths.append(path + b"/" + name)
            options += ["--share", path + (b":/run/media/me/STICK:rw" if name == b"STICK" else b"")]
        paths[-1] = b"/run/media/me/STICK/STICK"
        # What gvfs and the portal have in the session's folder.
        remote = self.runtime / "gvfs" / "sftp:host=a,user=b"
        remote.mkdir(parents=True)
        (remote / "file").write_text("remote")
        names.append(b"remote")
        paths.append(os.fsencode(remote / "file"))
        options += ["--share", remote / "file"]
        status, out, err = self.execute(
            *options, "--chdir", paths[2].rpartition(b"/")[0], "--", "sh", "-c",
            'cat "$@"; echo; ls -A; echo more >>/run/media/me/STICK/STICK', "sh", *paths)
        self.assertEqual((status, out), (0, b"".join(names) + b"\na\nb\n"), err.decode())
        self.assertEqual((self.folder / "STICK" / "STICK").read_text(), "STICKmore\n")

    def test_large_file(self):
        """a file of 20 MB reads the same on both sides"""
        data = os.urandom(20_000_000)
        (self.share / "large").write_bytes(data)
        status, out, _ = self.script("cat large", "--chdir", "/s", "--share", f"{self.share}:/s")
        self.assertEqual(status, 0)
        self.assertTrue(out == data, "the contents differ")

    def test_host_changes(self):
        """a share is the folder itself: what the host changes is seen"""
        process = self.start_sleeper(
            "changes", "--share", f"{self.share}:/s:rw", command=(
                "sh", "-c", "while ! [ -e /s/go ]; do sleep 0.1; done; cat /s/go"))
        (self.share / "go.new").write_text("gone\n")
        (self.share / "go.new").rename(self.share / "go")
        self.assertEqual(self.finish(process)[:2], (0, b"gone\n"))

    def test_follow(self):
        """tail -f shows what the host appends"""
        log = self.share / "log"
        log.write_text("first\n")
        process = self.start_sleeper("follows", "--share", f"{self.share}:/s",
                                     command=("tail", "-n", "+1", "-f", "/s/log"))
        self.assertEqual(process.stdout.readline(), b"first\n")
        with log.open("a") as file:
            file.write("second\n")
        self.assertEqual(process.stdout.readline(), b"second\n")
        process.terminate()
        self.finish(process)


class BadShares(SandboxTest):
    """Each is refused with a sentence before anything is started."""

    def refuse(self, share, *words):
        argument = os.fsdecode(share) if isinstance(share, bytes) else str(share)
        self.assert_refused("exec", "--share", argument, "--", "true", words=words, patience=30)

    def test_missing(self):
        """a share that does not exist"""
        self.refuse(self.folder / "nothing", "nothing")

    def test_root(self):
        """/ itself, however it is written"""
        for path in ("/", "//", "/usr/..", "/."):
            self.refuse(path, "/")

    def test_home(self):
        """the whole home, and what it is in"""
        home = os.path.expanduser("~")
        for path in (home, home + "/", os.path.dirname(home)):
            self.refuse(path)

    def test_system(self):
        """the kernel's own folders"""
        for path in ("/proc", "/sys", "/dev"):
            self.refuse(path, path)

    def test_not_utf8(self):
        """a name that is not UTF-8 is shown as text where it is missing"""
        self.refuse(os.fsencode(self.folder) + b"/\xff:\xfe", "\\xff:\\xfe")

    def test_no_regular_file(self):
        """a device, a FIFO"""
        os.mkfifo(self.folder / "fifo")
        self.refuse(self.folder / "fifo", "fifo")
        self.refuse("/dev/zero")

    def test_bad_guest_path(self):
        """a guest path that is relative, or leads upwards"""
        for guest in ("relative", "/a/../../etc"):
            self.refuse(f"{self.folder}:{guest}:ro")

    def test_unreadable(self):
        """what this account cannot read itself"""
        if os.getuid() == 0:
            self.skipTest("root can read everything")
        (self.folder / "closed").mkdir(mode=0)
        self.refuse(self.folder / "closed", "closed")

    def test_same_place_twice(self):
        """two shares at one path of the guest"""
        for name in ("a", "b"):
            (self.folder / name).mkdir()
        self.assert_refused("exec", "--share", f"{self.folder}/a:/s", "--share",
                            f"{self.folder}/b:/s", "--", "true", words=["/s"], patience=30)


if __name__ == "__main__":
    tap.main()

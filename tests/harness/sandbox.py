# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command "glovebox" as a user runs it, and what it may leave behind: nothing.

Each test program has a runtime and a configuration folder of its own, and with
them a libvirt daemon of its own, so that killing one harms nobody.  The cache is
shared between the programs, as it is between the launches of a user.
"""

import contextlib
import hashlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

GLOVEBOX = os.environ.get("GLOVEBOX", "glovebox")
# For one launch.  Without KVM a boot takes seconds, and the machine may be busy.
PATIENCE = float(os.environ.get("GLOVEBOX_TEST_PATIENCE", "180"))
# What the sandboxes of the tests are: "qemu", virtual machines, or "lxc", containers.
BACKEND = os.environ.get("GLOVEBOX_TEST_BACKEND", "qemu")
CONTAINERS = "lxc:///system"
SECRET = "a-secret-that-no-guest-may-read"


def only(backend, why):
    """A test, or a class of them, that the other backend cannot have."""
    return unittest.skipUnless(BACKEND == backend, f"only with {backend}: {why}")


TRIAL = """<domain type='lxc'><name>glovebox-trial-{uid}-{pid}</name><memory unit='MiB'>64</memory>
<os><type>exe</type><init>/bin/sleep</init><initarg>60</initarg></os><features><privnet/></features>
<devices><console type='pty'/></devices></domain>"""


def why_no_sandboxes():
    """A reason if containers are wanted here, and this computer has none.  Without Glovebox, so
    that none of its own faults passes for one."""
    if BACKEND != "lxc":
        return None
    # A computer that is only busy must not count as one without containers.
    for _ in range(3):
        trial = subprocess.run(
            ["virsh", "-q", "-c", CONTAINERS, "create", "--autodestroy", "/dev/stdin"],
            input=TRIAL.format(uid=os.getuid(), pid=os.getpid()).encode(), capture_output=True,
            timeout=120, check=False,
        )
        if trial.returncode == 0:
            return None
    lines = [line for line in trial.stderr.decode().splitlines() if line.strip()]
    return "no containers here: " + (lines[-1] if lines else "virsh says nothing")


def account():
    return pwd.getpwuid(os.getuid())


def processes():
    """(pid, command line, whole environment) of this account's processes."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if entry.stat().st_uid != os.getuid():
                continue
            command = (entry / "cmdline").read_bytes()
            environment = b""
            with contextlib.suppress(PermissionError):
                environment = (entry / "environ").read_bytes()
            if command:
                yield int(entry.name), command, environment


def wait_until(condition, seconds, what):
    """Awaits what no event tells of; the value of the condition, once it is true."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s: {what}")
        time.sleep(0.1)


def handle_ignored_signals():
    """A signal that is ignored, as by nohup, would stay ignored in each child; one that is
    handled here is not, and harms this program as little."""
    for number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


class SandboxTest(unittest.TestCase):
    """A test with a world of its own: folders, environment, libvirt daemon."""

    extra_environment = {}
    # What differs may be 50 MB long, and the comparison of it takes for ever.
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        handle_ignored_signals()
        # Short, since the sockets in it have names of at most 107 bytes.
        cls.world = pathlib.Path(tempfile.mkdtemp(prefix="gbx-", dir="/tmp"))
        cls.runtime = cls.world / "run"
        cls.runtime.mkdir(mode=0o700)
        # Suites that run at the same time do not share it.
        cache = (os.environ.get("GLOVEBOX_TEST_CACHE", str(cls.world / "cache"))
                 + os.environ.get("GLOVEBOX_TEST_LANE", ""))
        pathlib.Path(cache).mkdir(parents=True, exist_ok=True)
        cls.cache = pathlib.Path(cache)
        cls.former_logs = cls.all_emulator_logs()
        cls.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(cls.runtime),
            "XDG_CONFIG_HOME": str(cls.world / "config"),
            "XDG_CACHE_HOME": cache,
            "XDG_STATE_HOME": str(cls.world / "state"),
            "LC_ALL": "C.UTF-8",
            # What a child of ours can be told by, however it was started.
            "GLOVEBOX_TEST_WORLD": str(cls.world),
            **cls.extra_environment,
        }

    @classmethod
    def tearDownClass(cls):
        cls.end_libvirtd(signal.SIGTERM)
        shutil.rmtree(cls.world, ignore_errors=True)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.world))
        self.started = []

    def tearDown(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()

    # ------------------------------------------------------------ running --

    @staticmethod
    def with_backend(arguments):
        """The arguments, with the backend of this run unless they name one."""
        if (BACKEND == "qemu" or not arguments or arguments[0] not in ("exec", "run")
                or "--in" in arguments  # it runs already
                or any(str(a).startswith("--backend") for a in arguments)):
            return arguments
        return (arguments[0], f"--backend={BACKEND}", *arguments[1:])

    def start(self, *arguments, **options):
        """Starts it; what still runs at the end of the test is killed."""
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": self.environment,
            "cwd": self.folder,
            **options,
        }
        process = subprocess.Popen([GLOVEBOX, *self.with_backend(arguments)], **options)
        self.started.append(process)
        return process

    def finish(self, process, data=None, patience=PATIENCE):
        """(exit status as a shell gives it, stdout, stderr)"""
        try:
            out, err = process.communicate(data, timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(
                f"no end after {patience:g} s\nstdout: {(out or b'')[-2000:]!r}\n"
                f"stderr: {(err or b'').decode(errors='replace')[-4000:]}"
            )
        status = process.returncode
        return (status if status >= 0 else 128 - status), out, err

    def glovebox(self, *arguments, data=None, patience=PATIENCE, **options):
        if data is not None:
            options["stdin"] = subprocess.PIPE
        return self.finish(self.start(*arguments, **options), data, patience)

    def execute(self, *arguments, **options):
        """glovebox exec, with its options before the command: (status, stdout, stderr)"""
        return self.glovebox("exec", "--quiet", *arguments, **options)

    def output(self, *arguments, **options):
        """What a command that must succeed writes to stdout."""
        status, out, err = self.execute(*arguments, **options)
        self.assertEqual((status, err), (0, b""), f"stdout: {out[-2000:]!r}")
        return out

    def start_sleeper(self, name, *options, command=("sleep", "1000"), quiet=True, **more):
        """A sandbox that runs, with its application started; without a name it gets one."""
        process = self.start(
            "exec", *(["--quiet"] if quiet else []), *(["--name", name] if name else []), *options, "--", "sh", "-c", 'echo ready; exec "$@"', "sh",
            *command, **more,
        )
        line = process.stdout.readline()
        if line != b"ready\n":
            status, out, err = self.finish(process)
            self.fail(f"the sandbox did not start: {status} {line + out!r} {err.decode()}")
        return process

    # ---------------------------------------------------------- looking --

    def assert_sentence(self, err, *words, notices=True):
        """One clear sentence on stderr: a line, no dump, with these words in it."""
        text = err.decode()
        lines = [line for line in text.splitlines() if line.strip()]
        if notices:
            lines = [line for line in lines if "warning" not in line.lower()]
        self.assertEqual(len(lines), 1, f"not one sentence: {text!r}")
        self.assertTrue(lines[0].startswith("glovebox"), text)
        self.assertGreater(len(lines[0].split()), 3, text)
        for word in words:
            self.assertIn(word.lower(), lines[0].lower())

    def assert_refused(self, *arguments, words=(), status=125, **options):
        """Fails as Glovebox itself: nothing on stdout, a sentence, nothing left."""
        given, out, err = self.glovebox(*arguments, **options)
        self.assertEqual((given, out), (status, b""), err.decode())
        self.assert_sentence(err, *words)
        self.assert_nothing_left()

    def virsh(self, *arguments, uri=CONTAINERS if BACKEND == "lxc" else "qemu:///session"):
        run = subprocess.run(
            ["virsh", "-q", "-c", uri, *arguments],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
        )
        return run.stdout.decode().split()

    def containers(self):
        """The daemon is everybody's: those of this world, which their names tell."""
        mark = hashlib.sha256(os.fsencode(self.runtime / "glovebox")).hexdigest()[:8]
        prefix = f"glovebox-{os.getuid()}-{mark}-"
        return [name for name in self.virsh("list", "--all", "--name")
                if name.startswith(prefix)]

    def domains(self):
        if BACKEND == "lxc":
            return self.containers()
        # Asking would start a daemon where none runs, and there no domain is either.
        if self.libvirtd_pid() is None:
            return []
        return self.virsh("list", "--all", "--name")

    def our_processes(self):
        """Emulators and helpers: all that carry our world but the daemon."""
        marker = os.fsencode(self.world)
        known = {process.pid for process in self.started}
        return {
            pid: command.replace(b"\0", b" ").decode(errors="replace")[:200]
            for pid, command, environment in processes()
            if (marker in command or marker in environment)
            and pid not in known
            and b"libvirtd" not in command.split(b"\0")[0]
            and b"virtlogd" not in command.split(b"\0")[0]
            and b"dbus-daemon" not in command.split(b"\0")[0]
        }

    def emulators(self):
        """The process of each virtual machine, or the name of each container."""
        if BACKEND == "lxc":
            return self.containers()
        return [pid for pid, command in self.our_processes().items() if "-name guest=" in command
                or "qemu-system" in command.split(" ")[0]]

    def freeze(self):
        """Has the guests stop, without a word to Glovebox."""
        for each in self.emulators():
            if BACKEND == "lxc":
                self.virsh("suspend", each)
            else:
                os.kill(each, signal.SIGSTOP)

    def thaw(self):
        for each in self.emulators():
            if BACKEND == "lxc":
                self.virsh("resume", each)
            else:
                os.kill(each, signal.SIGCONT)

    def kill_guests(self):
        for each in self.emulators():
            if BACKEND == "lxc":
                self.virsh("destroy", each)
            else:
                os.kill(each, signal.SIGKILL)

    def sandbox_folders(self):
        with contextlib.suppress(FileNotFoundError):
            return [p.name for p in (self.runtime / "glovebox").iterdir() if p.is_dir()]
        return []

    def temporary_files(self):
        with contextlib.suppress(FileNotFoundError):
            return [str(p) for p in (self.cache / "glovebox").iterdir() if p.name.startswith("tmp-")]
        return []

    @classmethod
    def all_emulator_logs(cls):
        return {p.name for p in (cls.cache / "libvirt" / "qemu" / "log").glob("glovebox-*")}

    def emulator_logs(self):
        """libvirt's, which name the shares; not those that a killed test program has left."""
        return sorted(self.all_emulator_logs() - self.former_logs)

    def file_copies(self):
        """Of single files that a sandbox may write."""
        with contextlib.suppress(FileNotFoundError):
            return [p.name for p in (self.world / "state" / "glovebox" / "files").iterdir() if p.is_dir()]
        return []

    def leftovers(self, folders=True):
        found = {
            "logs": self.emulator_logs(),
            "copies": self.file_copies(),
            "domains": self.domains(),
            "processes": self.our_processes(),
            "temporary files": self.temporary_files(),
        }
        if folders:
            found["folders"] = self.sandbox_folders()
        return {what: things for what, things in found.items() if things}

    def assert_nothing_left(self, seconds=10, folders=True):
        deadline = time.monotonic() + seconds
        left = self.leftovers(folders)
        while left and time.monotonic() < deadline:
            time.sleep(0.2)
            left = self.leftovers(folders)
        self.assertEqual(left, {})

    # ------------------------------------------------------------ libvirt --

    @classmethod
    def libvirtd_pid(cls):
        try:
            pid = int((cls.runtime / "libvirt" / "libvirtd.pid").read_text())
            return pid if pathlib.Path(f"/proc/{pid}").exists() else None
        except (OSError, ValueError):
            return None

    @classmethod
    def end_libvirtd(cls, number):
        pid = cls.libvirtd_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        wait_until(lambda: cls.libvirtd_pid() is None, 10, "libvirtd still runs")

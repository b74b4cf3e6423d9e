#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Settings at their limits: what they forbid fails in the guest, and nothing else does."""

from common import SandboxTest, tap

# Each line of output is a check; one boot for all.
SCRIPT = r"""
import errno, os, resource, sys, time

def fails_with(what, *arguments):
    try:
        what(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "nothing"

def fill(path, mib):
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        for _ in range(mib):
            if os.write(file, bytes(1 << 20)) < 1 << 20:
                raise OSError(errno.ENOSPC, "cut short")
    finally:
        os.close(file)
        os.unlink(path)

def fork_all():
    pids = []
    try:
        while len(pids) < 1000:
            pid = os.fork()
            if pid == 0:
                time.sleep(1000)
                os._exit(0)
            pids.append(pid)
    finally:
        for pid in pids:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        print("forked", len(pids))

def open_all():
    files = []
    try:
        while len(files) < 1000:
            files.append(os.open("/dev/null", os.O_RDONLY))
    finally:
        for file in files:
            os.close(file)

home = os.path.expanduser("~")
print("home", fails_with(fill, home + "/big", 60))
print("tmp", fails_with(fill, "/tmp/big", 60))
print("fits", fails_with(fill, home + "/small", 20))
print("shm", fails_with(fill, "/dev/shm/big", 12))
print("shm fits", fails_with(fill, "/dev/shm/small", 4))
print("fork", fails_with(fork_all))
print("files", fails_with(open_all))
print("hard", resource.getrlimit(resource.RLIMIT_NOFILE))
open(home + "/new", "w").close()
print("mode", oct(os.stat(home + "/new").st_mode & 0o777))
print("zone", time.strftime("%Z", time.localtime(0)), os.environ["TZ"])
print("language", os.environ.get("LANG"), os.environ.get("LC_ALL"))
print("groups", os.getgroups())
"""


class Limits(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_all(self):
        """disk, /dev/shm, processes, open files, umask, language, time zone, groups"""
        status, out, err = self.execute(
            "--disk", "40M", "--shared-memory", "8M", "--processes", "20",
            "--open-files", "50", "--umask", "077", "--language", "de_DE.UTF-8",
            "--time-zone", "Asia/Tokyo", "--groups", "none", "--memory", "400M", "--",
            "python3", "-c", SCRIPT)
        self.assertEqual(status, 0, err)
        said = dict(line.split(" ", 1) for line in out.decode().replace("shm fits", "shm-fits")
                    .splitlines())
        forked = int(said.pop("forked"))
        self.assertGreater(forked, 5)
        self.assertLess(forked, 20)
        self.assertEqual(said, {
            "home": "ENOSPC", "tmp": "ENOSPC", "fits": "nothing", "shm": "ENOSPC",
            "shm-fits": "nothing", "fork": "EAGAIN", "files": "EMFILE", "hard": "(50, 50)",
            "mode": "0o600", "zone": "JST Asia/Tokyo", "language": "de_DE.UTF-8 None",
            "groups": "[]"})


if __name__ == "__main__":
    tap.main()

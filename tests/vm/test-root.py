#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What only root can set up, and how Glovebox behaves for root."""

import contextlib
import os
import subprocess
import unittest

from common import SandboxTest, tap


@unittest.skipIf(os.getuid() != 0, "needs root")
class Root(SandboxTest):
    def tearDown(self):
        super().tearDown()
        self.assert_nothing_left()

    def test_command(self):
        """it works for root too"""
        status, out, err = self.execute("--", "sh", "-c", "echo out; exit 7")
        self.assertEqual((status, out), (7, b"out\n"), err.decode())

    def test_warning(self):
        """with a warning"""
        err = self.glovebox("exec", "--", "true")[2].decode()
        self.assertIn("root", err)
        self.assertIn("warning", err.lower())

    def test_strict(self):
        """and not at all with --strict"""
        self.assert_refused("exec", "--strict", "--", "true", words=["root", "isolation"])

    def test_network(self):
        """the network's helper works for root, too"""
        out = self.output_of_root("--network", "user", "--", "sh", "-c",
                                  "cat /sys/class/net/eth0/carrier; cat /etc/resolv.conf")
        self.assertEqual(out, b"1\nnameserver 10.0.2.3\nnameserver 10.0.2.4\nnameserver 10.0.2.5\n")

    def output_of_root(self, *arguments):
        status, out, err = self.execute(*arguments)
        self.assertEqual(status, 0, err.decode())
        return out

    @contextlib.contextmanager
    def full_disk(self, size):
        disk = self.folder / f"disk-{size}"
        disk.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0700,size={size}", "gbx-test", disk],
                       check=True)
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

    def test_full_runtime_folder(self):
        """a full runtime folder is reported in one sentence that names it, at any file"""
        for size in ("4k", "8k", "40k", "400k"):
            with self.subTest(size), self.full_disk(size) as disk:
                self.assert_refused("exec", "--", "true", words=["no space", str(disk)],
                                    env={**self.environment, "XDG_RUNTIME_DIR": str(disk)})

    def test_full_disk(self):
        """a full disk under the cache is reported, and nothing is left on it"""
        with self.full_disk("300k") as disk:
            self.assert_refused("exec", "--", "true", words=["space"],
                                env={**self.environment, "XDG_CACHE_HOME": str(disk)})
            left = [name for name in os.listdir(disk / "glovebox") if name.startswith("tmp-")]
            self.assertEqual(left, [])


if __name__ == "__main__":
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How fast packets go, measured where they arrive, and how they are counted."""

import pathlib
import subprocess
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]

import guest  # noqa: E402
import network  # noqa: E402
import tap  # noqa: E402
from network import GuestTest  # noqa: E402
from world import OUTSIDE, Lines  # noqa: E402

FAR, NEAR = 9000, 8081
SECONDS = 4
# What a measurement may be above, for the edges of seconds and what was under way.
MORE = 1.15


def setUpModule():
    global far, HAS_QDISCS
    network.set_up()
    HAS_QDISCS = has_qdiscs()
    far = Lines("nsenter", "-t", network.world.outside.pid, "-n", sys.executable,
                HERE / "guest.py", FAR)
    far.await_line("serve")


def tearDownModule():
    far.end()
    network.tear_down()


def has_qdiscs():
    """Whether this kernel has what the limits are made of."""
    return subprocess.run(
        ["unshare", "--net", "sh", "-ec",
         "ip link add one type ifb; tc qdisc add dev one root tbf rate 1mbit burst 9000 limit 9000;"
         "tc qdisc add dev lo clsact; tc filter add dev lo egress protocol all u32 match u32 0 0 "
         "action mirred egress redirect dev one"], check=False, capture_output=True).returncode == 0


class Measuring(threading.Thread):
    """The bytes of each second of one transfer, without waiting for it."""

    def __init__(self, function):
        super().__init__()
        self.function, self.counts = function, None
        self.start()

    def run(self):
        self.counts = [int(each) for each in self.function().split()]

    def get(self):
        self.join()
        if self.counts is None:
            raise AssertionError("a transfer failed")
        return self.counts


class Limits(GuestTest):
    def start(self, *limits):
        said = self.start_helper(f"publish={NEAR}:80", "limits=" + " ".join(map(str, limits)))
        if said.startswith("unlimited") and not HAS_QDISCS:
            raise unittest.SkipTest(f"this kernel cannot limit: {said}")
        self.assertEqual(said, "started -")
        self.boot_guest()
        self.guest_serves(80)

    def take(self, source, beginning):
        """Only that line: others may wait for theirs."""
        with source.has_more:
            def find():
                return next((each for each in source.lines if each.startswith(beginning)), None)
            source.has_more.wait_for(find, 60)
            line = find()
            source.lines.remove(line)
        return line.split(" ", 1)[1]

    def measure_one(self, way, direction, seconds):
        """Bytes of each second: "out" to the network, or "in" by the published port."""
        if way == "out":
            self.guest.ask(f"rate {OUTSIDE} {FAR} {seconds} {direction}")
            return (self.take(self.guest, "rate ") if direction == "download"
                    else self.take(far, "sunk"))
        if direction == "upload":
            return guest.call("127.0.0.1", NEAR, seconds, "download")
        guest.call("127.0.0.1", NEAR, seconds, "upload")
        return self.take(self.guest, "sunk")

    def measure(self, *what, seconds=SECONDS):
        """All of them at once."""
        found = [Measuring(lambda each=each: self.measure_one(*each, seconds)) for each in what]
        counts = [each.get() for each in found]
        print("#", what, counts, flush=True)
        return counts

    def assert_rate(self, counts, limit, least=0.4):
        """Never more than the limit and one burst, of at most half a second.  On a busy computer
        TCP may wait in some seconds, but not in each."""
        self.assertLess(sum(counts), limit * len(counts) * MORE + limit / 2, counts)
        self.assertGreater(max(counts), limit * least, counts)

    def test_limit_outgoing(self):
        """connections of the guest keep to the average of each direction"""
        self.start(400000, 0, 40000, 200000, 0, 20000)
        down, up = self.measure(("out", "download"), ("out", "upload"))
        self.assert_rate(down, 400000)
        self.assert_rate(up, 200000)

    def test_limit_published(self):
        """connections to published ports do too"""
        self.start(400000, 0, 40000, 200000, 0, 20000)
        down, up = self.measure(("in", "download"), ("in", "upload"))
        self.assert_rate(down, 400000)
        self.assert_rate(up, 200000)

    def test_limit_together(self):
        """what comes by both ways, and by many connections, counts as one"""
        self.start(400000, 0, 40000, 0, 0, 0)
        counts = self.measure(("out", "download"), *[("in", "download")] * 3)
        self.assert_rate([sum(each) for each in zip(*counts)], 400000)

    def test_limit_one(self):
        """a direction without a limit has none"""
        self.start(0, 0, 0, 200000, 0, 0)
        down, = self.measure(("out", "download"), seconds=2)
        self.assertGreater(sum(down), 2 * len(down) * 200000)
        # Alone: acknowledgements of the other would go first.
        up, = self.measure(("in", "upload"))
        self.assert_rate(up, 200000)

    def test_limit_peak(self):
        """a burst comes at the peak, and then the average holds"""
        self.start(200000, 400000, 800000, 0, 0, 0)
        counts, = self.measure(("out", "download"), seconds=7)
        self.assertLess(counts[0], 400000 * MORE, counts)
        self.assertGreater(counts[0] + counts[1], 200000 * 2 * MORE, counts)
        self.assert_rate(counts[4:], 200000)

    def test_limit_change(self):
        """limits change while the sandbox runs, from none and to none"""
        self.start(0, 0, 0, 0, 0, 0)
        for limit in 300000, 150000:
            self.change(0, 0, 0, limit, 0, 20000)
            self.assert_rate(self.measure(("in", "upload"), seconds=4)[0], limit)
        self.change(0, 0, 0, 0, 0, 0)
        self.assertGreater(sum(self.measure(("in", "upload"), seconds=2)[0]), 2000000)

    def change(self, *limits):
        self.helper.ask("limits " + " ".join(map(str, limits)))
        self.assertEqual(self.helper.await_line("limits"), "limits ok")

    def test_limit_missing(self):
        """where the kernel or iproute2 cannot limit, that is told, and the network works"""
        # The guard looks for tc at its places alone, so it is hidden there.
        with network.hidden("tc"):
            said = self.start_helper("limits=400000 0 0 0 0 0")
        self.assertTrue(said.startswith("unlimited"), said)
        self.assertIn("iproute2", said)
        self.assertEqual(self.helper.await_line("started"), "started -")

    def test_traffic(self):
        """the bytes of both ways are counted, and what is refused is not"""
        self.start(0, 0, 0, 0, 0, 0)
        before = self.traffic()
        self.measure(("in", "download"), seconds=1)
        middle = self.traffic()
        self.assertGreater(middle[0] - before[0], 1000000)
        self.assertLess(middle[1] - before[1], (middle[0] - before[0]) / 4)
        sent = sum(self.measure(("out", "upload"), seconds=1)[0])
        after = self.traffic()
        self.assertGreaterEqual(after[1] - middle[1], sent)

    def traffic(self):
        self.helper.ask("traffic")
        return [int(each) for each in self.helper.await_line("traffic").split()[1:]]


if __name__ == "__main__":
    network.enter_namespace()
    tap.main()

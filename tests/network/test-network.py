#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a guest reaches through its network helper, without a guest: see world.py."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]

import network  # noqa: E402
import tap  # noqa: E402
from network import HELPER, RESOLVED, NetworkTest  # noqa: E402
from world import (FIRST, LATE, LATE6, LATE_PREFIX, LOCAL, LOCAL6, METADATA,  # noqa: E402
                   METADATA6, OUTSIDE, OUTSIDE6, PORT, RESOLVERS, RESOLVERS6, SERVERS, SERVERS6, ip,
                   wait_until)



def setUpModule():
    network.set_up()
    global world, files, base
    world, files, base = network.world, network.files, network.base


def tearDownModule():
    network.tear_down()


def call_directly(address):
    """Connects without the helper, and returns the answer: the peer has told of it by then."""
    return subprocess.run([sys.executable, "-c", "import socket, sys; print(socket."
                           f"create_connection((sys.argv[1], {PORT}), 5).recv(99))", address],
                          capture_output=True, text=True, timeout=30, check=False).stdout


class Reach(NetworkTest):
    def test_outside(self):
        """the outside is reached, by TCP, UDP and ping"""
        self.assertEqual(self.start(), "started -")
        self.assert_connected()
        self.assertIn(f"outside {OUTSIDE}", self.wire.ask(OUTSIDE, PORT))
        self.assertTrue(self.wire.ping(OUTSIDE))

    def test_host(self):
        """no address of the host is reached: of any interface, of lo, of a local prefix"""
        for address in LOCAL:
            self.assertIn(f"host {address}", call_directly(address))
        self.start()
        world.near.reached()
        for address in LOCAL:
            with self.subTest(address):
                self.assertEqual(self.wire.connect(address, PORT), "reset")
                self.wire.send_datagram(address, PORT)
                self.assertFalse(self.wire.ping(address, 0.3))
        self.assert_connected()
        self.assertEqual(world.near.reached(), [])

    def test_everybody(self):
        """nor broadcast, multicast, 0.0.0.0 or the namespace's own addresses"""
        self.start()
        for address in ("0.0.0.0", "0.1.2.3", "10.55.0.255", "255.255.255.255", "224.0.0.251",
                        "239.255.255.250", "240.0.0.1", "192.0.0.2", "127.255.255.254"):
            with self.subTest(address):
                self.wire.send_datagram(address, PORT)
                self.assertIn(self.wire.connect(address, PORT, 0.5), ("reset", "silence"))
        self.assert_connected()
        self.assertEqual([line for line in world.near.reached() + world.far.reached()
                          if OUTSIDE not in line], [])

    def test_late_address(self):
        """a later address of the host is refused, until it is removed"""
        self.start()
        self.assertIn(f"outside {LATE}", self.wire.connect(LATE, PORT))
        for give in (("addr", "add", f"{LATE}/32", "dev", "lo"),
                     ("route", "add", "local", LATE_PREFIX, "dev", "lo")):
            ip(*give)
            wait_until(lambda: self.wire.connect(LATE, PORT) == "reset", f"{give} is reached")
            world.near.reached()
            self.assertEqual(self.wire.connect(LATE, PORT), "reset")
            self.assertEqual(world.near.reached(), [])
            ip(give[0], "del", *give[2:])
            wait_until(lambda: "outside" in self.wire.connect(LATE, PORT), "it is refused still")

    def test_many_addresses(self):
        """hundreds of new and changing addresses of the host are all refused"""
        batch = base / "batch"
        batch.write_text("".join(f"addr add 10.111.{i // 200}.{i % 200 + 1}/32 dev lo\n"
                                 for i in range(600)))
        self.start()
        try:
            ip("-batch", batch)
            for address in ("10.111.0.1", "10.111.1.77", "10.111.2.200"):
                wait_until(lambda a=address: self.wire.connect(a, PORT) == "reset", address)
            self.assert_connected()
        finally:
            batch.write_text(batch.read_text().replace("addr add", "addr del"))
            ip("-batch", batch)

    def test_metadata(self):
        """the metadata services of clouds are refused"""
        self.start()
        for address in METADATA:
            with self.subTest(address):
                self.assertIn(f"outside {address}", call_directly(address))
                world.far.reached()
                self.assertEqual(self.wire.connect(address, PORT), "reset")
                self.assertEqual(self.wire.connect(address, 53), "reset")
                self.wire.send_datagram(address, PORT)
        self.assert_connected()
        self.assertEqual([line for line in world.far.reached() if OUTSIDE not in line], [])

    def test_source_port(self):
        """a guest cannot choose which port of the host it occupies"""
        self.start()
        answer = self.wire.ask(OUTSIDE, PORT, source=5353)
        self.assertIn("outside", answer)
        self.assertGreaterEqual(int(answer.split()[2]), 32768)


class Reach6(NetworkTest):
    def start(self, **environment):
        said = super().start(**environment)
        # passt's own address takes a second to be valid.
        wait_until(lambda: "outside" in self.wire.connect(OUTSIDE6, PORT), "no IPv6")
        return said

    def test_outside6(self):
        """the outside is reached by IPv6 too"""
        self.assertEqual(self.start(), "started -")
        self.assertIn(f"outside {OUTSIDE6}", self.wire.connect(OUTSIDE6, PORT))
        self.assertIn(f"outside {OUTSIDE6}", self.wire.ask(OUTSIDE6, PORT))
        self.assertTrue(self.wire.ping(OUTSIDE6))
        self.assertGreaterEqual(int(self.wire.ask(OUTSIDE6, PORT, source=5353).split()[2]), 32768)

    def assert_refused(self, addresses):
        for address in addresses:
            with self.subTest(address):
                self.assertIn(self.wire.connect(address, PORT, 0.7), ("reset", "silence"))
                self.wire.send_datagram(address, PORT)
                self.assertFalse(self.wire.ping(address, 0.3))
        self.assertIn("outside", self.wire.connect(OUTSIDE6, PORT))
        self.assertEqual([line for line in world.near.reached() + world.far.reached()
                          if OUTSIDE6 not in line], [])

    def test_host6(self):
        """no IPv6 address of the host is reached, nor one that stands for an IPv4 address"""
        for address in LOCAL6:
            self.assertIn(f"host {address}", call_directly(address))
        self.start()
        for peer in world.near, world.far:
            peer.reached()
        self.assert_refused(LOCAL6 + [f"::ffff:{each}" for each in (FIRST, "127.0.0.1")]
                            + [f"64:ff9b::{FIRST}", "::", f"::{FIRST}"])

    def test_everybody6(self):
        """nor one of a link, multicast or the namespace's own"""
        self.start()
        link = [line.split()[1].split("/")[0] for line in subprocess.run(
            ["ip", "-6", "addr", "show", "dev", "front", "scope", "link"], capture_output=True,
            text=True, check=True).stdout.splitlines() if "inet6" in line]
        self.assert_refused([*link, "ff02::1", "ff02::fb", "ff05::2", "fd67:6c6f:7665:2::2"])

    def test_metadata6(self):
        """the metadata services of clouds are refused at their IPv6 addresses"""
        self.start()
        for address in METADATA6:
            self.assertIn(f"outside {address}", call_directly(address))
        for peer in world.near, world.far:
            peer.reached()
        self.assert_refused(METADATA6)

    def test_late_address6(self):
        """a later IPv6 address of the host is refused, until it is removed"""
        self.start()
        self.assertIn(f"outside {LATE6}", self.wire.connect(LATE6, PORT))
        ip("addr", "add", f"{LATE6}/128", "dev", "lo", "nodad")
        try:
            wait_until(lambda: self.wire.connect(LATE6, PORT) == "reset", "it is reached")
        finally:
            ip("addr", "del", f"{LATE6}/128", "dev", "lo")
        wait_until(lambda: "outside" in self.wire.connect(LATE6, PORT), "it is refused still")

    def test_only_ipv6(self):
        """a host with IPv6 only: the outside and names"""
        files.name(SERVERS6[0])
        world.disconnect(ipv6_too=False)
        try:
            self.assertEqual(self.start(), "started -")
            self.assertEqual(self.wire.ask(RESOLVERS6[0], 53).rstrip(".").rsplit(" ", 1)[0],
                             f"outside {SERVERS6[0]}")
            # An address that no route leads to is refused at once.
            self.assertEqual(self.wire.connect("203.0.113.99", PORT), "reset")
        finally:
            ip("route", "add", "default", "via", OUTSIDE)

    def test_no_ipv6(self):
        """a host whose IPv6 leads nowhere: a refusal at once"""
        super().start()
        ip("-6", "route", "flush", "table", "main")
        try:
            wait_until(lambda: self.wire.connect("2001:db8:5::5", PORT) == "reset", "no refusal")
        finally:
            world.restore6()
        self.assert_connected()


class Names(NetworkTest):
    def asked(self, resolver, kind="udp"):
        answer = self.wire.ask if kind == "udp" else self.wire.connect
        return answer(resolver, 53).rstrip(".").rsplit(" ", 1)[0]

    def test_servers(self):
        """each of the guest's resolvers stands for one of the host's, by UDP and TCP"""
        self.assertEqual(self.start(), "started -")
        for kind in "udp", "tcp":
            for resolver, server in zip(RESOLVERS, SERVERS + SERVERS):
                self.assertEqual(self.asked(resolver, kind), f"outside {server}")

    def test_big_answers(self):
        """an answer of 900 bytes by UDP, and of 3000 by TCP"""
        self.start()
        self.assertEqual(len(self.wire.ask(RESOLVERS[0], 53)), 900)
        self.assertEqual(len(self.wire.connect(RESOLVERS[0], 53)), 3000)

    def test_only_names(self):
        """nothing else is at the resolvers' addresses"""
        self.start()
        self.assertEqual(self.wire.connect(RESOLVERS[0], PORT), "reset")
        self.assertEqual(self.wire.ask(RESOLVERS[0], PORT, seconds=0.5), "silence")
        self.assertEqual(world.far.reached(), [])

    def test_change(self):
        """a change of resolv.conf is followed"""
        self.start()
        self.assertEqual(self.asked(RESOLVERS[0]), f"outside {SERVERS[0]}")
        files.name(SERVERS[1])
        wait_until(lambda: self.asked(RESOLVERS[0]) == f"outside {SERVERS[1]}", "not followed")

    def test_metadata_server(self):
        """a name server at a cloud's address serves names"""
        files.name("169.254.169.254")
        self.start()
        self.assertEqual(self.asked(RESOLVERS[0]), "outside 169.254.169.254")
        self.assertEqual(self.wire.connect("169.254.169.254", 53), "reset")

    def assert_no_names(self, *words):
        said = self.start()
        for word in words:
            self.assertIn(word, said)
        for resolver in RESOLVERS:
            self.assertEqual(self.wire.connect(resolver, 53), "reset")
            self.wire.send_datagram(resolver, 53)
        self.assert_connected()
        self.assertEqual([line for line in world.near.reached() + world.far.reached()
                          if OUTSIDE not in line], [])

    def test_stub(self):
        """a resolver on the host itself is refused, with a message"""
        for stub in "127.0.0.53", "127.0.0.1", "10.99.0.1", "::1":
            with self.subTest(stub):
                files.name(stub)
                self.assert_no_names("Names do not resolve", stub, "/etc/resolv.conf")
                self.wire.close()
                self.helper.end()

    def test_no_file(self):
        """so is the loopback if no resolver is set"""
        files.name()
        self.assert_no_names("127.0.0.1")

    def test_ipv6_only(self):
        """name servers with IPv6 addresses are asked, also beside others"""
        files.name(*SERVERS6)
        self.assertEqual(self.start(), "started -")
        wait_until(lambda: self.asked(RESOLVERS6[0]) == f"outside {SERVERS6[0]}", "not asked")
        for kind in "udp", "tcp":
            for resolver, server in zip(RESOLVERS6, SERVERS6 + SERVERS6):
                self.assertEqual(self.asked(resolver, kind), f"outside {server}")
        self.assertEqual(self.wire.connect(RESOLVERS6[0], PORT), "reset")
        files.name(SERVERS[0], SERVERS6[1])
        wait_until(lambda: self.asked(RESOLVERS6[0]) == f"outside {SERVERS6[1]}", "not followed")
        self.assertEqual(self.asked(RESOLVERS[2]), f"outside {SERVERS[0]}")

    def test_link_local(self):
        """a name server that is valid on one link only is reported, or passed over"""
        files.name("fe80::1%front")
        self.assert_no_names("fe80::1", "one link only")
        files.name("fe80::1%front", SERVERS[1])
        wait_until(lambda: self.asked(RESOLVERS[0]) == f"outside {SERVERS[1]}", "not followed")
        self.assertEqual(self.notice(), "-")

    def test_dead_server(self):
        """a server that does not answer keeps its place, and the others answer"""
        files.name("198.51.100.9", SERVERS[1])
        self.start()
        self.assertEqual(self.wire.ask(RESOLVERS[0], 53, seconds=0.5), "silence")
        self.assertEqual(self.asked(RESOLVERS[1]), f"outside {SERVERS[1]}")
        self.assertEqual(self.asked(RESOLVERS[1], "tcp"), f"outside {SERVERS[1]}")

    def test_upstream(self):
        """the servers of systemd-resolved are used instead, also when it gets them later"""
        files.name("127.0.0.53")
        self.assertIn("127.0.0.53", self.start())
        RESOLVED.parent.mkdir(parents=True)
        new = RESOLVED.with_name("new")
        new.write_text(f"nameserver {SERVERS[1]}\n")
        new.rename(RESOLVED)
        wait_until(lambda: self.asked(RESOLVERS[0]) == f"outside {SERVERS[1]}", "not followed")
        self.assertEqual(self.notice(), "-")

    def test_server_becomes_local(self):
        """a server whose address the host gets is not asked any more"""
        files.name(LATE, SERVERS[1])
        self.start()
        self.assertEqual(self.asked(RESOLVERS[0]), f"outside {LATE}")
        ip("addr", "add", f"{LATE}/32", "dev", "lo")
        try:
            wait_until(lambda: self.asked(RESOLVERS[0]) == f"outside {SERVERS[1]}", "still asked")
        finally:
            ip("addr", "del", f"{LATE}/32", "dev", "lo")

    def test_unconnected(self):
        """without a route there is no network; the sandbox gets it when the host does"""
        world.disconnect()
        try:
            self.assertIn("no network now", self.start())
            self.assertNotIn("outside", self.wire.connect(SERVERS[0], PORT))
        finally:
            world.connect()
        wait_until(lambda: "outside" in self.wire.connect(SERVERS[0], PORT), "not connected")
        self.assertEqual(self.notice(), "-")


class Ends(NetworkTest):
    def test_killed(self):
        """when one of its processes is killed, all end, and that is reported"""
        for name in "pasta", "glovebox-network-guard", "passt":
            with self.subTest(name):
                self.start()
                self.assert_connected()
                os.kill(self.process(name), signal.SIGKILL)
                self.helper.await_line("ended")
                wait_until(lambda: all(HELPER in line for line in self.processes().values()),
                           f"some are left: {self.processes()}")
                self.helper.end()
                self.wire.close()

    def test_killed_holder(self):
        """when the front-end is killed, all end"""
        self.start()
        self.assert_connected()
        os.kill(self.process("network-helper"), signal.SIGKILL)
        self.assert_nothing_left()

    def test_guest_gone(self):
        """when the emulator closes the socket, all end"""
        self.start()
        self.wire.close()
        self.helper.await_line("ended")

    def assert_no_network(self, script, *words):
        folder = base / "programs"
        folder.mkdir(exist_ok=True)
        program = folder / "glovebox-network-guard"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        said = self.start(GLOVEBOX_PROGRAM_PATH=str(folder))
        self.assertTrue(said.startswith("failed"), said)
        for word in words:
            self.assertIn(word, said)
        self.assertFalse((self.folder / "net.sock").exists())

    def test_no_filter(self):
        """without the packet filter there is no network"""
        guard = shutil.which("glovebox-network-guard", path=os.environ["GLOVEBOX_PROGRAM_PATH"])
        self.assert_no_network(f'exec setpriv --bounding-set -net_admin "{guard}" "$@"',
                               "packet filter", "could not be set up")

    def test_no_guard(self):
        """nor if the guard does not work at all"""
        self.assert_no_network("exit 1", "could not be set up")

    def test_confinement(self):
        """passt and pasta have their own seccomp filter, and no files"""
        self.start()
        self.assert_connected()
        for name in "pasta", "passt":
            pid = self.process(name)
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            self.assertIn("Seccomp:\t2", status)
            self.assertEqual(os.listdir(f"/proc/{pid}/root"), [], name)
        # The filter belongs to the guard's user namespace, and passt is in one below.
        guard, passt = self.process("glovebox-network-guard"), self.process("passt")
        self.assertNotEqual(os.readlink(f"/proc/{guard}/ns/user"),
                            os.readlink(f"/proc/{passt}/ns/user"))
        self.assertEqual(os.readlink(f"/proc/{guard}/ns/net"), os.readlink(f"/proc/{passt}/ns/net"))
        self.assertIn("NoNewPrivs:\t1", pathlib.Path(
            f"/proc/{self.process('glovebox-network-guard')}/status").read_text())


if __name__ == "__main__":
    network.enter_namespace()
    tap.main()

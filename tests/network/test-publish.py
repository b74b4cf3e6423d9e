#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Published ports: what comes in through them, what does not, and what an error leaves."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]

import network  # noqa: E402
import tap  # noqa: E402
from network import HELPER, GuestTest, NetworkTest  # noqa: E402
from world import (FIRST, FIRST6, LOCAL, OUTSIDE, OUTSIDE6, PORT, RESOLVERS,  # noqa: E402
                   wait_until)

GATEWAY, GUEST = "10.0.2.2", "10.0.2.15"


def setUpModule():
    network.set_up()


def tearDownModule():
    network.tear_down()


def call(address, port, text=b"hello", seconds=20):
    """What a published port answers to a text."""
    with socket.create_connection((address, port), seconds) as connection:
        threading.Thread(target=lambda: (connection.sendall(text),
                                         connection.shutdown(socket.SHUT_WR))).start()
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


def call_again(*arguments):
    """The same as one who tries again: passt sends the first packet of a connection once, and
    gives the connection up after ten seconds if the guest was not ready for it."""
    for _ in range(3):
        with contextlib.suppress(ConnectionResetError):
            return call(*arguments)
    raise AssertionError(f"no connection to {arguments[:2]}")


def receive(caller, text):
    """The answer; passt may lose the first datagrams, so what was said is said again."""
    for _ in range(20):
        with contextlib.suppress(TimeoutError):
            return caller.recv(65536)
        caller.send(text)
    raise AssertionError("no answer")


def ask(address, port, text=b"hello", caller=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with caller or socket.socket(family, socket.SOCK_DGRAM) as own:
        own.settimeout(1)
        own.connect((address, port))
        own.send(text)
        return receive(own, text)


def is_free(address, port, kind=socket.SOCK_STREAM):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as probe, contextlib.suppress(OSError):
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))
        return True
    return False


class Published(GuestTest):
    def assert_echoes(self, prefix, much):
        """passt 2023-03-09 may stop after the first window of what a caller sends, and end the
        connection.  glovebox-run(1) says so; what comes back is right in any case."""
        for _ in range(2):
            answer = b""
            with contextlib.suppress(AssertionError):
                answer = call_again("127.0.0.1", 8081, much)
            self.assertTrue((prefix + much).startswith(answer), "other bytes come back")
            if answer == prefix + much:
                return
            print(f"# passt ended a connection after {len(answer)} bytes", flush=True)
        self.skipTest("this passt stops after the first window of a big upload, a known fault")

    def test_publish_tcp(self):
        """a published port is reached at its address alone, and bytes go both ways"""
        self.start_guest(f"publish=8081:80,[::1]:8081:80,{FIRST}:8082:80,127.0.0.2:8081:90")
        self.guest_serves(80, 90)
        for address, port in ("127.0.0.1", 8081), ("::1", 8081), (FIRST, 8082), ("127.0.0.2", 8081):
            self.assertEqual(call_again(address, port), f"{GATEWAY} hello".encode())
        for address, port in (FIRST, 8081), ("127.0.0.1", 8082), (FIRST6, 8081), ("127.0.0.1", 80):
            with self.assertRaises(ConnectionRefusedError):
                call(address, port)
        self.assert_echoes(f"{GATEWAY} ".encode(), os.urandom(1 << 20))

    def test_publish_udp(self):
        """datagrams come back to each caller, from the address that was called"""
        self.start_guest("publish=0.0.0.0:5300:53/udp,[::]:5300:53/udp")
        self.guest_serves(53)
        callers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(5)]
        for number, caller in enumerate(callers):
            caller.settimeout(1)
            # A connected socket takes answers from that address alone.
            caller.connect((FIRST if number % 2 else "127.0.0.1", 5300))
            caller.send(b"%d" % number)
        for number, caller in enumerate(callers):
            self.assertEqual(receive(caller, b"%d" % number), f"{GATEWAY} {number}".encode())
            caller.close()
        self.assertEqual(ask("::1", 5300), f"{GATEWAY} hello".encode())
        self.assertEqual(ask(FIRST6, 5300, b"x" * 1400)[-1400:], b"x" * 1400)
        # TCP was not published.
        with self.assertRaises(ConnectionRefusedError):
            call("127.0.0.1", 5300)

    def test_publish_open(self):
        """a port at all addresses is reached by other computers"""
        self.start_guest("publish=0.0.0.0:8081:80,[::]:8081:80")
        self.guest_serves(80)
        for address in FIRST, FIRST6:
            said = network.world.run_outside(
                "import socket, sys; c = socket.create_connection((sys.argv[1], 8081), 10);"
                "c.sendall(b'out'); c.shutdown(1); print(c.recv(99).decode())", address)
            self.assertEqual(said.strip(), f"{GATEWAY} out")

    def test_publish_nobody(self):
        """where nobody listens inside, the caller is told so at once"""
        self.start_guest("publish=8081:80")
        with self.assertRaises(ConnectionError):
            call("127.0.0.1", 8081)

    def test_publish_many(self):
        """hundreds of connections at once, some of which break"""
        self.start_guest("publish=8081:80")
        self.guest_serves(80)
        held = [socket.create_connection(("127.0.0.1", 8081), 20) for _ in range(200)]
        for each in held:
            each.sendall(b"one")
        for each in held[::2]:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            each.close()
        for each in held[1::2]:
            each.shutdown(socket.SHUT_WR)
            self.assertEqual(each.recv(99), f"{GATEWAY} one".encode())
            each.close()
        self.assertEqual(call_again("127.0.0.1", 8081), f"{GATEWAY} hello".encode())

    def test_publish_no_way_out(self):
        """with published ports, a guest reaches no more of the host than without"""
        self.start("publish=8081:80,5300:53/udp")
        for address in [*LOCAL, GATEWAY]:
            for port in 80, 53, 8081, PORT:
                with self.subTest(f"{address} {port}"):
                    self.assertEqual(self.wire.connect(address, port), "reset")
                    self.wire.send_datagram(address, port, source=53)
        self.assert_connected()
        self.assertEqual(network.world.near.reached(), [])


class Only(GuestTest):
    """The mode that lets nothing but answers out."""

    def test_only_answers(self):
        """published ports answer, and the guest reaches nobody, by no protocol"""
        self.assertEqual(self.start_guest("publish=8081:80,5300:53/udp", "only-published"),
                         "started -")
        self.guest_serves(80, 53)
        for address in OUTSIDE, FIRST, GATEWAY, RESOLVERS[0]:
            with self.subTest(address):
                self.assertIn("error", self.ask_guest(f"connect {address} 53"))
                self.assertIn("error", self.ask_guest(f"datagram {address} 53"))
        self.assertNotEqual(self.ask_guest(f"ping {OUTSIDE}"), "0")
        self.assertEqual(call_again("127.0.0.1", 8081), f"{GATEWAY} hello".encode())
        self.assertEqual(ask("127.0.0.1", 5300), f"{GATEWAY} hello".encode())
        self.assertEqual(network.world.near.reached() + network.world.far.reached(), [])

    def test_only_frames(self):
        """nor with frames of any kind"""
        self.start("publish=5300:53/udp,8081:80", "only-published")
        for address in OUTSIDE, OUTSIDE6, *LOCAL, *RESOLVERS, "255.255.255.255", "224.0.0.251":
            for port in PORT, 53:
                self.wire.send_datagram(address, port, source=53 if ":" not in address else None)
                self.assertIn(self.wire.connect(address, port, 0.3), ("reset", "silence"))
        self.assertFalse(self.wire.ping(OUTSIDE, 0.3))
        self.assertEqual(network.world.near.reached() + network.world.far.reached(), [])


class Refused(NetworkTest):
    def assert_refused(self, publish, *words):
        said = self.start_helper(f"publish={publish}")
        self.assertTrue(said.startswith("failed"), said)
        for word in words:
            self.assertIn(word, said)
        self.helper.end()
        self.assert_nothing_left()
        self.assertEqual(os.listdir(self.folder), [])

    def test_refused_occupied(self):
        """an occupied port: one sentence, and the others are free again"""
        with socket.create_server(("127.0.0.1", 8081)):
            self.assert_refused("8083:80,8081:80", "127.0.0.1:8081", "another program")
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as occupied:
            occupied.bind(("::1", 5300))
            self.assert_refused("[::1]:5300:53/udp", "[::1]:5300", "another program")
        self.assertTrue(is_free("127.0.0.1", 8083))

    def test_refused_second(self):
        """a second sandbox does not get the port of the first, by TCP or UDP"""
        first = network.base / "first"
        first.mkdir(exist_ok=True)
        first.chmod(0o777)
        helper = network.Lines("unshare", "--user", "--map-user=1000", "--map-group=1000", HELPER,
                               first / "net.sock", "publish=8081:80,5300:53/udp")
        try:
            helper.await_line("started")
            self.assert_refused("8081:80", "127.0.0.1:8081")
            self.assert_refused("5300:53/udp", "127.0.0.1:5300")
        finally:
            helper.end()

    def test_refused_rights(self):
        """a port that only root may use, and an address that the host does not have"""
        self.assert_refused("80:80", "127.0.0.1:80", "only root", "1024")
        self.assert_refused("203.0.113.99:8081:80", "203.0.113.99:8081", "does not have")
        self.assert_refused("[2001:db8:99::9]:8081:80", "[2001:db8:99::9]:8081", "does not have")
        self.assert_refused("[fe80::1]:8081:80", "does not have")

    def test_refused_words(self):
        """what is not a list of ports"""
        self.assert_refused("8081", "8081", "PORT:PORT")


class Ends(GuestTest):
    def assert_free(self):
        self.assertTrue(is_free("127.0.0.1", 8081))
        self.assertTrue(is_free("127.0.0.1", 5300, socket.SOCK_DGRAM))

    def test_end_free(self):
        """the ports are free as soon as the helper has ended"""
        self.start_guest("publish=8081:80,5300:53/udp")
        self.guest_serves(80)
        self.assertEqual(call_again("127.0.0.1", 8081), f"{GATEWAY} hello".encode())
        self.assertFalse(is_free("127.0.0.1", 8081))
        self.helper.end()
        self.assert_free()

    def test_end_killed(self):
        """they are free when any of the processes was killed, or the front-end"""
        for name in "network-helper", "pasta", "glovebox-network-guard", "passt":
            with self.subTest(name):
                self.start("publish=8081:80,5300:53/udp")
                self.assert_connected()
                self.assertFalse(is_free("127.0.0.1", 8081))
                os.kill(self.process(name), signal.SIGKILL)
                wait_until(lambda: is_free("127.0.0.1", 8081)
                           and is_free("127.0.0.1", 5300, socket.SOCK_DGRAM), "not free")
                self.helper.end()
                self.wire.close()
                self.assert_nothing_left()

    def test_end_relay(self):
        """when the relay is killed, all end, and that is reported"""
        self.start("publish=8081:80")
        os.kill(self.relay(), signal.SIGKILL)
        self.helper.await_line("ended")
        self.assert_free()

    def relay(self):
        """The guard's copy: it has its name, and is not the first process of its namespace."""
        def find():
            return [pid for pid, line in self.processes().items()
                    if "network-guard" in line.split()[0]
                    and "NSpid" in (status := pathlib.Path(f"/proc/{pid}/status").read_text())
                    and status.split("NSpid:")[1].splitlines()[0].split()[-1] != "1"
                    and "Seccomp:\t2" in status]
        wait_until(find, "there is no relay")
        return find()[0]

    def test_relay_confined(self):
        """the relay has no rights, few system calls, and only its sockets"""
        self.start("publish=8081:80,5300:53/udp")
        pid = self.relay()
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        for line in "NoNewPrivs:\t1", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000":
            self.assertIn(line, status)
        names = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        kinds = sorted(name.split(":")[0].rsplit("/", 1)[-1] for name in names)
        self.assertEqual(kinds, ["anon_inode", "network.log", "null", "pipe", "socket", "socket"])


if __name__ == "__main__":
    network.enter_namespace()
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with a real kernel, in a network namespace of its own: a tap device whose frames go
to passt's socket, as the emulator sends them.

    guest.py SOCKET
    guest.py PORT        only serves

Lines of input, each answered by one line that begins with the same word:

    serve PORT           answers at it, by TCP and UDP: who called, and what was said
    connect ADDRESS PORT
    datagram ADDRESS PORT
    ping ADDRESS
    rate ADDRESS PORT SECONDS DIRECTION
                         bytes that arrive in each second of "upload" or "download"

Who serves a "sink" tells what arrived there in each second: "sunk N N N".
"""

import contextlib
import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading
import time

TUNSETIFF = 0x400454ca
IFF_TAP, IFF_NO_PI = 2, 0x1000
FLOOD = b"x" * 16384


def pump_out(tap, wire):
    while True:
        frame = os.read(tap, 65600)
        wire.sendall(struct.pack("!I", len(frame)) + frame)


def pump_in(tap, wire):
    stream = wire.makefile("rb", buffering=1 << 18)
    while head := stream.read(4):
        os.write(tap, stream.read(struct.unpack("!I", head)[0]))
    print("gone", flush=True)


def make_tap(wire):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"net", IFF_TAP | IFF_NO_PI))
    for words in ("link set lo up", "link set net address 52:54:00:12:34:56 up",
                  "addr add 10.0.2.15/24 dev net", "route add default via 10.0.2.2"):
        subprocess.run(["ip", *words.split()], check=True)
    for pump in pump_out, pump_in:
        threading.Thread(target=pump, args=(tap, wire), daemon=True).start()


# -------------------------------------------------------------------- serving --

def count(connection, seconds):
    """The bytes that arrive in each second."""
    begin, counts = time.monotonic(), [0] * seconds
    connection.settimeout(seconds)
    while (at := time.monotonic() - begin) < seconds:
        try:
            arrived = connection.recv(65536)
        except TimeoutError:
            break
        if not arrived:
            break
        counts[int(at)] += len(arrived)
    return " ".join(map(str, counts))


def flood(connection, seconds):
    deadline = time.monotonic() + seconds
    connection.settimeout(1)
    while time.monotonic() < deadline:
        try:
            connection.send(FLOOD)
        except TimeoutError:
            pass
        except OSError:
            break


def call(address, port, seconds, direction):
    """What arrives here; an upload arrives there."""
    with socket.create_connection((address, int(port)), 20) as connection:
        if direction == "upload":
            connection.sendall(f"sink {seconds}\n".encode())
            flood(connection, int(seconds) + 1)
            return "-"
        connection.sendall(f"flood {seconds}\n".encode())
        return count(connection, int(seconds))


def answer(connection, source):
    with connection, contextlib.suppress(ConnectionError):
        said = connection.recv(65536)
        seconds = int(said.split()[1]) if said.startswith((b"flood ", b"sink ")) else 0
        if said.startswith(b"flood "):
            flood(connection, seconds + 1)
        elif said.startswith(b"sink "):
            print("sunk", count(connection, seconds), flush=True)
        else:
            while data := connection.recv(65536):
                said += data
            connection.sendall(f"{source} ".encode() + said)


def serve_tcp(listener):
    while True:
        connection, (source, _) = listener.accept()
        threading.Thread(target=answer, args=(connection, source), daemon=True).start()


def serve_udp(server):
    while True:
        said, source = server.recvfrom(65536)
        server.sendto(f"{source[0]} ".encode() + said, source)


def serve(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("", int(port)))
    listener = socket.create_server(("", int(port)), backlog=256)
    threading.Thread(target=serve_tcp, args=(listener,), daemon=True).start()
    threading.Thread(target=serve_udp, args=(server,), daemon=True).start()
    return "ok"


# -------------------------------------------------------------------- calling --

def connect(address, port):
    try:
        # To a refusal, this passt gives no answer that a kernel believes.
        with socket.create_connection((address, int(port)), 1) as connection:
            return connection.recv(200).decode() or "closed"
    except OSError as error:
        return f"error {error}"


def datagram(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.settimeout(1)
        caller.sendto(b"hello", (address, int(port)))
        try:
            return caller.recv(2000).decode()
        except OSError as error:
            return f"error {error}"


def ping(address):
    return str(subprocess.run(["ping", "-c", "1", "-W", "1", address], check=False,
                              stdout=subprocess.DEVNULL).returncode)


def rate(address, port, seconds, direction):
    return call(address, port, seconds, direction)


def main():
    if sys.argv[1].isdigit():
        # Only to be called.
        print("serve", serve(sys.argv[1]), flush=True)
        sys.stdin.read()
        return
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(sys.argv[1])
    make_tap(wire)
    print("ready", flush=True)
    verbs = {each.__name__: each for each in (serve, connect, datagram, ping, rate)}
    for line in sys.stdin:
        verb, *words = line.split()
        print(verb, verbs[verb](*words), flush=True)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest's end of passt's socket: frames as QEMU would send them, of any content."""

import itertools
import socket
import struct
import time

GUEST = "10.0.2.15"
GUEST_MAC = bytes.fromhex("525400123456")
HEAD = b"\xff" * 6 + GUEST_MAC + b"\x08\x00"
GUEST6 = "fd67:6c6f:7665:1::15"
HEAD6 = HEAD[:12] + b"\x86\xdd"
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
FIN, SYN, RST, ACK = 1, 2, 4, 16


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(protocol, target, payload, source=GUEST):
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    if protocol != ICMP:
        at = 16 if protocol == TCP else 6
        pseudo = addresses + struct.pack("!BBH", 0, protocol, len(payload))
        payload = (payload[:at] + struct.pack("!H", checksum(pseudo + payload) or 0xffff)
                   + payload[at + 2:])
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0) + addresses
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def packet6(protocol, target, payload, source=GUEST6):
    addresses = (socket.inet_pton(socket.AF_INET6, source)
                 + socket.inet_pton(socket.AF_INET6, target))
    at = {TCP: 16, UDP: 6, ICMP6: 2}[protocol]
    pseudo = addresses + struct.pack("!IHBB", len(payload), 0, 0, protocol)
    payload = (payload[:at] + struct.pack("!H", checksum(pseudo + payload) or 0xffff)
               + payload[at + 2:])
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + addresses + payload


def frame(protocol, target, payload):
    if ":" in target:
        return HEAD6 + packet6(protocol, target, payload)
    return HEAD + packet(protocol, target, payload)


class Wire:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.buffer = b""
        self.ports = itertools.count(20000)

    def close(self):
        self.socket.close()

    def send(self, frame):
        self.socket.sendall(struct.pack("!I", len(frame)) + frame)

    def packets(self, protocol, seconds):
        """(source, rest) of what arrives for the guest."""
        deadline = time.monotonic() + seconds
        while True:
            while len(self.buffer) >= 4:
                length = struct.unpack("!I", self.buffer[:4])[0]
                if len(self.buffer) < 4 + length:
                    break
                got, self.buffer = self.buffer[4:4 + length], self.buffer[4 + length:]
                head = (got[14] & 15) * 4 if len(got) > 34 else 0
                if got[12:14] == b"\x86\xdd" and len(got) > 54 and got[20] == protocol:
                    yield (socket.inet_ntop(socket.AF_INET6, got[22:38]),
                           got[54:54 + struct.unpack("!H", got[18:20])[0]])
                if got[12:14] == b"\x08\x00" and got[23] == protocol:
                    yield (socket.inet_ntoa(got[26:30]),
                           got[14 + head:14 + struct.unpack("!H", got[16:18])[0]])
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return
            if not data:
                raise ConnectionError("passt has gone")
            self.buffer += data

    # ------------------------------------------------------------ protocols --

    def _segment(self, target, port, source, sequence, acknowledged, flags):
        self.send(frame(TCP, target, struct.pack(
            "!HHIIBBHHH", source, port, sequence, acknowledged, 5 << 4, flags, 65535, 0, 0)))

    def connect(self, target, port, seconds=2):
        """What the listener says, or "reset" or "silence"."""
        source, data = next(self.ports), {}
        self._segment(target, port, source, 1000, 0, SYN)
        expected = None
        for address, segment in self.packets(TCP, seconds):
            to_port, sequence, flags = (*struct.unpack("!2xHI", segment[:8]), segment[13])
            if address != target or to_port != source:
                continue
            if flags & RST:
                return "reset"
            if flags & SYN:
                expected = sequence + 1
                self._segment(target, port, source, 1001, expected, ACK)
                continue
            payload = segment[(segment[12] >> 4) * 4:]
            if payload and expected is not None:
                data[sequence - expected] = payload
            if flags & FIN:
                self._segment(target, port, source, 1001, sequence + len(payload) + 1, RST | ACK)
                break
            if payload:
                self._segment(target, port, source, 1001, sequence + len(payload), ACK)
        text = b"".join(data[at] for at in sorted(data)).decode()
        return text or ("silence" if expected is None else "connected")

    def send_datagram(self, target, port, source=None, text=b"hello"):
        source = source or next(self.ports)
        self.send(frame(UDP, target, struct.pack("!HHHH", source, port, 8 + len(text), 0) + text))
        return source

    def ask(self, target, port, source=None, seconds=2):
        """The answer to a datagram, or "silence"."""
        source = self.send_datagram(target, port, source)
        for address, datagram in self.packets(UDP, seconds):
            if address == target and struct.unpack("!HH", datagram[:4]) == (port, source):
                return datagram[8:].decode()
        return "silence"

    def ping(self, target, seconds=2):
        """Whether an echo request is answered."""
        kind, request, reply = (ICMP6, 128, 129) if ":" in target else (ICMP, 8, 0)
        body = struct.pack("!BBHHH", request, 0, 0, next(self.ports), 1) + b"ping"
        if kind == ICMP:
            body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        self.send(frame(kind, target, body))
        return any(address == target and message[0] == reply
                   for address, message in self.packets(kind, seconds))

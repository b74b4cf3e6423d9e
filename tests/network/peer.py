#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody who listens at a port of all addresses, of IPv4 and IPv6, by TCP and UDP.

Whoever comes is told who was reached, at which address, and from which port; at port
53 at length.  The same goes to standard output, a line for each.  A line of standard input
comes back there.
"""

import contextlib
import socket
import struct
import sys
import threading

NAME = sys.argv[1]
# What a name server may answer by UDP where EDNS was agreed on, and by TCP.
LENGTHS = {("udp", 53): 900, ("tcp", 53): 3000}
IP_PKTINFO = 8


def answer(kind, port, address, source):
    text = f"{NAME} {address} {source}"
    print(kind, port, address, source, flush=True)
    return text.ljust(LENGTHS.get((kind, port), 0), ".").encode()


def serve_tcp(listener, port):
    while True:
        connection, source = listener.accept()
        with connection:
            connection.sendall(answer("tcp", port, connection.getsockname()[0], source[1]))


def serve_udp(listener, port):
    while True:
        _, ancillary, _, source = listener.recvmsg(2048, 256)
        info = next(data for _, kind, data in ancillary if kind == IP_PKTINFO)
        address = socket.inet_ntoa(info[8:12])
        reply = answer("udp", port, address, source[1])
        local = struct.pack("=I4s4s", 0, socket.inet_aton(address), b"\0" * 4)
        try:
            listener.sendmsg([reply], [(socket.IPPROTO_IP, IP_PKTINFO, local)], 0, source)
        except OSError:
            pass


def serve_udp6(listener, port):
    while True:
        _, ancillary, _, source = listener.recvmsg(2048, 256)
        info = next(data for _, kind, data in ancillary if kind == socket.IPV6_PKTINFO)
        address = socket.inet_ntop(socket.AF_INET6, info[:16])
        reply = answer("udp", port, address, source[1])
        with contextlib.suppress(OSError):
            listener.sendmsg([reply], [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, info[:20])], 0,
                             source)


def listen6(port):
    tcp = socket.create_server(("::", port), family=socket.AF_INET6)
    threading.Thread(target=serve_tcp, args=(tcp, port), daemon=True).start()
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    udp.bind(("::", port))
    threading.Thread(target=serve_udp6, args=(udp, port), daemon=True).start()


def main():
    for port in map(int, sys.argv[2:]):
        listen6(port)
        tcp = socket.create_server(("", port))
        threading.Thread(target=serve_tcp, args=(tcp, port), daemon=True).start()
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        udp.bind(("", port))
        # As services that are found by multicast do; where there is no route it fails.
        with contextlib.suppress(OSError):
            udp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                           socket.inet_aton("224.0.0.251") + socket.inet_aton("0.0.0.0"))
        threading.Thread(target=serve_udp, args=(udp, port), daemon=True).start()
    print("ready", flush=True)
    # Who asks has then read all that was told before.
    for line in sys.stdin:
        print(line, end="", flush=True)


main()

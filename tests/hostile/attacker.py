# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes system calls for a test, in the place of an application: one per line of its input, as
JSON: [name or number, arguments…].  Text is passed as the address of its bytes, {"size": N} as
that of a buffer.  A line of output has the result or -errno, and what is in the buffers then.

"exec:…" runs Python instead, and answers with what it has left in "answer".
"""

import ctypes
import json
import mmap
import os
import re
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
numbers = json.loads(os.environ["NUMBERS"])


def make_call(name, *arguments):
    buffers, values = [], []
    for argument in arguments:
        if isinstance(argument, str):
            argument = ctypes.create_string_buffer(argument.encode("latin-1") + b"\0")
        elif isinstance(argument, dict):
            argument = ctypes.create_string_buffer(argument["size"])
            buffers.append(argument)
        else:
            argument = ctypes.c_long(argument)
        values.append(argument)
    ctypes.set_errno(0)
    result = libc.syscall(numbers.get(name, name), *values)
    return (-ctypes.get_errno() if result == -1 else result), [b.raw.hex() for b in buffers]


def make_32_bit_call(number, *arguments):
    """By "int 0x80": a program may mix both kinds.  Arguments are numbers."""
    code = bytes.fromhex("53 89f8 89f3 89d1 89ca 31d2 cd80 5b c3".replace(" ", ""))
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int)(
        ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    return function(number, *(list(arguments) + [0, 0])[:2])


for line in sys.stdin:
    name, *arguments = json.loads(line)
    if isinstance(name, str) and name.startswith("exec:"):
        scope = {"os": os, "re": re, "signal": signal, "ctypes": ctypes, "answer": None,
                 "call32": make_32_bit_call}
        exec(name.removeprefix("exec:"), scope)  # pylint: disable=exec-used
        print(json.dumps(scope["answer"]), flush=True)
    else:
        print(json.dumps(make_call(name, *arguments)), flush=True)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keys by X's numbers, as from a keyboard.  xdotool would change the keymap's group for them."""

import ctypes
import os
import time


class Keys:
    """A connection to an X server with the extension XTEST."""

    def __init__(self, environment):
        # The authority is read when the connection is made.
        before = os.environ.get("XAUTHORITY")
        self.x = ctypes.CDLL("libX11.so.6")
        self.test = ctypes.CDLL("libXtst.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XOpenDisplay.argtypes = [ctypes.c_char_p]
        self.x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.x.XCloseDisplay.argtypes = [ctypes.c_void_p]
        self.test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int,
                                                ctypes.c_ulong]
        os.environ["XAUTHORITY"] = environment["XAUTHORITY"]
        try:
            self.display = self.x.XOpenDisplay(environment["DISPLAY"].encode())
        finally:
            if before is None:
                del os.environ["XAUTHORITY"]
            else:
                os.environ["XAUTHORITY"] = before
        if not self.display:
            raise RuntimeError("the X server cannot be reached")

    def close(self):
        self.x.XCloseDisplay(self.display)

    def _send(self, code, pressed):
        self.test.XTestFakeKeyEvent(self.display, code, pressed, 0)
        self.x.XSync(self.display, 0)

    def type(self, *keys, delay=0.012):
        """Each is a number, or several that are down together, as "50+24"."""
        for key in keys:
            codes = [int(code) for code in str(key).split("+")]
            for code in codes:
                self._send(code, 1)
                time.sleep(delay)
            for code in reversed(codes):
                self._send(code, 0)
                time.sleep(delay)

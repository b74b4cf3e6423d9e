# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keys by X's numbers, as from a keyboard, and how the pointer looks.  xdotool would change the keymap's group for them."""

import ctypes
import os
import time


class CursorImage(ctypes.Structure):
    """XFixesCursorImage"""
    _fields_ = [("x", ctypes.c_short), ("y", ctypes.c_short), ("width", ctypes.c_ushort),
                ("height", ctypes.c_ushort), ("xhot", ctypes.c_ushort), ("yhot", ctypes.c_ushort),
                ("serial", ctypes.c_ulong), ("pixels", ctypes.POINTER(ctypes.c_ulong)),
                ("atom", ctypes.c_ulong), ("name", ctypes.c_char_p)]


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
        self.fixes = ctypes.CDLL("libXfixes.so.3")
        self.fixes.XFixesGetCursorImage.argtypes = [ctypes.c_void_p]
        self.fixes.XFixesGetCursorImage.restype = ctypes.POINTER(CursorImage)
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

    def pointer_is_seen(self):
        """Whether the pointer has a pixel, wherever it is now."""
        image = self.fixes.XFixesGetCursorImage(self.display)
        count = image.contents.width * image.contents.height
        seen = any(image.contents.pixels[i] >> 24 & 0xff for i in range(count))
        self.x.XFree(image)
        return seen

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

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures to look at: PNG files of the sandbox's screen, and X screens.

Only the standard library, so that what judges a picture is not the library
that drew it.
"""

import struct
import zlib


class Picture:
    """RGB pixels, three bytes each."""

    def __init__(self, width, height, pixels):
        self.width = width
        self.height = height
        self.pixels = pixels

    def at(self, x, y):
        offset = 3 * (y * self.width + x)
        return tuple(self.pixels[offset:offset + 3])

    def crop(self, x, y, width, height):
        rows = [self.pixels[3 * (line * self.width + x):3 * (line * self.width + x + width)]
                for line in range(y, y + height)]
        return Picture(width, height, b"".join(rows))

    def colours(self):
        """How many pixels there are of each colour."""
        counts = {}
        for offset in range(0, len(self.pixels), 3):
            colour = self.pixels[offset:offset + 3]
            counts[colour] = counts.get(colour, 0) + 1
        return {tuple(colour): count for colour, count in counts.items()}

    def share_of(self, colour, tolerance=12):
        """The part of the picture, 0 to 1, that is of about that colour."""
        near = sum(count for found, count in self.colours().items()
                   if all(abs(a - b) <= tolerance for a, b in zip(found, colour)))
        return near / (self.width * self.height)

    def box_of(self, colour, tolerance=12):
        """The smallest box around what is of that colour: x, y, width, height; or None."""
        left, top, right, bottom = self.width, self.height, -1, -1
        near = {found for found in self.colours()
                if all(abs(a - b) <= tolerance for a, b in zip(found, colour))}
        if not near:
            return None
        for y in range(self.height):
            row = self.pixels[3 * y * self.width:3 * (y + 1) * self.width]
            for x in range(self.width):
                if tuple(row[3 * x:3 * x + 3]) in near:
                    left, right = min(left, x), max(right, x)
                    top, bottom = min(top, y), max(bottom, y)
        return left, top, right - left + 1, bottom - top + 1

    # ----------------------------------------------------------- files --

    @classmethod
    def from_png(cls, data):
        if data[:8] != b"\x89PNG\r\n\x1a\n":
            raise ValueError("not a PNG file")
        position, compressed, header = 8, b"", None
        while position < len(data):
            length, kind = struct.unpack_from(">I4s", data, position)
            body = data[position + 8:position + 8 + length]
            position += 12 + length
            if kind == b"IHDR":
                header = struct.unpack(">IIBBBBB", body)
            elif kind == b"IDAT":
                compressed += body
        width, height, depth, colour_type, _, _, interlace = header
        channels = {0: 1, 2: 3, 6: 4}[colour_type]
        if depth != 8 or interlace:
            raise ValueError("only plain PNG files of 8 bits are read")
        raw = _unfilter(zlib.decompress(compressed), width, height, channels)
        return cls(width, height, _to_rgb(raw, channels))

    def to_png(self):
        def chunk(kind, body):
            return (struct.pack(">I", len(body)) + kind + body
                    + struct.pack(">I", zlib.crc32(kind + body)))

        stride = 3 * self.width
        rows = b"".join(b"\0" + self.pixels[y * stride:(y + 1) * stride] for y in range(self.height))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

    @classmethod
    def from_xwd(cls, data):
        """An X window dump, with three or four bytes a pixel, blue first."""
        header = struct.unpack_from(">25I", data)
        size, width, height, bits, stride, n_colours = (header[0], header[4], header[5], header[11],
                                                        header[12], header[19])
        step = bits // 8
        if step not in (3, 4):
            raise ValueError("only dumps of three or four bytes a pixel are read")
        start = size + 12 * n_colours
        rows = []
        for y in range(height):
            row = data[start + y * stride:start + y * stride + step * width]
            rgb = bytearray(3 * width)
            rgb[0::3], rgb[1::3], rgb[2::3] = row[2::step], row[1::step], row[0::step]
            rows.append(bytes(rgb))
        return cls(width, height, b"".join(rows))

    @classmethod
    def of_regions(cls, width, height, background, regions):
        """Rectangles (x, y, width, height, colour) on a background."""
        picture = bytearray(bytes(background) * (width * height))
        for x, y, w, h, colour in regions:
            for line in range(y, y + h):
                offset = 3 * (line * width + x)
                picture[offset:offset + 3 * w] = bytes(colour) * w
        return cls(width, height, bytes(picture))


def _to_rgb(raw, channels):
    if channels == 3:
        return bytes(raw)
    rgb = bytearray(len(raw) // channels * 3)
    for i in range(3):
        rgb[i::3] = raw[(0 if channels == 1 else i)::channels]
    return bytes(rgb)


def _unfilter(data, width, height, channels):
    stride = width * channels
    out = bytearray()
    above = bytearray(stride)
    for y in range(height):
        kind = data[y * (stride + 1)]
        row = bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        if kind == 1:
            for i in range(channels, stride):
                row[i] = (row[i] + row[i - channels]) & 255
        elif kind == 2:
            for i in range(stride):
                row[i] = (row[i] + above[i]) & 255
        elif kind == 3:
            for i in range(stride):
                left = row[i - channels] if i >= channels else 0
                row[i] = (row[i] + (left + above[i]) // 2) & 255
        elif kind == 4:
            for i in range(stride):
                left = row[i - channels] if i >= channels else 0
                corner = above[i - channels] if i >= channels else 0
                row[i] = (row[i] + _paeth(left, above[i], corner)) & 255
        out += row
        above = row
    return out


def _paeth(left, up, corner):
    guess = left + up - corner
    distances = abs(guess - left), abs(guess - up), abs(guess - corner)
    if distances[0] <= distances[1] and distances[0] <= distances[2]:
        return left
    return up if distances[1] <= distances[2] else corner

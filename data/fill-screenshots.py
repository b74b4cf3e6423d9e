#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""fill-screenshots.py ADDRESS INPUT OUTPUT: the entry of the software catalogue, with pictures.

A catalogue takes pictures from the web only.  Whoever publishes docs/ says where with the option
screenshots_url; without it the entry has none, rather than addresses at which there is nothing.
"""

import pathlib
import re
import sys

address, source, target = sys.argv[1:]
text = pathlib.Path(source).read_text(encoding="utf-8")
if address:
    text = text.replace("@screenshots_url@", address.rstrip("/"))
else:
    text = re.sub(r"[ \t]*<screenshots>.*?</screenshots>\n", "", text, flags=re.S)
pathlib.Path(target).write_text(text, encoding="utf-8")

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the table of limits in docs/tuning.md anew: update-tuning.py GLOVEBOX"""

import os
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent / "tuning.md"
BEGIN = "<!-- docs/update-tuning.py writes this table -->\n"
END = "<!-- end of the table -->\n"


def make_page(command):
    """The page as it has to be."""
    table = subprocess.run([command, "settings", "--table"], check=True, stdout=subprocess.PIPE,
                           text=True, encoding="utf-8",
                           env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    page = PAGE.read_text(encoding="utf-8")
    assert BEGIN in page and END in page
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: BEGIN + table + END, page,
                  flags=re.S)


if __name__ == "__main__":
    PAGE.write_text(make_page(sys.argv[1]), encoding="utf-8")

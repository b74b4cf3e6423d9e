#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts the table of settings into a manual page: fill-manual.py GLOVEBOX PAGE.in PAGE"""

import os
import subprocess
import sys

command, source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    page = file.read()
for mark, kind in (("@SETTINGS@", "settings"), ("@SHARES@", "shares")):
    table = subprocess.run([command, "settings", f"--mdoc={kind}"], check=True,
                           stdout=subprocess.PIPE, text=True, encoding="utf-8",
                           env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    assert mark in page and table
    page = page.replace(mark, table.rstrip("\n"))
with open(target, "w", encoding="utf-8") as file:
    file.write(page)

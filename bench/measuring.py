# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all rows are measured with."""

import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("GLOVEBOX_BENCH_BUILD", ROOT / "_build"))
GLOVEBOX = os.environ.get("GLOVEBOX", str(BUILD / "cli" / "glovebox"))


class Failure(Exception):
    pass


def timed(command, **options):
    """Seconds, and what it wrote."""
    begin = time.monotonic()
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                         check=False, **options)
    return time.monotonic() - begin, run


def succeed(command, **options):
    seconds, run = timed(command, **options)
    if run.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: {run.stderr.decode(errors='replace')}")
    return seconds, run.stdout

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every test program here starts with."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

import tap  # noqa: E402
from sandbox import BACKEND, PATIENCE, SECRET, SandboxTest, account, only, wait_until  # noqa: E402,F401

__all__ = ["tap", "BACKEND", "PATIENCE", "SECRET", "SandboxTest", "account", "only", "wait_until"]

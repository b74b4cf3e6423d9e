#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Adds up the results of several runs of "meson test".

Usage: summary.py FOLDER
       summary.py --failed FILE

FOLDER holds what "./dev test" left there: LABEL.json, meson's log of a run,
and LABEL.broken for a run that never came to one.  A test that speaks TAP
counts with each of its points, any other as one.  SUITE-again-TEST.json is of
failed points that ran once more: a point that passes then is told as unsteady.

With --failed it prints for each test of the one log "NAME ARGUMENT…": what has
to run once more, or nothing if too much failed for an accident.
"""

import json
import pathlib
import re
import sys

POINT = re.compile(r"^(ok|not ok)\b\s*\d*\s*-?\s*(.*?)\s*(?:#\s*(SKIP|TODO)\b\s*(.*))?$", re.I)
GOOD = {"OK", "EXPECTEDFAIL"}


# Of what a failed test said.
DETAIL_LINES = 40
# More failures of one suite are no accident.
AGAIN_MAX = 4
AGAIN = re.compile(r"^([\w-]+?)-again-")
ARGUMENT = re.compile(r"^# argument: (\S+)$", re.M)


class Totals:
    def __init__(self):
        self.passed = 0
        self.good = set()
        self.failed = []
        self.skipped = []
        self.details = []
        self.unsteady = []

    def add_point(self, name, match):
        verdict, text, directive, reason = match.groups()
        label = f"{name}: {text}" if text else name
        if directive and directive.upper() == "SKIP":
            self.skipped.append(f"{label}: {reason or 'no reason given'}")
        elif verdict.lower() == "ok" or directive:
            self.passed += 1
            self.good.add(label)
        else:
            self.failed.append(label)

    def add_test(self, label, test):
        name = f"{label}: {short_name(test)}"
        points = [m for m in map(POINT.match, (test.get("stdout") or "").splitlines()) if m]
        failed_before = len(self.failed)
        for match in points:
            self.add_point(name, match)
        self.add_details(name, test)
        if test["result"] == "SKIP" and not points:
            self.skipped.append(f"{name}: {skip_reason(test)}")
        elif test["result"] in GOOD:
            self.passed += not points
            self.good.add(name)
        elif test["result"] != "SKIP" and len(self.failed) == failed_before:
            # It crashed, took too long or said all was well and then failed.
            self.failed.append(f"{name} ({test['result'].lower()})")

    def add_details(self, name, test):
        """What each failed point said before it, or the last words of a test without points."""
        said, found = [], False
        for line in (test.get("stdout") or "").splitlines():
            match = POINT.match(line)
            if not match:
                said.append(line)
                continue
            if match[1].lower() != "ok" and not match[3]:
                self.details.append((f"{name}: {match[2]}", said))
                found = True
            said = []
        if test["result"] not in GOOD and test["result"] != "SKIP" and not found:
            self.details.append((name, said + (test.get("stderr") or "").splitlines()))

    def take_again(self, label, tests):
        """A second run of points: what passes in it was unsteady."""
        again = Totals()
        for test in tests:
            again.add_test(label, test)
        for name in list(self.failed):
            # A test without points is told with its result: "ui: window (timeout)".
            if name in again.good or re.sub(r" \(\w+\)$", "", name) in again.good:
                self.failed.remove(name)
                self.unsteady.append(name)
                self.passed += 1
        self.details += again.details

    def print_details(self):
        for name, lines in self.details:
            print(f"---- {name}")
            for line in lines[-DETAIL_LINES:]:
                print(f"  {line[:300]}")


def skip_reason(test):
    """TAP's "1..0 # SKIP reason", or the last thing a script said."""
    lines = ((test.get("stdout") or "") + (test.get("stderr") or "")).split("\n")
    for line in lines:
        plan = re.match(r"^1\.\.0\s*#\s*skip\w*\s*(.*)", line, re.I)
        if plan:
            return plan.group(1)
    return next((line for line in reversed(lines) if line.strip()), "no reason given")


def short_name(test):
    return test["name"].split(" / ")[-1]


def read(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def print_failed(log):
    bad = [test for test in read(log) if test["result"] not in GOOD | {"SKIP"}]
    arguments = [ARGUMENT.findall(test.get("stdout") or "") for test in bad]
    if sum(max(1, len(each)) for each in arguments) <= AGAIN_MAX:
        for test, each in zip(bad, arguments):
            print(short_name(test), *each)


def main():
    if sys.argv[1] == "--failed":
        print_failed(pathlib.Path(sys.argv[2]))
        return 0
    folder = pathlib.Path(sys.argv[1])
    totals = Totals()
    logs = sorted(folder.glob("*.json"), key=lambda log: (bool(AGAIN.match(log.stem)), log.stem))
    for log in logs:
        again = AGAIN.match(log.stem)
        if again:
            totals.take_again(again[1], read(log))
            continue
        for test in read(log):
            totals.add_test(log.stem, test)
    for broken in sorted(folder.glob("*.broken")):
        # A failing account run is told by its suites, unless it got to none.
        if broken.stem != "account" or not totals.failed:
            totals.failed.append(f"{broken.stem}: did not run to its end")
    if not totals.passed and not totals.failed:
        totals.failed.append("no test ran")

    totals.print_details()
    for reason in totals.skipped:
        print(f"skipped: {reason}")
    for name in totals.unsteady:
        print(f"unsteady: {name} (failed, and passed when it ran again alone)")
    for name in totals.failed:
        print(f"failed: {name}")
    line = f"{totals.passed} passed, {len(totals.failed)} failed"
    if totals.unsteady:
        line += f", {len(totals.unsteady)} unsteady"
    if totals.skipped:
        line += f", {len(totals.skipped)} skipped"
    print(line)
    return 1 if totals.failed else 0


if __name__ == "__main__":
    sys.exit(main())

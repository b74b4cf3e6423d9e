# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs unittest cases and reports them in TAP, each point as soon as it is known."""

import sys
import time
import traceback
import unittest


# Of one error: what differs may be 50 MB long.
DETAILS_MAX = 6000


class _Result(unittest.TestResult):
    def __init__(self, count):
        super().__init__()
        self.number = 0
        self.bad = False
        print("TAP version 13", f"1..{count}", sep="\n", flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        self.errors_here = []
        self.skip_reason = None

    # A test may fail more than once, in a part, in itself and in its clean-up;
    # it is one point all the same, told when it is over.
    def stopTest(self, test):
        self.number += 1
        good = not self.errors_here
        self.bad = self.bad or not good
        if not good:
            # With that argument the program runs this point alone.
            print("# argument:", ".".join(test.id().split(".")[-2:]))
        for error in self.errors_here:
            if len(error) > DETAILS_MAX:
                error = error[:DETAILS_MAX // 2] + "\n[…]\n" + error[-DETAILS_MAX // 2:]
            for line in error.splitlines():
                print("#", line)
        print(f"# {time.monotonic() - self.started:.1f} s")
        directive = f" # SKIP {self.skip_reason}" if good and self.skip_reason else ""
        text = test.shortDescription() or str(test)
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}{directive}", flush=True)
        super().stopTest(test)

    def addSkip(self, test, reason):
        self.skip_reason = reason

    def addFailure(self, test, err):
        error = "".join(traceback.format_exception(*err))
        if not hasattr(self, "errors_here"):
            # Setting up a class failed: none of its tests runs.
            print("Bail out!", error.replace("\n", " "), flush=True)
            self.bad = True
            return
        self.errors_here.append(error)

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.errors_here.append(f"{subtest.id()}\n"
                                    + "".join(traceback.format_exception(*err)))


def main(module="__main__"):
    """The points are the test methods of a module; arguments select by name."""
    missing = sys.modules["sandbox"].why_no_sandboxes() if "sandbox" in sys.modules else None
    if missing:
        print("TAP version 13", f"1..0 # SKIP {missing}", sep="\n", flush=True)
        return
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    cases = list(_flatten(suite))
    if len(sys.argv) > 1:
        cases = [case for case in cases if any(word in case.id() for word in sys.argv[1:])]
    result = _Result(len(cases))
    # A suite again, and not the bare cases: it knows when to set a class up.
    unittest.TestSuite(cases).run(result)
    sys.exit(1 if result.bad else 0)


def _flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flatten(item)
        else:
            yield item

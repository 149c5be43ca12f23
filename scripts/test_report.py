"""Turns the events of go test -json into go test's usual lines.

    go test -json ./... | test_report.py [--verbose] [--exceptions FILE [--complete]]
    test_report.py --skip-pattern FILE

At the end it names the tests that were skipped because Python's torch was not
there: go test itself is silent about them.

With a file of exceptions (test_exceptions.py says what is in it) the exit status is
this program's: 0 if no other tests fail than these, all of these fail, and none was
skipped for want of a device. --complete says that all tests of the packages ran, so
that an exception that did not is a mistake. A helper of test.sh.
"""

import argparse
import collections
import json
import sys

from test_exceptions import Exceptions

PARITY = "SKIPPED PARITY"
DEVICE = "SKIPPED DEVICE"


class Report:
    def __init__(self, verbose, exceptions):
        self.verbose = verbose
        self.exceptions = exceptions
        self.output = collections.defaultdict(list)  # of (package, test); test "" is the package's own
        self.skipped = collections.defaultdict(list)  # tests by (mark, package)
        self.packages = 0
        self.failed = False

    def add(self, event):
        action = event["Action"]
        key = event.get("Package", ""), event.get("Test", "")
        if action == "build-output":
            print(event["Output"], end="")
        elif action == "output":
            self.output[key].append(event["Output"])
            if self.verbose:
                print(event["Output"], end="", flush=True)
        elif action in ("pass", "fail", "skip"):
            self.end(action, *key)

    def end(self, action, package, test):
        lines = self.output.pop((package, test), [])
        for mark in PARITY, DEVICE:
            if action == "skip" and any(mark in line for line in lines):
                self.skipped[mark, package].append(test)
        unfinished = []
        if test:
            self.exceptions.add(action, package, test)
            known = action == "fail" and self.exceptions.expects(package, test)
        else:
            self.packages += 1
            unfinished = self.unfinished(package)
            known = action == "fail" and not unfinished and self.exceptions.expects_package(package)
        if self.verbose:
            pass
        elif known:
            if not test:
                print(f"ok  \t{package}\t(but for known failures)", flush=True)
        elif action == "fail":
            print("".join(unfinished + lines), end="", flush=True)
        elif not test:
            print("".join(line for line in lines if line.startswith(("ok ", "? "))), end="", flush=True)
        self.failed |= action == "fail" and not known

    def unfinished(self, package):
        """What the tests wrote that a crash or a time-out cut off."""
        tests = [key for key in self.output if key[0] == package]
        return [line for key in tests for line in self.output.pop(key)]

    def close(self, complete):
        """Returns whether all is as it should be."""
        if self.exceptions.path:
            self.check_exceptions(complete)
        if self.failed:
            print("FAIL")
        self.name_skipped(PARITY, "comparisons with Python, as its torch was not found", "(python3 -m pip install torch, or set GOTORCH_PYTHON)")
        return not self.failed

    def check_exceptions(self, complete):
        if not self.packages:
            print("no tests ran")
        for problem in (problems := list(self.exceptions.problems(complete))):
            print(problem)
        self.name_skipped(DEVICE, "tests for want of a device", "(there must be two)")
        without_device = any(mark == DEVICE for mark, _ in self.skipped)
        self.failed |= not self.packages or bool(problems) or without_device
        print(self.exceptions.summary())

    def name_skipped(self, mark, what, hint):
        tests = {package: names for (m, package), names in self.skipped.items() if m == mark}
        if tests:
            print(f"skipped {sum(map(len, tests.values()))} {what}\n{hint}:")
            for package, names in sorted(tests.items()):
                print(f"  {package}: {', '.join(names)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--exceptions")
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("--skip-pattern")
    a = parser.parse_args()
    if a.skip_pattern:
        print(Exceptions(a.skip_pattern).skip_pattern())
        return
    report = Report(a.verbose, Exceptions(a.exceptions))
    for line in sys.stdin:
        try:
            report.add(json.loads(line))
        except ValueError:
            print(line, end="")
    good = report.close(a.complete)
    if a.exceptions and not good:
        sys.exit(1)


main()

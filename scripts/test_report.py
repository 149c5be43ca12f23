"""Turns the events of go test -json into go test's usual lines.

    go test -json ./... | test_report.py [--verbose] [--require MARK]... [--each] [--exceptions FILE [--complete]]
    test_report.py --skip-pattern FILE

At the end it names the tests that were skipped for want of something, which the
reason of the skip has as a mark (MARKS): go test itself is silent about them. Tests
that need devices are only counted where devices were not asked for.

The exit status is 0 if no test fails. --require MARK has it be 1 if a test was skipped
with this mark, --each if a package that has tests ran none. With a file of exceptions (test_exceptions.py
says what is in it) no other tests may fail than these, and all of these must.
--complete says that all tests of the packages ran, so that an exception that did not
is a mistake. A helper of test.sh.
"""

import argparse
import collections
import json
import os
import sys

from test_exceptions import Exceptions

# What is written of tests whose skips are marked "SKIPPED MARK".
MARKS = {
    "PARITY": "comparisons with Python, as its torch was not found\n(python3 -m pip install torch, or set GOTORCH_PYTHON)",
    "DEVICE": "tests for want of a device\n(some need two: bash scripts/test.sh --fakecuda simulates them)",
    "DRIVERLESS": "tests that need an install with CUDA and no driver",
}


def names_of(tests):
    return [f"  {package}: {', '.join(names)}" for package, names in sorted(tests.items())]


def counts_of(tests):
    return ["  " + ", ".join(f"{package.rpartition('gotorch/')[2]} {len(names)}" for package, names in sorted(tests.items()))]


class Report:
    def __init__(self, arguments):
        self.verbose = arguments.verbose
        self.exceptions = Exceptions(arguments.exceptions)
        self.complete = arguments.complete
        self.required = arguments.require
        self.each = arguments.each
        self.output = collections.defaultdict(list)  # of (package, test); test "" is the package's own
        self.skipped = collections.defaultdict(list)  # tests by (mark, package)
        self.packages = 0
        self.idle = []  # packages that have tests and ran none
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
        for mark in MARKS:
            if action == "skip" and any(f"SKIPPED {mark}:" in line for line in lines):
                self.skipped[mark, package].append(test)
        unfinished = []
        if test:
            self.exceptions.add(action, package, test)
            known = action == "fail" and self.exceptions.expects(package, test)
        else:
            self.packages += 1
            if any("[no tests to run]" in line for line in lines):
                self.idle.append(package)
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

    def close(self):
        """Returns whether all is as it should be."""
        if self.exceptions.path:
            self.check_exceptions()
        self.check_required()
        for mark in MARKS:
            self.name_skipped(mark)
        if self.failed:
            print("FAIL")
        return not self.failed

    def check_exceptions(self):
        for problem in (problems := list(self.exceptions.problems(self.complete))):
            print(problem)
        self.failed |= bool(problems)
        print(self.exceptions.summary())

    def check_required(self):
        problems = [f"{package} has skipped tests marked {mark}, which must run here" for mark, package in self.skipped if mark in self.required]
        if self.each:
            problems += [f"{package} ran no test" for package in self.idle]
        if (self.required or self.each) and not self.packages:
            problems.append("no tests ran")
        for problem in problems:
            print(problem)
        self.failed |= bool(problems)

    def name_skipped(self, mark):
        tests = {package: names for (m, package), names in self.skipped.items() if m == mark}
        if tests:
            brief = mark != "PARITY" and mark not in self.required and os.environ.get("GOTORCH_DEVICE") != "cuda"
            print(f"skipped {sum(map(len, tests.values()))} {MARKS[mark]}:")
            print("\n".join(counts_of(tests) if brief else names_of(tests)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--require", action="append", choices=MARKS, default=[])
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--exceptions")
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("--skip-pattern")
    a = parser.parse_args()
    if a.skip_pattern:
        print(Exceptions(a.skip_pattern).skip_pattern())
        return
    report = Report(a)
    for line in sys.stdin:
        try:
            report.add(json.loads(line))
        except ValueError:
            print(line, end="")
    if not report.close():
        sys.exit(1)


main()

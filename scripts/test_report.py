"""Turns the events of go test -json into go test's usual lines.

    go test -json ./... | test_report.py [--verbose]

At the end it names the tests that were skipped because Python's torch was not
there: go test itself is silent about them. A helper of test.sh.
"""

import collections
import json
import sys

MARK = "SKIPPED PARITY"


class Report:
    def __init__(self, verbose):
        self.verbose = verbose
        self.output = collections.defaultdict(list)  # of (package, test); test "" is the package's own
        self.skipped = collections.defaultdict(list)  # tests of package
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
        if action == "skip" and any(MARK in line for line in lines):
            self.skipped[package].append(test)
        if self.verbose:
            pass
        elif action == "fail":
            lines = lines if test else self.unfinished(package) + lines
            print("".join(lines), end="", flush=True)
        elif not test:
            print("".join(line for line in lines if line.startswith(("ok ", "? "))), end="", flush=True)
        self.failed |= action == "fail"

    def unfinished(self, package):
        """What the tests wrote that a crash or a time-out cut off."""
        tests = [key for key in self.output if key[0] == package]
        return [line for key in tests for line in self.output.pop(key)]

    def close(self):
        if self.failed:
            print("FAIL")
        if self.skipped:
            count = sum(map(len, self.skipped.values()))
            print(f"skipped {count} comparisons with Python, as its torch was not found")
            print("(python3 -m pip install torch, or set GOTORCH_PYTHON):")
            for package, tests in sorted(self.skipped.items()):
                print(f"  {package}: {', '.join(tests)}")


def main():
    report = Report("--verbose" in sys.argv)
    for line in sys.stdin:
        try:
            report.add(json.loads(line))
        except ValueError:
            print(line, end="")
    report.close()


main()

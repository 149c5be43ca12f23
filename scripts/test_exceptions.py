"""Tests that are known to fail under some circumstances, and why.

A file of them has, in paragraphs, a cause and the tests that it is the cause of:

    cause: the text names the device
    torch TestPrinting
    nn TestLinear/of_meta

    not run: it would end the process
    torch TestCrash

Packages are named by their folders in the project. A test stands for its subtests,
too. "not run" leaves tests out; the others run, and must fail: one that passes is an
exception no more.
"""

import re

MODULE = "github.com/wangkuiyi/gotorch/"


def ancestors(test):
    """TestA/b/c, TestA/b, TestA"""
    while test:
        yield test
        test = test.rpartition("/")[0]


class Exceptions:
    def __init__(self, path=None):
        self.path = path
        self.failing, self.left_out = {}, {}  # {(package, test): cause}
        self.seen, self.passed, self.failed = set(), set(), set()
        if path:
            with open(path) as file:
                self.read(file)

    def read(self, lines):
        group = cause = None
        for line in lines:
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            key, colon, text = line.partition(": ")
            if colon and key in ("cause", "not run"):
                group, cause = (self.failing if key == "cause" else self.left_out), text
            else:
                package, test = line.split()
                group[package, test] = cause

    def skip_pattern(self):
        """For go test -skip."""
        tests = sorted({test for _, test in self.left_out})
        return "|".join("/".join(f"^{re.escape(part)}$" for part in test.split("/")) for test in tests)

    def add(self, action, package, test):
        """Notes what became of a test."""
        key = package.removeprefix(MODULE), test
        self.seen.add(key)
        if action == "pass":
            self.passed.add(key)
        elif action == "fail":
            self.failed.add(key)

    def expects(self, package, test):
        """Whether the failure of a test is known, or is that of a known subtest only."""
        package = package.removeprefix(MODULE)
        if any((package, name) in self.failing for name in ancestors(test)):
            return True
        subtests = [name for p, name in self.failed if p == package and name.startswith(test + "/")]
        return bool(subtests) and all(self.expects(package, name) for name in subtests)

    def expects_package(self, package):
        """Whether all that failed in a package is known, and something did."""
        package = package.removeprefix(MODULE)
        failed = [test for p, test in self.failed if p == package]
        return bool(failed) and all(self.expects(package, test) for test in failed)

    def problems(self, complete):
        """What is wrong with the file; complete says that all tests were run."""
        for package, test in sorted(self.failing.keys() & self.passed):
            yield f"{package} {test} passes: take it out of {self.path}"
        packages = {package for package, _ in self.seen}
        for package, test in sorted(self.failing.keys() - self.seen) if complete else ():
            if package in packages:
                yield f"{package} {test} was not run, or is no more: {self.path} names it"

    def summary(self):
        count = len(self.failed & self.failing.keys())
        causes = len({self.failing[key] for key in self.failed & self.failing.keys()})
        return f"{count} tests failed as they must, for {causes} causes; {len(self.left_out)} were not run: {self.path}"

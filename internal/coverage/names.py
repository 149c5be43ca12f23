"""Writes PyTorch's public names below some modules as JSON, for docs/coverage.md.

    names.py MODULE... [--class MODULE.CLASS...]

The result maps each public module that exists at or below MODULE to its names: those of
__all__, or else what it defines, but for what a module below has; and each class to its methods and attributes, without
those of the classes that it inherits from elsewhere. Run by go run ./internal/coverage
-python PYTHON.
"""

import argparse
import importlib
import json
import pkgutil
import types
import typing
import warnings


def modules_below(root):
    """The names of the public modules at and below root."""
    yield root
    for info in pkgutil.walk_packages(getattr(importlib.import_module(root), "__path__", []), root + "."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            yield info.name


def defines(module, name):
    """Whether a module without __all__ defines this name, rather than imports it."""
    value = getattr(module, name)
    if name.startswith("_") or isinstance(value, (types.ModuleType, typing.TypeVar)) or hasattr(typing, name):
        return False
    if isinstance(value, type) and issubclass(value, types.ModuleType):
        return False  # what a module that is an object is made of
    if callable(value) or hasattr(value, "__module__"):
        return getattr(value, "__module__", None) == module.__name__
    return name.isupper()  # a constant


def names_of(module):
    if type(module) is types.ModuleType:
        own = [name for name in vars(module) if defines(module, name)]
        return sorted(getattr(module, "__all__", own))
    # torch.backends makes objects of modules, whose settings are attributes of the class.
    settings = {name for name in vars(type(module)) if not name.startswith("_")}
    return sorted(settings.union(names_of(module.m)))


def is_repeated(module, name, found):
    """Whether a module below lists the same function or class, or is what the name means."""
    value = getattr(importlib.import_module(module), name, None)
    if isinstance(value, types.ModuleType):
        return f"{module}.{name}" in found
    if not isinstance(value, (type, types.FunctionType)):
        return False
    below = [other for other in found if other.startswith(module + ".") and name in found[other]]
    return any(getattr(importlib.import_module(other), name) is value for other in below)


def members_of(name):
    """The public members of a class of PyTorch's."""
    module, _, cls = name.rpartition(".")
    members = set()
    for base in getattr(importlib.import_module(module), cls).__mro__:
        if base.__module__.startswith("torch"):
            members.update(member for member in vars(base) if not member.startswith("_"))
    return sorted(members)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--class", dest="classes", nargs="*", default=[])
    a = parser.parse_args()
    warnings.simplefilter("ignore")
    found = {}
    for root in a.modules:
        for name in modules_below(root):
            try:
                found[name] = names_of(importlib.import_module(name))
            except ImportError:  # what another package must be there for
                found[name] = []
    found = {m: [name for name in names if not is_repeated(m, name, found)] for m, names in found.items()}
    for name in a.classes:
        found[name] = members_of(name)
    print(json.dumps(found, indent=1, sort_keys=True))


main()

"""The signatures of PyTorch's functions, to name the arguments of a call.

Those written in Python have them; those written in C++ have stubs (.pyi), or at
least a line in their documentation.
"""

import ast
import functools
import inspect
import pathlib
import re

import torch


@functools.cache
def stubs():
    """The definitions in the stubs, by qualified name: torch.add, torch.Tensor.add."""
    found = {}
    folder = pathlib.Path(torch.__file__).parent / "_C"
    places = [("_VariableFunctions.pyi", "torch"), ("_nn.pyi", "torch.nn.functional"), ("__init__.pyi", "torch")]
    for file, module in places:
        for node in ast.parse((folder / file).read_text()).body:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(f"{module}.{node.name}", []).append(node)
            elif isinstance(node, ast.ClassDef) and node.name == "TensorBase":
                for method in node.body:
                    if isinstance(method, ast.FunctionDef):
                        found.setdefault(f"torch.Tensor.{method.name}", []).append(method)
    return found


def from_stub(node):
    a, P = node.args, inspect.Parameter
    positional = a.posonlyargs + a.args
    defaults = [P.empty] * (len(positional) - len(a.defaults)) + [value(d) for d in a.defaults]
    parameters = [P(x.arg, P.POSITIONAL_OR_KEYWORD, default=d) for x, d in zip(positional, defaults)]
    if a.vararg:
        parameters.append(P(a.vararg.arg, P.VAR_POSITIONAL))
    for x, d in zip(a.kwonlyargs, a.kw_defaults):
        parameters.append(P(x.arg, P.KEYWORD_ONLY, default=P.empty if d is None else value(d)))
    return inspect.Signature(parameters)


class Unknown:
    """A default that is no literal."""


def value(node):
    try:
        v = ast.literal_eval(node)
        return Unknown if v is Ellipsis else v
    except ValueError:
        return Unknown


def from_documentation(name, func):
    """Signatures such as svd(A, full_matrices=True, *, out=None) -> Tensor."""
    receiver = "self, " if name.startswith("torch.Tensor.") else ""
    for line in (func.__doc__ or "").splitlines()[:8]:
        found = re.match(r"\s*[\w.]+\((.*)\)\s*(->|$)", line)
        if found:
            try:
                yield from_stub(ast.parse(f"def f({receiver}{found[1]}): ...").body[0])
            except (SyntaxError, ValueError):
                continue


@functools.cache
def signatures(name, func):
    if inspect.isfunction(func):
        try:
            signature = inspect.signature(func)
        except ValueError:  # a wrapper of one written in C++
            return list(map(from_stub, stubs().get(name, [])))
        if not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()):
            return [signature]
    found = []
    for node in stubs().get(name, []):
        try:
            found.append(from_stub(node))
        except ValueError:
            continue
    return found or list(from_documentation(name, func))


def bindings(name, func, args, kwargs):
    """For each signature that fits: the names of the positional arguments, a
    * before one that takes all that follow, and the defaults of those not given."""
    found = []
    for signature in signatures(name, func):
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            continue
        names, left = [], len(args)
        for p in signature.parameters.values():
            if left <= 0 or p.kind is p.KEYWORD_ONLY:
                break
            if p.kind is p.VAR_POSITIONAL:
                names.append("*" + p.name)
                left = 0
            else:
                names.append(p.name)
                left -= 1
        defaults = {
            p.name: p.default
            for p in signature.parameters.values()
            if p.name not in bound.arguments and p.default is not p.empty and p.default is not Unknown
        }
        found.append((names, defaults))
    if not found and "out" in kwargs:  # which stubs forget
        return bindings(name, func, args, {k: v for k, v in kwargs.items() if k != "out"})
    return found

"""Prints every ATen operator of the installed PyTorch as JSON.

torchgen, which ships in PyTorch's wheel, reads native_functions.yaml and adds
the overloads that PyTorch generates from it, so that this list is the one
that at::_ops was made from.
"""

import json
import pathlib
import sys

import torchgen
from torchgen.gen import parse_native_yaml
from torchgen.model import Argument

# Where Python takes a number for a tensor: should_allow_numbers_as_tensors in
# torch/csrc/utils/python_arg_parser.cpp. We have the operator's function take
# either.
TAKE_NUMBERS = {"add", "sub", "mul", "div", "subtract", "multiply", "divide"}
TAKE_NUMBERS |= {"true_divide", "floor_divide"}


def argument_type(argument, base_name):
    if (
        base_name in TAKE_NUMBERS
        and argument.name == "other"
        and str(argument.type) == "Tensor"
    ):
        return "Operand"
    return str(argument.type)


def describe(function):
    schema = function.func
    return {
        # The struct in at::_ops.
        "struct": schema.name.unambiguous_name(),
        "root": function.root_name,
        "schema": str(schema),
        "arguments": [
            {"name": a.name, "type": argument_type(a, schema.name.name.base)}
            for a in schema.arguments.flat_all
            if isinstance(a, Argument)
        ],
        "returns": [
            {"type": str(r.type), "argument": r.is_write} for r in schema.returns
        ],
        "draws": "nondeterministic_seeded" in function.tags,
    }


def main():
    native = pathlib.Path(torchgen.__file__).parent / "packaged" / "ATen" / "native"
    parsed = parse_native_yaml(
        str(native / "native_functions.yaml"), str(native / "tags.yaml")
    )
    functions = [describe(f) for f in parsed.native_functions]
    functions.sort(key=lambda f: f["struct"])
    json.dump(functions, sys.stdout)


if __name__ == "__main__":
    main()

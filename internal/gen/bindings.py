"""Prints, as JSON, which operators Python shows under which names.

torchgen, which ships in PyTorch's wheel, has the logic by which PyTorch makes
its own Python bindings. This runs it: the overloads of a name come in the order
in which Python tries them, each with its variant that takes out=.
"""

import json
import pathlib
import sys

import torchgen
from torchgen.context import with_native_function
from torchgen.gen import parse_native_yaml
from torchgen.packaged.autograd import gen_python_functions as bindings

from schemas import argument_type

PACKAGED = pathlib.Path(torchgen.__file__).parent / "packaged"

# Where Python shows a function, and torchgen's test for it.
MODULES = {
    "torch": bindings.is_py_torch_function,
    "nn": bindings.is_py_nn_function,
    "fft": bindings.is_py_fft_function,
    "linalg": bindings.is_py_linalg_function,
    "nested": bindings.is_py_nested_function,
    "sparse": bindings.is_py_sparse_function,
    "special": bindings.is_py_special_function,
}

def shown(function):
    schema = function.func
    if any("Dimname" in str(a.type) for a in schema.schema_order_arguments()):
        return False
    return bindings.should_generate_py_binding(function)


def describe_argument(argument, base_name, schema, keyword_only):
    # Python's signature spells defaults in C++; the schema's are the originals.
    own = schema.get(argument.name)
    default = None if argument.default is None else "None"
    if own is not None:
        default = own.default
    elif argument.default is not None:
        default = argument.default
    return {
        "name": argument.name,
        "type": argument_type(argument, base_name),
        "default": default,
        "keywordOnly": keyword_only,
    }


def describe(group):
    signature = group.signature
    base_name = group.base.func.name.name.base
    schema = {a.name: a for a in group.base.func.arguments.flat_all if hasattr(a, "name")}
    arguments = [describe_argument(a, base_name, schema, False) for a in signature.input_args]
    arguments += [describe_argument(a, base_name, schema, True) for a in signature.input_kwargs]
    arguments += [
        describe_argument(a, base_name, schema, True) for a in signature.tensor_options_args
    ]
    return {
        "struct": group.base.func.name.unambiguous_name(),
        "out": group.outplace.func.name.unambiguous_name() if group.outplace else "",
        "arguments": arguments,
        "returns": [
            {"name": r.name or "", "type": str(r.type)} for r in group.base.func.returns
        ],
        "factory": bool(signature.tensor_options_args),
    }


def names(functions, module, test, method):
    pairs = bindings.load_signatures(
        functions,
        str(PACKAGED / "autograd" / "deprecated.yaml"),
        method=method,
        skip_deprecated=True,
    )
    grouped = bindings.group_filter_overloads(pairs, test)
    for name in sorted(grouped, key=str):
        # Python code shows _sparse_mm as torch.sparse.mm.
        public = str(name).removeprefix("_") if module == "sparse" else str(name)
        if public.startswith("_"):
            continue
        yield {
            "module": module,
            "name": public,
            "method": method,
            "overloads": [describe(g) for g in bindings.group_overloads(grouped[name])],
        }


def main():
    native = PACKAGED / "ATen" / "native"
    parsed = parse_native_yaml(
        str(native / "native_functions.yaml"), str(native / "tags.yaml")
    )
    functions = [f for f in parsed.native_functions if shown(f)]
    result = []
    for module, test in MODULES.items():
        result += names(functions, module, test, False)
    result += names(functions, "Tensor", bindings.is_py_variable_method, True)
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()

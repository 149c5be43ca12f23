"""Records what PyTorch's operator database calls, and gets.

The database has sample inputs for every operator of PyTorch; PyTorch's own tests
are built on it. This runs the samples and writes each call that they make, for a
replay in Go: a line of JSON, whose key "bytes" says how many bytes of tensors
follow it. Each call is seeded, so that it can be replayed alone.

--level aten records calls of ATen's operators, below Python's functions and above
autograd; --level public those of Python's functions, with gradients.
"""

import argparse
import contextlib
import ctypes
import inspect
import json
import numbers
import os
import sys
import types
import unittest
import warnings

import signatures
import torch

# The database's module imports it, for tests of its own.
sys.modules.setdefault("expecttest", types.ModuleType("expecttest")).TestCase = unittest.TestCase

from torch._dispatch.python import enable_python_dispatcher, no_python_dispatcher
from torch._subclasses.schema_check_mode import SchemaCheckMode
from torch.overrides import TorchFunctionMode, resolve_name
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only

MAX_BYTES = 1 << 26  # of one tensor


class Unsupported(Exception):
    """A value that a record cannot hold."""


class Encoder:
    """Turns values into JSON, and tensors into bytes."""

    def __init__(self):
        self.blob = bytearray()
        self.objects = {}  # the numbers of the tensors of the present call

    def encode(self, v):
        if isinstance(v, torch.Tensor):
            return {"tensor": self.tensor(v)}
        if v is None or isinstance(v, (bool, str)):
            return v
        if isinstance(v, numbers.Integral):
            return {"int": str(int(v))}
        if isinstance(v, numbers.Real):
            return {"float": float(v).hex()}
        if isinstance(v, numbers.Complex):
            return {"complex": [v.real.hex(), v.imag.hex()]}
        if isinstance(v, (list, tuple)):
            return [self.encode(x) for x in v]
        if isinstance(v, dict):
            return {"dict": {str(k): self.encode(x) for k, x in v.items()}}
        if isinstance(v, slice):
            return {"slice": [self.encode(x) for x in (v.start, v.stop, v.step)]}
        if v is Ellipsis:
            return {"ellipsis": True}
        for kind, name in KINDS.items():
            if isinstance(v, kind):
                return {name: str(v).removeprefix("torch.")}
        if isinstance(v, torch.Generator):
            return {"generator": str(v.initial_seed())}
        raise Unsupported(type(v).__name__)

    def tensor(self, t):
        """The storage behind t, with what makes it t: strides, lazy bits."""
        plain = t.layout == torch.strided and t.device.type in ("cpu", "cuda")
        if not plain or t.is_quantized or t.is_nested:
            raise Unsupported(f"{t.layout} tensor on {t.device.type}")
        storage = t.untyped_storage()
        if storage.nbytes() > MAX_BYTES:
            raise Unsupported("large tensor")
        at, size = len(self.blob), storage.nbytes()
        if size > 0:
            memory = storage.cpu()  # which must live while it is read
            self.blob += ctypes.string_at(memory.data_ptr(), size)
        return {
            "dtype": str(t.dtype).removeprefix("torch."),
            "device": str(t.device),
            "shape": list(t.shape),
            "stride": list(t.stride()),
            "offset": t.storage_offset(),
            "at": at,
            "size": size,
            "conj": t.is_conj(),
            "neg": t.is_neg(),
            "grad": t.requires_grad,
            "object": self.objects.setdefault(id(t), len(self.objects)),
        }

    def result(self, v):
        """As encode, with the elements of tensors in row-major order."""

        def plain(t):
            if t.layout != torch.strided or t.is_nested:
                return t
            t = t.detach().resolve_conj().resolve_neg().contiguous()
            return t if t.untyped_storage().nbytes() == t.nbytes else t.clone()

        return self.encode(tree_map_only(torch.Tensor, plain, v))


KINDS = {
    torch.dtype: "dtype",
    torch.device: "device",
    torch.layout: "layout",
    torch.memory_format: "memory_format",
}


class Call:
    """One call, as it goes into the record."""

    def __init__(self, encoder, name, args, kwargs, seed):
        self.encoder = encoder
        encoder.objects.clear()
        leaves = tree_flatten((args, kwargs))[0]
        # By their numbers in encoder.objects.
        self.tensors = list({id(x): x for x in leaves if isinstance(x, torch.Tensor)}.values())
        self.versions = [version(t) for t in self.tensors]
        self.record = {"name": name, "seed": seed}
        try:
            self.record["args"] = encoder.encode(list(args))
            self.record["kwargs"] = {k: encoder.encode(v) for k, v in kwargs.items()}
        except Unsupported as e:
            self.record["unsupported"] = str(e)

    def returned(self, out):
        for t, before in zip(self.tensors, self.versions):
            if t.requires_grad and version(t) != before:
                self.record["unsupported"] = "it writes to a tensor that requires a gradient"
        memory = {storage(t) for t in self.tensors}
        outs = [o for o in tree_flatten(out)[0] if isinstance(o, torch.Tensor)]
        self.record["versions"] = [None if storage(o) in memory else version(o) for o in outs]
        try:
            self.record["out"] = self.encoder.result(out)
            self.record["after"] = [
                self.encoder.result(t) if version(t) != before else None
                for t, before in zip(self.tensors, self.versions)
            ]
        except Unsupported as e:
            self.record["unsupported"] = f"result: {e}"

    def differentiate(self, out):
        """The gradients of the tensors that the call was given."""
        outs = [o for o in tree_flatten(out)[0] if isinstance(o, torch.Tensor)]
        outs = [o for o in outs if o.requires_grad and o.layout == torch.strided]
        inputs = [t for t in self.tensors if t.requires_grad]
        changed = any(version(t) != v for t, v in zip(self.tensors, self.versions))
        if not outs or not inputs or changed:
            return
        if not all(t.is_leaf for t in inputs):  # one may depend on another
            return
        with torch._C.DisableTorchFunction():
            seed(self.record["seed"])
            weights = [torch.randn_like(o, memory_format=torch.contiguous_format) for o in outs]
            try:
                gradients = torch.autograd.grad(outs, inputs, weights, retain_graph=True, allow_unused=True)
                encoded = self.encoder.result(list(gradients))
                self.record["weights"] = self.encoder.encode([w.detach() for w in weights])
                self.record["gradients"] = encoded
                self.record["grad_fn"] = [o.grad_fn.name() if o.grad_fn else "" for o in outs]
            except (Unsupported, RuntimeError) as e:
                self.record["no_gradients"] = str(e)[:200]


def seed(number):
    """As torch.manual_seed, which calls what a mode records."""
    for generator in (torch.default_generator, *torch.cuda.default_generators):
        generator.manual_seed(number)


def version(t):
    return 0 if t.is_inference() else t._version


def storage(t):
    """What tells its memory from that of others; None where it has none of its own."""
    return t.untyped_storage()._cdata if t.layout == torch.strided and not t.is_nested else None


class Functions(TorchFunctionMode):
    """Records calls of Python's functions, the outermost ones."""

    def __init__(self, encoder, seed):
        super().__init__()
        self.encoder, self.seed, self.calls = encoder, seed, []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = resolve_name(func) or getattr(func, "__name__", str(func))
        if getattr(func, "__module__", None) == "torch.signal.windows.windows":  # which resolve_name does not know
            name = f"torch.signal.windows.{name}"
        if name == "_set_grad_enabled":
            return func(*args, **kwargs)
        call = Call(self.encoder, name, args, kwargs, self.seed + len(self.calls))
        self.calls.append(call.record)
        if not torch.is_grad_enabled():
            call.record["no_grad"] = True
        if name.endswith("__getitem__"):
            call.record["tuple"] = isinstance(args[1], tuple)
        if "unsupported" not in call.record:
            self.bind(call.record, name, func, args, kwargs)
        seed(call.record["seed"])
        try:
            out = func(*args, **kwargs)
        except Exception as e:
            call.record["error"] = {"type": type(e).__name__, "message": str(e)}
            raise
        call.returned(out)
        call.differentiate(out)
        return out

    def bind(self, record, name, func, args, kwargs):
        """Names the positional arguments, in all ways that Python may."""
        record["bindings"] = []
        record["python"] = inspect.isfunction(func)
        for names, defaults in signatures.bindings(name, func, args, kwargs):
            try:
                encoded = {k: self.encoder.encode(v) for k, v in defaults.items()}
            except Unsupported:
                encoded = {}
            record["bindings"].append({"names": names, "defaults": encoded})


class Operators(SchemaCheckMode):
    """Records calls of ATen's operators, before autograd and decompositions.

    Of SchemaCheckMode it has the type alone, which PreDispatch asks for.
    """

    def __init__(self, encoder, seed):
        TorchDispatchMode.__init__(self, _dispatch_key=torch._C.DispatchKey.PreDispatch)
        self.encoder, self.seed, self.calls = encoder, seed, []
        self.ops = []  # SchemaCheckMode's

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        schema = getattr(func, "_schema", None)
        if schema is None:
            return func(*args, **kwargs)
        call = Call(self.encoder, func.name(), complete(schema, args, kwargs), {}, self.seed + len(self.calls))
        self.calls.append(call.record)
        seed(call.record["seed"])
        with no_python_dispatcher():  # it has other implementations for some
            out = func(*args, **kwargs)
        call.returned(out)
        return out


def complete(schema, args, kwargs):
    """All arguments in the schema's order, with defaults."""
    values = list(args)
    for a in schema.arguments[len(args) :]:
        values.append(kwargs.get(a.name, a.default_value))
    return values


def copied(sample):
    """Arguments of their own for each run, as some write to them."""

    def copy(t):
        if t.layout != torch.strided or t.is_nested:
            return t
        t, grad = t.detach(), t.requires_grad
        if t.is_conj() or t.is_neg() or t.device.type not in ("cpu", "cuda"):
            return t.clone(memory_format=torch.preserve_format).requires_grad_(grad)
        storage = t.untyped_storage().clone()
        c = torch.empty(0, dtype=t.dtype, device=t.device).set_(storage, t.storage_offset(), t.shape, t.stride())
        return c.requires_grad_(grad)

    return tree_map_only(torch.Tensor, copy, (sample.input, sample.args, sample.kwargs))


class Recorder:
    """Runs samples and writes records."""

    def __init__(self, level, out):
        self.mode = {"aten": Operators, "public": Functions}[level]
        self.out = out

    def record(self, op, kind, dtype, index, f, x, args, kwargs):
        encoder = Encoder()
        mode = self.mode(encoder, 1000 * (index + 1))
        head = {"entry": op.full_name, "kind": kind, "dtype": str(dtype).removeprefix("torch."), "sample": index}
        try:
            if self.mode is Operators:
                with enable_python_dispatcher(), mode:
                    f(x, *args, **kwargs)
            elif op.full_name.startswith("signal.windows."):  # which no mode sees: they take no tensors
                mode.__torch_function__(f, (), (x, *args), kwargs)
            else:
                with mode:
                    f(x, *args, **kwargs)
        except Exception as e:  # what is recorded of it is the call that raised
            head["failed"] = f"{type(e).__name__}: {str(e)[:100]}"
            if self.mode is Functions and not mode.calls:  # the arguments were refused before the mode saw them
                with contextlib.suppress(Exception):
                    mode.__torch_function__(f, (), (x, *args), kwargs)
        if kind != "error":
            mode.calls = [c for c in mode.calls if "out" in c or "unsupported" in c]  # and did not raise
        self.write({**head, "calls": mode.calls}, encoder.blob)

    def write(self, head, blob):
        line = json.dumps({**head, "bytes": len(blob)}, separators=(",", ":"))
        self.out.write(line.encode() + b"\n")
        self.out.write(blob)


def samples_of(op, device, dtype, requires_grad, limit):
    torch.manual_seed(0)
    try:
        for index, sample in enumerate(op.sample_inputs(device, dtype, requires_grad=requires_grad)):
            if limit and index >= limit:
                return
            yield index, sample
    except Exception:  # a sample that this machine cannot make
        return


def variants(op):
    """The ways to call an operator, by kind."""
    yield "forward", op.op
    if op.method_variant:
        yield "method", op.method_variant
    if op.inplace_variant:
        yield "inplace", op.inplace_variant
    if op.supports_out:
        yield "out", lambda x, *a, **k: with_out(op.op, x, *a, **k)


def with_out(f, x, *args, **kwargs):
    with torch._C.DisableTorchFunction():
        out = tree_map_only(torch.Tensor, torch.zeros_like, f(x, *args, **kwargs))
    return f(x, *args, **kwargs, out=out)


def run_samples(recorder, op, device, kinds, dtypes, limit):
    for dtype in dtypes:
        if dtype not in op.supported_dtypes(device):
            continue
        for kind, f in variants(op):
            if kind in kinds:
                for index, sample in samples_of(op, device, dtype, False, limit):
                    x, args, kwargs = copied(sample)
                    recorder.record(op, kind, dtype, index, f, x, args, kwargs)
        if "gradient" in kinds and op.supports_autograd and dtype in op.supported_backward_dtypes(device):
            for index, sample in samples_of(op, device, dtype, True, limit):
                x, args, kwargs = copied(sample)
                recorder.record(op, "gradient", dtype, index, op.op, x, args, kwargs)


def run_errors(recorder, op, device, limit):
    try:
        errors = list(op.error_inputs(device))
    except Exception:
        return
    for index, e in enumerate(errors[: limit or None]):
        x, args, kwargs = copied(e.sample_input)
        recorder.record(op, "error", None, index, op.op, x, args, kwargs)


def open_cuda_as_go_does():
    """Attention on the CPU computes in another way in a process that has CUDA open."""
    if os.environ.get("GOTORCH_DEVICE", "").startswith("cuda") and torch.cuda.is_available():
        torch.cuda.init()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--level", choices=["aten", "public"], required=True)
    parser.add_argument("--kinds", default="forward")
    parser.add_argument("--dtypes", default="float32")
    parser.add_argument("--device", default="cpu", help="of the samples")
    parser.add_argument("--samples", type=int, default=0, help="of each entry and dtype; 0: all")
    parser.add_argument("--entries", default="", help="names; default all")
    parser.add_argument("--part", default="0/1", help="I/N: only every Nth entry, from the Ith on")
    a = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    open_cuda_as_go_does()
    # It calls what a mode records, under a lock.
    torch.cuda.manual_seed_all = lambda seed: None
    recorder = Recorder(a.level, sys.stdout.buffer)
    dtypes = [getattr(torch, d) for d in a.dtypes.split(",")]
    kinds, entries = a.kinds.split(","), set(filter(None, a.entries.split(",")))
    part, parts = map(int, a.part.split("/"))
    for op in op_db[part::parts]:
        if not entries or op.full_name in entries:
            run_samples(recorder, op, a.device, kinds, dtypes, a.samples)
            if "error" in kinds:
                run_errors(recorder, op, a.device, a.samples)
    recorder.write({"end": True}, b"")
    recorder.out.flush()


if __name__ == "__main__":
    main()

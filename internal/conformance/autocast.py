"""Records what autocast does to each operator that it knows.

The dispatcher tells which operators those are. Arguments come from PyTorch's
operator database, from the lists of PyTorch's own tests of autocast, and for what
neither reaches from EXTRA below. Each is called in autocast with tensors of
float32, of the lower precision, of both, and of float64, and written down as
record.py does.

On the CPU results are recorded with their bits. For CUDA there need not be a
device: FakeTensorMode computes dtypes and shapes.
"""

import argparse
import inspect
import sys
import warnings

import torch
from record import (
    MAX_BYTES,
    Call,
    Encoder,
    Operators,
    Recorder,
    Unsupported,
    complete,
    open_cuda_as_go_does,
    signatures,
)
from torch._dispatch.python import enable_python_dispatcher, no_python_dispatcher
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensorMode,
)
from torch.overrides import resolve_name
from torch.testing._internal import autocast_test_lists
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._pytree import tree_flatten, tree_map_only

PER_OPERATOR = 3  # samples

# What operators say for which FakeTensorMode needs a device.
NEEDS_DEVICE = ("Found no NVIDIA driver", "CUDA driver version is insufficient")


def registered(device):
    key = {"cuda": "AutocastCUDA", "cpu": "AutocastCPU"}[device]
    return set(torch._C._dispatch_get_registrations_for_dispatch_key(key))


def operator(name):
    """The operator of a name such as aten::add.Tensor."""
    base, _, overload = name.removeprefix("aten::").partition(".")
    return getattr(getattr(torch.ops.aten, base), overload or "default")


class Collector(Operators):
    """Collects the calls of the operators in question."""

    def __init__(self, names):
        super().__init__(Encoder(), 0)
        self.names, self.found = names, {name: [] for name in names}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = func.name() if hasattr(func, "_schema") else ""
        if name in self.names and len(self.found[name]) < PER_OPERATOR:
            sizes = [t.untyped_storage().nbytes() for t in tree_flatten(args)[0] if isinstance(t, torch.Tensor)]
            if max(sizes) <= MAX_BYTES // 2:  # which may become float64
                self.found[name].append(complete(func._schema, args, kwargs))
        with no_python_dispatcher():
            return func(*args, **kwargs)

    def run(self, function, *args, **kwargs):
        try:
            with enable_python_dispatcher(), self:
                function(*args, **kwargs)
        except Exception:  # what counts is what was called before
            pass


def listed(autocast):
    """The entries of PyTorch's own lists: functions and arguments."""
    torch.manual_seed(0)
    lists = {"cuda": autocast_test_lists.AutocastTestLists, "cpu": autocast_test_lists.AutocastCPUTestLists}
    for entries in vars(lists[autocast.device]("cpu")).values():
        for function, args, *rest in entries:
            kwargs = rest[0] if rest and isinstance(rest[0], dict) else {}
            if function == "einsum":  # whose equation does not fit its tensors
                args = ("ij,jk->ik", list(rest[0]))
            elif rest and isinstance(rest[0], tuple) and autocast.dtype == torch.float16:
                args = rest[0]  # the CPU's lists have bfloat16 first
            yield function, tuple(args), kwargs


def cases(autocast):
    """Arguments for each operator that autocast knows."""
    names = registered(autocast.device)
    collector = Collector(names)
    for op in op_db:
        if torch.float32 in op.supported_dtypes("cpu"):
            torch.manual_seed(0)
            try:
                for index, sample in enumerate(op.sample_inputs("cpu", torch.float32)):
                    if index == PER_OPERATOR:
                        break
                    collector.run(op.op, sample.input, *sample.args, **sample.kwargs)
            except Exception:  # a sample that this machine cannot make
                pass
    for function, args, kwargs in listed(autocast):
        for module in (torch, torch._C._nn, torch._C._linalg):
            if hasattr(module, function):
                collector.run(getattr(module, function), *args, **kwargs)
    for name, args in extra():
        if name in names:
            collector.run(operator(name), *args)
    return collector.found


def extra():
    """Operators that neither the database nor the lists reach."""
    torch.manual_seed(0)
    r = torch.randn
    n = 8
    signal, image, volume = r(2, 3, n), r(2, 3, n, n), r(2, 3, 4, 4, 4)
    yield "aten::upsample_nearest1d", (signal, [12])
    yield "aten::_upsample_nearest_exact1d", (signal, [12])
    yield "aten::upsample_linear1d", (signal, [12], False)
    for name in ("upsample_nearest2d", "_upsample_nearest_exact2d"):
        yield "aten::" + name, (image, [12, 12])
    for name in ("upsample_bilinear2d", "upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"):
        yield "aten::" + name, (image, [12, 12], False)
    for name in ("upsample_nearest3d", "_upsample_nearest_exact3d"):
        yield "aten::" + name, (volume, [6, 6, 6])
    yield "aten::upsample_trilinear3d", (volume, [6, 6, 6], False)
    mat = r(n, n)
    yield "aten::norm.Scalar", (mat, 2)
    yield "aten::norm.ScalarOpt_dim", (mat, 2, [0], False)
    yield "aten::frobenius_norm.dim", (mat, [0, 1], False)
    yield "aten::nuclear_norm", (mat, False)
    yield "aten::nuclear_norm.dim", (mat, [0, 1], False)
    yield "aten::linalg_matrix_norm", (mat, 1, [-2, -1], False)
    yield "aten::linalg_matrix_sqrth", (mat @ mat.T + torch.eye(n),)
    yield "aten::pow.Scalar", (1.7, mat)
    gates = r(2, 4 * 6)
    yield "aten::_thnn_fused_lstm_cell", (gates, r(2, 4 * 6), r(2, 6), r(4 * 6), r(4 * 6))
    yield "aten::_thnn_fused_gru_cell", (r(2, 3 * 6), r(2, 3 * 6), r(2, 6), r(3 * 6), r(3 * 6))
    heads = r(2, 4, 16, 8)
    yield "aten::_scaled_dot_product_flash_attention", (heads, heads, heads)
    weights = [r(4 * 6, 3), r(4 * 6, 6), r(4 * 6), r(4 * 6)]
    rnn = (r(5, 2, 3), weights, 4, None, r(1, 2, 6), r(1, 2, 6), 2, 6, 0, 1, False, 0.0, True, False, [], None)
    yield "aten::_cudnn_rnn", rnn
    onednn = (r(5, 2, 3), *weights, r(2, 6), r(2, 6), False, [], 2, 6, 1, True, False, False, False)
    yield "aten::mkldnn_rnn_layer", onednn
    convolution = (image, r(4, 3, 3, 3), r(4), [1, 1], [0, 0], [1, 1], False, [0, 0], 1, False, False, False)
    yield "aten::_convolution.deprecated", convolution
    yield "aten::_convolution", (*convolution, True)
    yield "aten::conv1d.padding", (signal, r(4, 3, 3), None, [1], "same")
    yield "aten::conv2d.padding", (image, r(4, 3, 3, 3), None, [1, 1], "same")
    yield "aten::conv3d.padding", (volume, r(4, 3, 3, 3, 3), None, [1, 1, 1], "same")
    yield "aten::grid_sampler_3d", (volume, torch.rand(2, 3, 3, 3, 3) * 2 - 1, 0, 0, False)
    yield "aten::_grid_sampler_2d_cpu_fallback", (image, torch.rand(2, 5, 5, 2) * 2 - 1, 0, 0, False)
    yield "aten::fake_quantize_per_tensor_affine", (mat, 0.1, 0, -128, 127)
    yield "aten::inverse", (mat,)
    yield "aten::linalg_cond.p_str", (mat, "fro")
    yield "aten::linalg_matrix_rank", (mat, 0.1)
    yield "aten::linalg_matrix_rank.atol_rtol_float", (mat,)
    yield "aten::linalg_matrix_rank.tol_tensor", (mat, torch.tensor(0.1))
    yield "aten::linalg_matrix_rank.atol_rtol_tensor", (mat,)
    yield "aten::multilabel_margin_loss_forward", (mat, torch.zeros(n, n, dtype=torch.long), 1)
    yield "aten::quantile", (mat, torch.tensor([0.25, 0.5]))
    yield "aten::nanquantile", (mat, torch.tensor([0.25, 0.5]))
    a, tau = torch.geqrf(mat)
    yield "aten::orgqr", (a, tau)
    yield "aten::reflection_pad1d", (signal, [1, 1])
    yield "aten::reflection_pad2d", (image, [1, 1, 1, 1])
    yield "aten::replication_pad1d", (signal, [1, 1])
    yield "aten::replication_pad2d", (image, [1, 1, 1, 1])
    yield "aten::replication_pad3d", (volume, [1, 1, 1, 1, 1, 1])
    yield "aten::stft.center", (r(2, 64), 16, 4, 16, torch.hann_window(16), True, "reflect", False, None, True)


def variants(args, low):
    """The arguments with tensors of several dtypes."""
    yield "float32", args
    yield "lower", cast(args, lambda i: low)
    yield "mixed", cast(args, lambda i: low if i % 2 else torch.float32)
    yield "mixed, first lower", cast(args, lambda i: torch.float32 if i % 2 else low)
    yield "float64", cast(args, lambda i: torch.float64)


def cast(args, dtype_of):
    """Casts the floating-point tensors, counted from 0."""
    number = -1

    def convert(t):
        nonlocal number
        if not t.is_floating_point():
            return t
        number += 1
        return t.to(dtype_of(number))

    return tree_map_only(torch.Tensor, convert, args)


class Autocast:
    """Runs functions in autocast on a device, which may be a fake."""

    def __init__(self, device, dtype):
        self.device, self.dtype = device, dtype
        self.fakes = FakeTensorMode(allow_non_fake_inputs=True) if device == "cuda" else None

    def run(self, function, args, kwargs):
        if self.fakes is None:
            with self:
                return function(*args, **kwargs)
        with self.fakes:
            args, kwargs = tree_map_only(torch.Tensor, self.fake, (args, kwargs))
            with self:
                return function(*args, **kwargs)

    def fake(self, t):
        return torch.empty_strided(t.shape, t.stride(), dtype=t.dtype, device=self.device, requires_grad=t.requires_grad)

    def __enter__(self):
        # torch.autocast would want a CUDA device.
        torch.set_autocast_enabled(self.device, True)
        torch.set_autocast_dtype(self.device, self.dtype)
        torch.autocast_increment_nesting()

    def __exit__(self, *_):
        if torch.autocast_decrement_nesting() == 0:
            torch.clear_autocast_cache()
        torch.set_autocast_enabled(self.device, False)


class FakeEncoder(Encoder):
    """Of fake tensors it writes what they are like."""

    def encode(self, v):
        if isinstance(v, torch.Tensor) and isinstance(v, torch._subclasses.FakeTensor):
            return {"like": {"dtype": str(v.dtype).removeprefix("torch."), "shape": list(v.shape)}}
        return super().encode(v)

    def result(self, v):
        leaves = tree_flatten(v)[0]
        fake = any(isinstance(t, torch._subclasses.FakeTensor) for t in leaves)
        return self.encode(v) if fake else super().result(v)


def write(recorder, autocast, entry, kind, variant, name, function, args, kwargs, bind=None):
    """Makes a call, and writes the record of it."""
    encoder = FakeEncoder()
    call = Call(encoder, name, args, kwargs, 1)
    if bind and "unsupported" not in call.record:
        bind(encoder, call.record)
    torch.default_generator.manual_seed(1)
    try:
        out = autocast.run(function, args, kwargs)
    except Exception as e:
        if isinstance(e, DynamicOutputShapeException | DataDependentOutputException):
            call.record["unsupported"] = "its result depends on data, which fake tensors lack"
        elif any(words in str(e) for words in NEEDS_DEVICE):
            call.record["unsupported"] = "FakeTensorMode has it run on a device"
        else:
            call.record["error"] = {"type": type(e).__name__, "message": str(e)}
    else:
        call.returned(out)
    head = {"entry": entry, "kind": kind, "dtype": variant, "autocast": str(autocast.dtype).removeprefix("torch.")}
    recorder.write({**head, "calls": [call.record]}, encoder.blob)


def record_operators(recorder, autocast, found):
    for name in sorted(found):
        for args in found[name]:
            for variant, converted in variants(args, autocast.dtype):
                write(recorder, autocast, name, "aten", variant, name, positional(name), converted, {})


def positional(name):
    """The operator, called with all arguments by place."""
    op = operator(name)
    schema = op._schema.arguments

    def call(*args):
        named = {a.name: v for a, v in zip(schema, args) if a.kwarg_only}
        return op(*args[: len(args) - len(named)], **named)

    return call


def public(name, x):
    """The public functions and methods of a name, for an argument."""
    if name.startswith("cudnn_") or name.startswith("_") and not name.startswith("__"):
        return
    functional = None if name.startswith("_") else getattr(torch.nn.functional, name, None)
    if functional:
        yield "torch.nn.functional", functional
    # torch's losses take a number for reduction=, by default another one.
    if hasattr(torch, name) and not name.startswith("_") and not inspect.isfunction(functional):
        yield "torch", getattr(torch, name)
    if name.startswith("linalg_"):
        yield "torch.linalg", getattr(torch.linalg, name.removeprefix("linalg_"))
    if hasattr(torch.Tensor, name) and isinstance(x, torch.Tensor):
        yield "torch.Tensor", getattr(torch.Tensor, name)


def record_functions(recorder, autocast):
    """Python's functions and methods in PyTorch's lists."""
    for function, args, kwargs in listed(autocast):
        # What follows is of torch's functions, and not of nn.functional's.
        args = args[: {"poisson_nll_loss": 4, "conv_tbc": 3}.get(function)]
        for module, f in public(function, args[0]):
            name = f"{module}.{function}".replace("torch.linalg.linalg_", "torch.linalg.")

            def bind(encoder, record):
                record["python"] = inspect.isfunction(f)
                record["bindings"] = []
                try:
                    for names, defaults in signatures.bindings(resolve_name(f), f, args, kwargs):
                        encoded = {k: encoder.encode(v) for k, v in defaults.items()}
                        record["bindings"].append({"names": names, "defaults": encoded})
                except (Unsupported, ValueError):
                    pass  # no signature, or a default of an odd type: by place

            write(recorder, autocast, name, "public", "", name, f, args, kwargs, bind)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=["cpu", "cuda"], required=True)
    parser.add_argument("--dtypes", required=True, help="of what runs in lower precision")
    a = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    open_cuda_as_go_does()
    recorder = Recorder("aten", sys.stdout.buffer)
    found = None
    for dtype in a.dtypes.split(","):
        autocast = Autocast(a.device, getattr(torch, dtype))
        found = found or cases(autocast)
        record_operators(recorder, autocast, found)
        record_functions(recorder, autocast)
    for name, calls in found.items():
        if not calls:  # a record without a call tells
            recorder.write({"entry": name, "kind": "aten", "dtype": "", "autocast": dtype, "calls": []}, b"")
    recorder.write({"end": True}, b"")
    recorder.out.flush()


if __name__ == "__main__":
    main()

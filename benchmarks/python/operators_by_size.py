"""The operators that are measured at several sizes: those of go/operators.go."""

import math

SIZES = [1, 1_000, 1_000_000]

# name: (setup, operation), with n elements or a square matrix of side s.
OPERATORS = {
    # Elementwise.
    "add": ("x, y = randn(n), randn(n)", "torch.add(x, y)"),
    "add_alpha": ("x, y = randn(n), randn(n)", "torch.add(x, y, alpha=2)"),
    "mul_number": ("x = randn(n)", "x.mul(2.5)"),
    "add_in_place": ("x, y = randn(n), randn(n)", "x.add_(y)"),
    "mul_number_in_place": ("x = randn(n)", "x.mul_(1.0)"),
    "div": ("x, y = randn(n), randn(n)", "torch.div(x, y)"),
    "pow": ("x = randn(n)", "x.pow(2)"),
    "exp": ("x = randn(n)", "torch.exp(x)"),
    "relu": ("x = randn(n)", "torch.relu(x)"),
    "sigmoid": ("x = randn(n)", "torch.sigmoid(x)"),
    "clamp": ("x = randn(n)", "x.clamp(min=-1, max=1)"),
    "eq": ("x, y = randn(n), randn(n)", "x.eq(y)"),
    "where": ("x, y = randn(n), randn(n); c = x.gt(y)", "torch.where(c, x, y)"),
    # Reductions.
    "sum": ("x = randn(n)", "x.sum()"),
    "sum_dim": ("x = randn(s, s)", "x.sum(dim=1, keepdim=True)"),
    "max_dim": ("x = randn(s, s)", "x.max(1)"),
    "std": ("x = randn(s, s)", "x.std(dim=0, correction=0)"),
    "softmax": ("x = randn(s, s)", "torch.softmax(x, 1)"),
    "cumsum": ("x = randn(n)", "x.cumsum(0)"),
    "topk": ("x = randn(n)", "x.topk(1)"),
    # Shapes and memory.
    "view": ("x = randn(n)", "x.view(1, -1)"),
    "slice": ("x = randn(n)", "x[0:n]"),
    "transpose_contiguous": ("x = randn(s, s)", "x.transpose(0, 1).contiguous()"),
    "cat": ("x, y = randn(n), randn(n)", "torch.cat([x, y])"),
    "to_float64": ("x = randn(n)", "x.to(torch.float64)"),
    "zeros": ("", "torch.zeros((n,))"),
    # Gathering.
    "index_select": ("x, i = randn(s, s), torch.arange(s)", "x.index_select(0, i)"),
    "index_tensor": ("x, i = randn(s, s), torch.arange(s)", "x[i]"),
    "gather": ("x = randn(s, s); i = torch.zeros((s, s), dtype=torch.int64)", "x.gather(1, i)"),
    # Networks.
    "mm": ("x, y = randn(s, s), randn(s, s)", "torch.mm(x, y)"),
    "linear": ("x, w, b = randn(s, s), randn(s, s), randn(s)", "torch.nn.functional.linear(x, w, bias=b)"),
    "layer_norm": ("x = randn(s, s)", "torch.nn.functional.layer_norm(x, [s])"),
    "conv2d": ("x, w = randn(1, 1, s, s), randn(1, 1, 3, 3)", "torch.conv2d(x, w, padding=1)"),
}


def items():
    """The items by name, as bench.py has them."""
    return {
        f"operators/{name}/{n}": (f"n, s = {n}, {math.isqrt(n)}; {setup or 'pass'}", operation)
        for name, (setup, operation) in OPERATORS.items()
        for n in SIZES
    }

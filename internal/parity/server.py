"""Runs the snippets that package parity sends, one JSON object a line."""

import base64
import contextlib
import io
import json
import os
import sys
import traceback
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

torch.set_num_threads(int(sys.argv[1]))

# Go opens CUDA when it starts, so Python must, too: attention on the CPU computes in
# another way in a process that has.
if os.environ.get("GOTORCH_DEVICE", "").startswith("cuda"):
    torch.cuda.is_available()


def encode(value):
    if isinstance(value, torch.Tensor):
        t = value.detach().resolve_conj().resolve_neg().contiguous()
        data = bytes(t.reshape(-1).view(torch.uint8).tolist())
        return {
            "dtype": str(t.dtype),
            "device": str(t.device),
            "shape": list(t.shape),
            "data": base64.b64encode(data).decode(),
        }
    if value is None or isinstance(value, (bool, int, str)):
        return {"value": value}
    if isinstance(value, float):
        return {"float": value.hex()}  # JSON would lose NaN and infinities
    if isinstance(value, (list, tuple)):
        return {"list": [encode(v) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[str(k), encode(v)] for k, v in value.items()]}
    return {"value": str(value)}


def run(code, device):
    out = {}
    names = {"torch": torch, "nn": nn, "F": F, "optim": optim, "out": out}
    stdout = io.StringIO()
    reply = {}
    torch.set_default_dtype(torch.float32)
    torch.set_printoptions(profile="default")
    torch.set_default_device(device or None)
    with contextlib.redirect_stdout(stdout), warnings.catch_warnings(
        record=True
    ) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, names)
        except Exception as e:
            reply["error"] = {
                "type": type(e).__name__,
                "message": str(e),
                "trace": traceback.format_exc(),
            }
    reply["stdout"] = stdout.getvalue()
    reply["warnings"] = [
        {"category": w.category.__name__, "message": str(w.message)} for w in caught
    ]
    reply["out"] = {k: encode(v) for k, v in out.items()}
    return reply


def main():
    replies = sys.stdout
    print(json.dumps({"version": torch.__version__}), file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(run(**json.loads(line))), file=replies, flush=True)


main()

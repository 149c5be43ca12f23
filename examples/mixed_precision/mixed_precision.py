"""Trains a small network in mixed precision, and prints what main.go prints."""

import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(2, width)
        self.norm = nn.LayerNorm(width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, 3)

    def forward(self, x):
        x = F.gelu(self.norm(self.fc1(x)))
        x = F.gelu(self.fc2(x))
        return self.fc3(x)


def make_rings(count, device):
    """Points in the plane, by how far from the middle they are."""
    x = torch.randn(count, 2)
    distance = x.square().sum(1).sqrt()
    y = (distance > 0.8).long() + (distance > 1.5).long()
    return x.to(device), y.to(device)


parser = argparse.ArgumentParser()
parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
parser.add_argument("--dtype", default="float16", choices=["float16", "bfloat16", "float32"])
parser.add_argument("--fused", action="store_true")
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--width", type=int, default=64)
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--init-scale", type=float, default=2.0**16)
parser.add_argument("--growth-interval", type=int, default=50)
parser.add_argument("--clip", type=float, default=1.0)
parser.add_argument("--log-interval", type=int, default=50)
args = parser.parse_args()

torch.manual_seed(0)
lower = args.dtype != "float32"
dtype = getattr(torch, args.dtype) if lower else None
model = Net(args.width).to(args.device)
optimizer = optim.AdamW(model.parameters(), lr=args.lr, fused=args.fused)
scaler = torch.amp.GradScaler(
    args.device,
    init_scale=args.init_scale,
    growth_interval=args.growth_interval,
    enabled=args.dtype == "float16",
)

skipped = 0
for step in range(1, args.steps + 1):
    input, target = make_rings(args.batch_size, args.device)
    optimizer.zero_grad()
    with torch.autocast(args.device, dtype=dtype, enabled=lower):
        output = model(input)
        loss = F.cross_entropy(output, target)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), args.clip)
    scaler.step(optimizer)
    before = scaler.get_scale()
    scaler.update()
    skipped += scaler.get_scale() < before
    if step % args.log_interval == 0:
        kind = str(output.dtype).removeprefix("torch.")
        print(f"step {step}: loss {loss.item():.6f}, output of {kind}, scale {scaler.get_scale():.0f}, {skipped} skipped")

with torch.no_grad(), torch.autocast(args.device, dtype=dtype, enabled=lower):
    input, target = make_rings(1000, args.device)
    right = (model(input).argmax(1) == target).sum().item()
print(f"right: {right / 10:.1f} %")

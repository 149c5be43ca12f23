"""The items that need a GPU: those of go/gpu.go."""

import torch
import torch.nn.functional as F
from torch import nn

import networks

PREFIX = "gpu/"


class Workload:
    """How large the networks and their batches are."""

    def __init__(self, images, image_side, sequences, length, vocabulary, layers, width, heads, side):
        self.images, self.image_side = images, image_side
        self.sequences, self.length, self.vocabulary = sequences, length, vocabulary
        self.layers, self.width, self.heads, self.side = layers, width, heads, side


# GPT-2 with 124 million weights, and batches that keep a large GPU busy.
FULL = Workload(64, 224, 8, 1024, 50257, 12, 768, 12, 1024)


class Bottleneck(nn.Module):
    def __init__(self, in_channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = None
        if stride != 1 or in_channels != 4 * width:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, 4 * width, 1, stride=stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x):
        identity = x
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        return F.relu(out + identity)


def resnet50(classes):
    layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, blocks in enumerate([3, 4, 6, 3]):
        width = 64 << stage
        for i in range(blocks):
            layers.append(Bottleneck(channels, width, 2 if i == 0 and stage > 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def resnet50_training(w):
    model = resnet50(1000)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = torch.randn(w.images, 3, w.image_side, w.image_side), torch.randint(0, 1000, (w.images,))
    return optimizer, lambda: F.cross_entropy(model(x), y)


def resnet50_amp_step(w):
    """Computes in float16, with scaled gradients."""
    optimizer, forward = resnet50_training(w)
    scaler = torch.amp.GradScaler("cuda")
    forward = autocast(torch.float16, forward)

    def run():
        optimizer.zero_grad()
        loss = forward()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        loss.item()

    return run


def gpt2_training(w):
    model = networks.GPT(w.vocabulary, w.length, w.layers, w.width, w.heads)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    text = torch.randint(0, w.vocabulary, (w.sequences, w.length + 1))
    input, target = text.narrow(1, 0, w.length), text.narrow(1, 1, w.length).reshape(-1)
    return optimizer, lambda: F.cross_entropy(model(input).view(-1, w.vocabulary), target)


def gpt2_amp_step(w):
    """Computes in bfloat16, which needs no scaling."""
    optimizer, forward = gpt2_training(w)
    return networks.step(optimizer, autocast(torch.bfloat16, forward))


def autocast(dtype, forward):
    def run():
        with torch.autocast("cuda", dtype):
            return forward()

    return run


def mlp_graph_step():
    """Replays a training step that was captured as a graph."""
    optimizer, forward = networks.mlp()

    def train():
        optimizer.zero_grad()
        loss = forward()
        loss.backward()
        optimizer.step()
        return loss

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            train()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = train()

    def run():
        graph.replay()
        loss.item()

    return run


# name: what to run while tensors are made on the GPU, and the operation.
SETUPS = {
    "add_2": ("x, y = randn(2), randn(2)", "torch.add(x, y)"),
    "mm": ("x, y = randn(w.side, w.side), randn(w.side, w.side)", "torch.mm(x, y)"),
    "adam_200": ("step = adam_200()", "step()"),
    "mlp_step": ("step = networks.mlp_step()", "step()"),
    "mlp_graph_step": ("step = gpu.mlp_graph_step()", "step()"),
    "resnet50_step": ("step = networks.step(*gpu.resnet50_training(w))", "step()"),
    "resnet50_amp_step": ("step = gpu.resnet50_amp_step(w)", "step()"),
    "gpt2_step": ("step = networks.step(*gpu.gpt2_training(w))", "step()"),
    "gpt2_amp_step": ("step = gpu.gpt2_amp_step(w)", "step()"),
}


def items():
    """The items by name, as bench.py has them."""
    made = "w = gpu.FULL; torch.set_default_device('cuda'); {}; torch.set_default_device(None)"
    return {PREFIX + name: (made.format(setup), operation) for name, (setup, operation) in SETUPS.items()}

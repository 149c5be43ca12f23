"""Training steps of the networks in go/networks.go."""

import torch
import torch.nn.functional as F
from torch import nn


def step(optimizer, forward):
    """Returns a training step: it runs forward, which returns the loss, and
    updates the parameters."""

    def run():
        optimizer.zero_grad()
        loss = forward()
        loss.backward()
        optimizer.step()
        loss.item()

    return run


def mlp():
    model = nn.Sequential(
        nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x, y = torch.randn(32, 64), torch.randn(32, 64)
    return optimizer, lambda: F.mse_loss(model(x), y)


def mlp_step():
    return step(*mlp())


class LanguageModel(nn.Module):
    def __init__(self, words, size):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, size, num_layers=2, dropout=0.2)
        self.decoder = nn.Linear(size, words)

    def forward(self, input):
        output, _ = self.lstm(self.embedding(input))
        return self.decoder(output)


def lstm_step():
    model = LanguageModel(1000, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    words = torch.randint(0, 1000, (21, 8))
    input, target = words.narrow(0, 0, 20), words.narrow(0, 1, 20).reshape(-1)
    return step(optimizer, lambda: F.cross_entropy(model(input).view(-1, 1000), target))


class Block(nn.Module):
    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = None
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x):
        identity = x
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        return F.relu(out + identity)


def resnet_step():
    layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for i, out in enumerate([64, 128, 256, 512]):
        layers += [Block(channels, out, min(i + 1, 2)), Block(out, out, 1)]
        channels = out
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = torch.randn(32, 3, 32, 32), torch.randint(0, 10, (32,))
    return step(optimizer, lambda: F.cross_entropy(model(x), y))


class GPT(nn.Module):
    def __init__(self, vocabulary, length, layers, width, heads):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, 4 * width, activation="gelu", batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device)
        h = self.tokens(x) + self.positions(torch.arange(x.size(1), device=x.device))
        for block in self.blocks:
            h = block(h, src_mask=mask, is_causal=True)
        return self.head(self.norm(h))


def gpt_step():
    model = GPT(65, 64, 4, 64, 4)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    text = torch.randint(0, 65, (4, 65))
    input, target = text.narrow(1, 0, 64), text.narrow(1, 1, 64).reshape(-1)
    return step(optimizer, lambda: F.cross_entropy(model(input).view(-1, 65), target))

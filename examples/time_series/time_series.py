"""The twin of main.go: the same network, data and order of random numbers."""

import argparse

import torch
import torch.nn as nn
import torch.optim as optim


class Forecaster(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, num_layers=2, batch_first=True)
        self.dropout = nn.Dropout(0.05)
        self.linear = nn.Linear(hidden, 1)

    def forward(self, x, future=0):
        output, state = self.lstm(x.unsqueeze(-1))
        predictions = [self.linear(self.dropout(output))]
        for _ in range(future):
            last = predictions[-1].narrow(1, -1, 1)
            output, state = self.lstm(last, state)
            predictions.append(self.linear(self.dropout(output)))
        return torch.cat(predictions, dim=1).squeeze(-1)


def waves(n, length):
    phase = torch.randint(-80, 80, (n, 1))
    return ((torch.arange(length) + phase) / 20.0).sin().double()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--waves", type=int, default=20)
    parser.add_argument("--length", type=int, default=100)
    parser.add_argument("--hidden", type=int, default=24)
    parser.add_argument("--future", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    data = waves(args.waves, args.length)
    test, train = data.narrow(0, 0, 3), data.narrow(0, 3, args.waves - 3)
    input, target = train.narrow(1, 0, args.length - 1), train.narrow(1, 1, args.length - 1)
    test_input, test_target = test.narrow(1, 0, args.length - 1), test.narrow(1, 1, args.length - 1)

    model = Forecaster(args.hidden)
    model.double()
    criterion = nn.MSELoss()
    optimizer = optim.LBFGS(model.parameters(), lr=0.5, max_iter=6)
    for i in range(args.steps):
        model.train()

        def closure():
            optimizer.zero_grad()
            loss = criterion(model(input), target)
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        model.eval()
        with torch.no_grad():
            test_loss = criterion(model(test_input), test_target)
            print(f"step {i}: loss {loss.item():.6f}, test loss {test_loss.item():.6f}")

    with torch.no_grad():
        forecast = model(test_input, args.future)[0]
    print(f"forecast: {forecast[-1].item():.4f}")


if __name__ == "__main__":
    main()

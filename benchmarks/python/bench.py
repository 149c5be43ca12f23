"""Measures PyTorch for the driver in the folder above, whose README tells the
protocol."""

import sys
import time
import timeit

import torch

import gpu
import networks
import operators_by_size

# name: (setup, operation). The items of go/items.go, go/operators.go, go/gpu.go and cpp/bench.cpp
# are the same. timeit puts the text of an operation into a loop, so that no call of a
# function is measured with it.
ITEMS = {
    "add": ("x, y = randn(2), randn(2)", "torch.add(x, y)"),
    "add_grad": ("x, y = randn(2).requires_grad_(), randn(2)", "torch.add(x, y)"),
    "mm_8x8": ("x, y = randn(8, 8), randn(8, 8)", "torch.mm(x, y)"),
    "training_step": ("step = training_step()", "step()"),
    "adam_200": ("step = adam_200()", "step()"),
    "mlp_step": ("step = networks.mlp_step()", "step()"),
    "lstm_step": ("step = networks.lstm_step()", "step()"),
    "gpt_step": ("step = networks.gpt_step()", "step()"),
    "resnet18_step": ("step = networks.resnet_step()", "step()"),
    **operators_by_size.items(),
    **gpu.items(),
}


class SimpleModel(torch.nn.Module):
    """The model of examples/simple_model."""

    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(2, 2)
        self.fc2 = torch.nn.Linear(2, 1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = self.fc2(x)
        return x


def training_step():
    """Returns one turn of that example's loop."""
    model = SimpleModel()
    criterion = torch.nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x_train = torch.tensor([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])
    y_train = torch.tensor([1.0, 2.0, 3.0])

    def step():
        optimizer.zero_grad()
        outputs = model(x_train)
        loss = criterion(outputs, y_train)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def adam_200():
    """Returns a step of Adam over 200 small tensors."""
    params = [torch.randn(16).requires_grad_() for _ in range(200)]
    for p in params:
        p.grad = torch.ones_like(p)
    return torch.optim.Adam(params).step


GLOBALS = {
    "torch": torch,
    "networks": networks,
    "gpu": gpu,
    "randn": torch.randn,
    "training_step": training_step,
    "adam_200": adam_200,
}


class Round:
    """Runs one operation many times."""

    def __init__(self, setup, operation, on_gpu):
        # timeit switches the garbage collector off; programs have it on.
        self.timer = timeit.Timer(operation, "import gc; gc.enable(); " + setup, globals=GLOBALS)
        self.on_gpu = on_gpu
        self.n = 1
        self.guess = 0  # seconds that n operations took, the last time

    def time(self):
        self.guess = self.timer.timeit(self.n)
        if self.on_gpu:  # where work may go on
            start = time.perf_counter()
            torch.cuda.synchronize()
            self.guess += time.perf_counter() - start

    def measure(self, length):
        while self.guess < length / 10:
            self.n *= 2
            self.time()
        self.n = max(1, int(self.n * length / self.guess))
        self.time()
        return self.guess / self.n * 1e9


def serve():
    """Answers each line "ITEM MILLISECONDS" with the nanoseconds that one
    operation took, in a round of about that length."""
    print(torch.__version__, flush=True)
    prepared = {}
    for line in sys.stdin:
        name, milliseconds = line.split()
        on_gpu = name.startswith(gpu.PREFIX)
        if name not in ITEMS or on_gpu and not torch.cuda.is_available():
            print("missing", flush=True)
            continue
        if name not in prepared:
            prepared[name] = Round(*ITEMS[name], on_gpu)
        print(prepared[name].measure(int(milliseconds) / 1000), flush=True)


def small_steps(n):
    """Runs n steps of a model with two weights."""
    w, x = torch.randn(2, requires_grad=True), torch.randn(2)
    for _ in range(n):
        w.grad = None
        w.mul(x).sum().backward()


def large_tensors(n):
    """Makes and drops n tensors of 100 MB."""
    for _ in range(n):
        torch.ones(25_000_000)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        {"small_steps": small_steps, "large_tensors": large_tensors}[sys.argv[1]](int(sys.argv[2]))

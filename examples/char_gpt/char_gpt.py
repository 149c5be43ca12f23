"""The twin of main.go: the same model, text and order of random numbers.

    python char_gpt.py --data "$(go list -m -f '{{.Dir}}' github.com/andybalholm/brotli)/testdata/Isaac.Newton-Opticks.txt"
"""

import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class GPT(nn.Module):
    def __init__(self, vocabulary, length, layers, width, heads, dropout):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList()
        for _ in range(layers):
            self.blocks.append(
                nn.TransformerEncoderLayer(
                    width, heads, 4 * width, dropout, activation="gelu", batch_first=True, norm_first=True
                )
            )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        length = x.size(1)
        mask = nn.Transformer.generate_square_subsequent_mask(length)
        h = self.tokens(x) + self.positions(torch.arange(length))
        h = self.dropout(h)
        for block in self.blocks:
            h = block(h, src_mask=mask, is_causal=True)
        return self.head(self.norm(h))

    def loss(self, windows):
        length = windows.size(1) - 1
        logits = self(windows.narrow(1, 0, length))
        return F.cross_entropy(logits.flatten(end_dim=1), windows.narrow(1, 1, length).flatten())

    def generate(self, first, n):
        self.eval()
        text = [first]
        with torch.no_grad():
            for _ in range(n):
                recent = text[-self.positions.num_embeddings :]
                logits = self(torch.tensor(recent).unsqueeze(0)).select(1, -1)
                next = torch.multinomial(F.softmax(logits, -1), 1)
                text.append(next.item())
        return text[1:]


class Corpus:
    def __init__(self, file):
        with open(file, encoding="utf-8", newline="") as f:
            text = f.read()
        self.alphabet = sorted(set(text))
        place = {c: i for i, c in enumerate(self.alphabet)}
        all = torch.tensor([place[c] for c in text])
        n = len(text)
        self.train, self.validation = all.narrow(0, 0, n - n // 10), all.narrow(0, n - n // 10, n // 10)

    def decode(self, codes):
        return "".join(self.alphabet[c] for c in codes)


def windows(text, n, length):
    starts = torch.randint(0, text.size(0) - length + 1, (n, 1))
    return text.take(starts + torch.arange(length))


def train(args, model, text):
    optimizer = optim.AdamW(model.parameters(), lr=args.lr)
    validation = windows(text.validation, args.validations, args.length + 1)
    for step in range(args.steps + 1):
        model.train()
        loss = model.loss(windows(text.train, args.batch_size, args.length + 1))
        if step % args.log_interval == 0:
            print(f"step {step:4d}: loss {loss.item():.4f}, validation {validate(model, validation):.4f}")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()


def validate(model, windows):
    model.eval()
    with torch.no_grad():
        return model.loss(windows).item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--log-interval", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--generate", type=int, default=400)
    parser.add_argument("--validations", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    text = Corpus(args.data)
    torch.manual_seed(args.seed)
    model = GPT(len(text.alphabet), args.length, args.layers, args.width, args.heads, args.dropout)
    train(args, model, text)
    print(text.decode(model.generate(text.alphabet.index("\n"), args.generate)))


if __name__ == "__main__":
    main()

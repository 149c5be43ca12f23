import torch

# Z = W*X + b, elementwise, and J = 1/2 * sum((Z - y)^2).
W = torch.tensor([0.5, 0.5], requires_grad=True)
b = torch.tensor([0.5, 0.5], requires_grad=True)
X = torch.tensor([1.0, 2.0])
y = torch.tensor([2.0, 1.0])
alpha = 0.1

print("Forward pass")
Z = W * X + b
J = 0.5 * (Z - y).square().sum()
print("Z =", Z.detach())
print("J =", J.item())

print("Backward pass, by hand")
with torch.no_grad():
    dW = (Z - y) * X
    db = Z - y
print("dJ/dW =", dW)
print("dJ/db =", db)

print("Backward pass, by autograd")
J.backward()
print("dJ/dW =", W.grad)
print("dJ/db =", b.grad)
print("They agree:", torch.equal(dW, W.grad) and torch.equal(db, b.grad))

print("Parameter update")
with torch.no_grad():
    W -= alpha * W.grad
    b -= alpha * b.grad
print("W =", W.detach())
print("b =", b.detach())
Z = W * X + b
J = 0.5 * (Z - y).square().sum()
print("J =", J.item())

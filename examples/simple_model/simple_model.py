import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(0)


class SimpleModel(nn.Module):
    def __init__(self):
        super(SimpleModel, self).__init__()
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = self.fc2(x)
        return x


model = SimpleModel()
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.01)

x_train = torch.tensor([[1, 2], [2, 3], [3, 4]], dtype=torch.float32)
y_train = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float32)

for epoch in range(100):
    optimizer.zero_grad()
    outputs = model(x_train)
    loss = criterion(outputs, y_train)
    loss.backward()
    optimizer.step()
    print(f"Epoch {epoch+1}, Loss: {loss.item()}")

x_test = torch.tensor([[1.5, 2.5]], dtype=torch.float32)
predictions = model(x_test)
print(f"Predictions: {predictions.item()}")

// Backprop is one step of gradient descent on a tiny network: forward pass,
// gradients by hand and by autograd, parameter update. It is a port of
// backprop.py and prints the same.
package main

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

func main() {
	// Z = W*X + b, elementwise, and J = 1/2 * sum((Z - y)^2).
	W := torch.NewTensor([]float32{0.5, 0.5}, torch.RequiresGrad(true))
	b := torch.NewTensor([]float32{0.5, 0.5}, torch.RequiresGrad(true))
	X := torch.NewTensor([]float32{1, 2})
	y := torch.NewTensor([]float32{2, 1})
	alpha := 0.1

	fmt.Println("Forward pass")
	Z := W.Mul(X).Add(b)
	J := Z.Sub(y).Square().Sum().Mul(0.5)
	fmt.Println("Z =", Z.Detach())
	fmt.Println("J =", J.Item())

	fmt.Println("Backward pass, by hand")
	var dW, db *torch.Tensor
	torch.NoGrad(func() {
		dW = Z.Sub(y).Mul(X)
		db = Z.Sub(y)
	})
	fmt.Println("dJ/dW =", dW)
	fmt.Println("dJ/db =", db)

	fmt.Println("Backward pass, by autograd")
	J.Backward()
	fmt.Println("dJ/dW =", W.Grad())
	fmt.Println("dJ/db =", b.Grad())
	fmt.Println("They agree:", pythonBool(dW.Equal(W.Grad()) && db.Equal(b.Grad())))

	fmt.Println("Parameter update")
	torch.NoGrad(func() {
		W.Sub_(W.Grad().Mul(alpha))
		b.Sub_(b.Grad().Mul(alpha))
	})
	fmt.Println("W =", W.Detach())
	fmt.Println("b =", b.Detach())
	Z = W.Mul(X).Add(b)
	J = Z.Sub(y).Square().Sum().Mul(0.5)
	fmt.Println("J =", J.Item())
}

// pythonBool spells a bool as Python does.
func pythonBool(v bool) string {
	if v {
		return "True"
	}
	return "False"
}

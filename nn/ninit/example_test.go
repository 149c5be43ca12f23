package ninit_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// The examples belong to the package: go vet knows no names that end in an
// underscore.

func Example_kaimingNormal() {
	layer := nn.NewLinear(512, 256)
	ninit.KaimingNormal_(layer.Weight, ninit.Mode("fan_out"), ninit.Nonlinearity("relu"))
	ninit.Zeros_(layer.Bias)
	fmt.Printf("%.2f\n", layer.Weight.Std()) // sqrt(2/256)
	// Output: 0.09
}

func Example_xavierUniform() {
	weight := torch.Empty([]int64{100, 200})
	ninit.XavierUniform_(weight, ninit.Gain(ninit.CalculateGain("relu")))
	bound := 0.2 // sqrt(2) * sqrt(6/(100+200))
	fmt.Println(weight.Abs().Max().Item() <= bound)
	// Output: true
}

func Example_truncNormal() {
	weight := torch.Empty([]int64{1000})
	ninit.TruncNormal_(weight, 0, 1, -2, 2)
	fmt.Println(weight.Abs().Max().Item() <= 2)
	// Output: true
}

func Example_orthogonal() {
	weight := ninit.Orthogonal_(torch.Empty([]int64{3, 5}))
	fmt.Println(weight.Mm(weight.T()).Allclose(torch.Eye(3), torch.Atol(1e-6)))
	// Output: true
}

func Example_constant() {
	fmt.Println(ninit.Constant_(torch.Empty([]int64{3}), 0.5))
	// Output: tensor([0.5000, 0.5000, 0.5000])
}

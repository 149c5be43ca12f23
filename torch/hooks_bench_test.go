package torch_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/torch"
)

// What hooks cost in a backward pass over one operation, and that those that
// are elsewhere cost nothing.
func BenchmarkHooks(b *testing.B) {
	same := func(g *torch.Tensor) *torch.Tensor { return nil }
	other := leaf(1, 2)
	defer other.RegisterHook(same).Remove()
	for name, hooks := range map[string]int{"none": 0, "one": 1, "four": 4} {
		b.Run(name, func(b *testing.B) {
			x := leaf(1, 2)
			for range hooks {
				defer x.RegisterHook(same).Remove()
			}
			for b.Loop() {
				torch.Scope(func() { x.Sum().Backward() })
			}
		})
	}
	b.Run("forward beside saved-tensor hooks", func(b *testing.B) {
		x, y := pair(), pair()
		identity := func(packed any) *torch.Tensor { return packed.(*torch.Tensor) }
		torch.WithSavedTensorsHooks(func(t *torch.Tensor) any { return t.Detach() }, identity, func() {
			for b.Loop() {
				torch.Add(x, y).Close()
			}
		})
	})
}

package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
)

func TestContainersConcatenateAndDelete(t *testing.T) {
	py := parity.Run(t, `
		from collections import OrderedDict
		s = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh(), c=nn.Sigmoid()))
		l = nn.ModuleList([nn.ReLU(), nn.Tanh()])
		both, twice, more = s + nn.Sequential(nn.Identity()), s * 2, l + l
		del s[0:2]
		del more[1:3]
		out["texts"] = [repr(m) for m in (both, twice, more, s)]
	`)
	s := nn.NewNamedSequential(nn.Named("a", nn.NewReLU()), nn.Named("b", nn.NewTanh()), nn.Named("c", nn.NewSigmoid()))
	l := nn.NewModuleList[nn.Layer](nn.NewReLU(), nn.NewTanh())
	both, twice, more := s.Concat(nn.NewSequential(nn.NewIdentity())), s.Repeat(2), l.Concat(l)
	s.Delete(0, 2)
	more.Delete(1, 3)
	assert.Equal(t, py.Strings("texts"), []string{both.String(), twice.String(), more.String(), s.String()})
	assertRaises(t, parity.RunError(t, "nn.Sequential() * 0"), func() { s.Repeat(0) })
}

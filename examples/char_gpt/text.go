package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"

	"github.com/andybalholm/brotli"

	"github.com/wangkuiyi/gotorch/torch"
)

// moduleText returns the file of Newton's Opticks that comes with the module
// brotli, beside its source. That is where the compiler found it; with -trimpath it
// does not tell.
func moduleText() string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(brotli.NewReader).Pointer()).FileLine(0)
	return filepath.Join(filepath.Dir(file), "testdata", "Isaac.Newton-Opticks.txt")
}

// A corpus is a text as numbers, which are places in its sorted alphabet.
type corpus struct {
	alphabet          []rune
	train, validation *torch.Tensor
}

// load reads a text, of which the last tenth is for validation.
func load(file string) (*corpus, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("load the text (see -data): %w", err)
	}
	runes := []rune(string(text))
	alphabet := slices.Compact(slices.Sorted(slices.Values(runes)))
	codes := make([]int64, len(runes))
	for i, r := range runes {
		place, _ := slices.BinarySearch(alphabet, r)
		codes[i] = int64(place)
	}
	all, n := torch.NewTensor(codes), int64(len(codes))
	return &corpus{alphabet, all.Narrow(0, 0, n-n/10), all.Narrow(0, n-n/10, n/10)}, nil
}

// decode turns numbers into text.
func (c *corpus) decode(codes []int64) string {
	runes := make([]rune, len(codes))
	for i, code := range codes {
		runes[i] = c.alphabet[code]
	}
	return string(runes)
}

// windows returns n parts of a text that start at random places, of shape (n,
// length).
func windows(text *torch.Tensor, n, length int64) *torch.Tensor {
	starts := torch.Randint(0, text.Size(0)-length+1, []int64{n, 1})
	return text.Take(starts.Add(torch.Arange(length)))
}

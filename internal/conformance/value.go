package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Value is an argument or a result of a call, as record.py encodes it:
//
//	nil, bool, string                       as such
//	int64, float64, complex128              numbers
//	*Array                                  a tensor
//	Like                                    a tensor of which only that is known
//	[]Value                                 a list or tuple
//	map[string]Value                        a dict
//	DType, Device, Layout, MemoryFormat     their names
//	Slice, Ellipsis, Generator              parts of an index; a seed
type Value struct{ V any }

// The values that have a type of their own in Python.
type (
	DType        string
	Device       string
	Layout       string
	MemoryFormat string
	Reduction    string
	Generator    int64 // its seed
	Slice        [3]Value
	Ellipsis     struct{}
)

// on returns the device, or in its place the one on which a call is made.
func (d Device) on(device torch.Device) torch.Device {
	if d == "meta" || device == (torch.Device{}) {
		return torch.NewDevice(string(d))
	}
	return device
}

// An Array is a tensor: memory, and how the tensor lies in it.
type Array struct {
	DType         string
	Device        Device
	Shape, Stride []int64
	Offset        int64 // of the first element in the storage
	At, Size      int   // of the storage in the record's bytes
	Conj, Neg     bool
	Grad          bool // it requires a gradient
	Object        int  // the same for arguments of a call that are one tensor
}

// Like is what is known of a tensor without elements.
type Like struct {
	DType string
	Shape []int64
}

// differ says how a tensor differs from what is known of it; "" if it does not.
func (l Like) differ(dtype torch.DType, shape []int64) string {
	if name := strings.TrimPrefix(dtype.String(), "torch."); name != l.DType {
		return fmt.Sprintf("has dtype %s, not %s", name, l.DType)
	}
	if !slices.Equal(shape, l.Shape) {
		return fmt.Sprintf("has shape %v, not %v", shape, l.Shape)
	}
	return ""
}

// UnmarshalJSON reads what Encoder.encode wrote.
func (v *Value) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case '{':
		return v.object(text)
	case '[':
		var list []Value
		err := json.Unmarshal(text, &list)
		v.V = list
		return err
	}
	return json.Unmarshal(text, &v.V)
}

// object reads an object, whose one key is the kind of value.
func (v *Value) object(text []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	for kind, content := range fields {
		var err error
		v.V, err = decode(kind, content)
		return err
	}
	return fmt.Errorf("a value without a kind")
}

func decode(kind string, content json.RawMessage) (any, error) {
	switch kind {
	case "tensor":
		a := new(Array)
		return a, json.Unmarshal(content, a)
	case "like":
		var l Like
		err := json.Unmarshal(content, &l)
		return l, err
	case "dict":
		var dict map[string]Value
		err := json.Unmarshal(content, &dict)
		return dict, err
	case "slice":
		var s Slice
		err := json.Unmarshal(content, (*[3]Value)(&s))
		return s, err
	case "ellipsis":
		return Ellipsis{}, nil
	case "complex":
		var parts [2]string
		if err := json.Unmarshal(content, &parts); err != nil {
			return nil, err
		}
		re, err := hexFloat(parts[0])
		if err != nil {
			return nil, err
		}
		im, err := hexFloat(parts[1])
		return complex(re, im), err
	}
	var s string
	if err := json.Unmarshal(content, &s); err != nil {
		return nil, err
	}
	switch kind {
	case "int":
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err
	case "float":
		return hexFloat(s)
	case "dtype":
		return DType(s), nil
	case "device":
		return Device(s), nil
	case "layout":
		return Layout(s), nil
	case "memory_format":
		return MemoryFormat(s), nil
	case "generator":
		seed, err := strconv.ParseInt(s, 10, 64)
		return Generator(seed), err
	}
	return nil, fmt.Errorf("unknown kind of value %q", kind)
}

// hexFloat reads what Python's float.hex writes.
func hexFloat(s string) (float64, error) {
	switch strings.TrimPrefix(s, "-") {
	case "inf":
		if s[0] == '-' {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	case "nan":
		return math.NaN(), nil
	}
	return strconv.ParseFloat(s, 64)
}

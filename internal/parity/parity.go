package parity

import (
	"bufio"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

//go:embed server.py
var server string

// A Result is what a snippet left in its dictionary out, and what it printed.
type Result struct {
	Stdout   string
	Warnings []Warning
	Error    *Exception // that the snippet raised; Run fails the test, RunError expects it

	t   testing.TB
	out map[string]Value
}

// A Warning that Python issued.
type Warning struct{ Category, Message string }

// An Exception that Python raised.
type Exception struct{ Type, Message, Trace string }

// A Value of the dictionary: a tensor (with DType), a number, a string, a list
// or a dictionary.
type Value struct {
	DType  string
	Device string // of a tensor
	Shape  []int64
	Data   string
	Value  any
	Float  string
	List   []Value
	Dict   [][2]json.RawMessage
}

// Run runs a snippet, which must not raise.
func Run(t testing.TB, code string) *Result {
	t.Helper()
	r := run(t, code)
	if r.Error != nil {
		t.Fatalf("Python failed:\n%s", r.Error.Trace)
	}
	return r
}

// RunError runs a snippet that must raise.
func RunError(t testing.TB, code string) *Result {
	t.Helper()
	r := run(t, code)
	if r.Error == nil {
		t.Fatal("Python did not raise")
	}
	return r
}

// Skip skips a test because Python cannot be compared with, or fails it under
// GOTORCH_REQUIRE_PARITY=1.
func Skip(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("GOTORCH_REQUIRE_PARITY") == "1" {
		t.Fatalf("parity with Python is required: %s", reason)
	}
	t.Skip("SKIPPED PARITY: " + reason)
}

// NeedDevices skips the test unless Go and Python have n CUDA devices.
func NeedDevices(t testing.TB, n int) {
	t.Helper()
	testkit.NeedDevices(t, n)
	if found := Run(t, `out["count"] = torch.cuda.device_count()`).Number("count"); found < float64(n) {
		Skip(t, fmt.Sprintf("needs a Python torch with %d CUDA devices, and it has %v: run Python with the same simulated GPU", n, found))
	}
}

// RunOnDevices is [Run] for a snippet that needs n CUDA devices, which Go must have, too.
func RunOnDevices(t testing.TB, n int, code string) *Result {
	t.Helper()
	NeedDevices(t, n)
	return Run(t, code)
}

// Case makes code a part of a longer snippet, which goes on if the part raises: then
// only the tests fail that ask for it by [Result.Case].
func Case(n int, code string) string {
	code = "    " + strings.ReplaceAll(strings.TrimSpace(code), "\n", "\n    ")
	return fmt.Sprintf("try:\n%s\nexcept Exception as e:\n    out['error %d'] = repr(e)\n", code, n)
}

func run(t testing.TB, code string) *Result {
	t.Helper()
	p, err := process()
	if err != nil {
		Skip(t, err.Error())
	}
	r, err := p.run(dedent(code))
	if err != nil {
		t.Fatalf("the Python process broke: %v", err)
	}
	r.t = t
	return r
}

// dedent removes the indentation of the first line with text from all lines.
func dedent(code string) string {
	lines := strings.Split(code, "\n")
	indent := ""
	for _, line := range lines {
		if text := strings.TrimLeft(line, " \t"); text != "" {
			indent = line[:len(line)-len(text)]
			break
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, indent)
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\t", "    ")
}

type python struct {
	sync.Mutex
	in  io.Writer
	out *bufio.Reader
}

// process starts the shared Python process. It ends with its standard input,
// when the test binary does.
var process = sync.OnceValues(func() (*python, error) {
	name := os.Getenv("GOTORCH_PYTHON")
	if name == "" {
		name = "python3"
	}
	// As many threads as Go has: some kernels round otherwise with more.
	cmd := exec.Command(name, "-c", server, strconv.Itoa(torch.GetNumThreads()))
	cmd.Stderr = os.Stderr
	if os.Getenv("GOTORCH_REQUIRE_PARITY") != "1" {
		cmd.Stderr = nil // "No module named torch" is no news
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &python{in: in, out: bufio.NewReader(out)}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("%s has no PyTorch", name)
	}
	var hello struct{ Version string }
	if err := json.Unmarshal(line, &hello); err != nil {
		return nil, err
	}
	if _, err := csrc.Load(); err != nil {
		return nil, err
	}
	if version, _, _ := strings.Cut(hello.Version, "+"); version != csrc.TorchVersion() {
		return nil, fmt.Errorf("%s has PyTorch %s, and Go has libtorch %s", name, version, csrc.TorchVersion())
	}
	return p, nil
})

// deviceUnderTest is the CUDA device on which Go makes its tensors now, and Python
// shall, too; "" if it is none.
func deviceUnderTest() string {
	if d := torch.GetDefaultDevice(); d.Type().String() == "cuda" {
		return d.String()
	}
	return ""
}

func (p *python) run(code string) (*Result, error) {
	p.Lock()
	defer p.Unlock()
	request, err := json.Marshal(map[string]string{"code": code, "device": deviceUnderTest()})
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(request, '\n')); err != nil {
		return nil, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var reply struct {
		Stdout   string
		Warnings []Warning
		Error    *Exception
		Out      map[string]Value
	}
	if err := json.Unmarshal(line, &reply); err != nil {
		return nil, fmt.Errorf("%w: %.200s", err, line)
	}
	return &Result{Stdout: reply.Stdout, Warnings: reply.Warnings, Error: reply.Error, out: reply.Out}, nil
}

// Value returns what the snippet stored under key.
func (r *Result) Value(key string) Value {
	r.t.Helper()
	v, ok := r.out[key]
	if !ok {
		r.t.Fatalf("the snippet did not set out[%q]", key)
	}
	return v
}

// Text returns the string stored under key.
func (r *Result) Text(key string) string {
	r.t.Helper()
	s, ok := r.Value(key).Value.(string)
	if !ok {
		r.t.Fatalf("out[%q] is no string", key)
	}
	return s
}

// Strings returns the list of strings stored under key.
func (r *Result) Strings(key string) []string {
	r.t.Helper()
	var list []string
	for _, v := range r.Value(key).List {
		list = append(list, fmt.Sprint(v.Value))
	}
	return list
}

// Number returns the number stored under key.
func (r *Result) Number(key string) float64 {
	r.t.Helper()
	return r.Value(key).number(r.t, key)
}

// Numbers returns the list of numbers stored under key.
func (r *Result) Numbers(key string) []float64 {
	r.t.Helper()
	var list []float64
	for _, v := range r.Value(key).List {
		list = append(list, v.number(r.t, key))
	}
	return list
}

func (v Value) number(t testing.TB, key string) float64 {
	t.Helper()
	if v.Float != "" {
		text := strings.NewReplacer("nan", "NaN", "inf", "Inf").Replace(v.Float)
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("out[%q]: %v", key, err)
		}
		return n
	}
	n, ok := v.Value.(float64)
	if !ok {
		t.Fatalf("out[%q] is no number but %v", key, v.Value)
	}
	return n
}

// EqualTensor fails the test unless the tensor stored under key equals got in
// dtype, shape, device and bits.
func (r *Result) EqualTensor(key string, got *torch.Tensor) {
	r.t.Helper()
	equal(r.t, key, r.Value(key), got)
}

// EqualTensors is EqualTensor for a list of tensors.
func (r *Result) EqualTensors(key string, got []*torch.Tensor) {
	r.t.Helper()
	want := r.Value(key).List
	if len(want) != len(got) {
		r.t.Errorf("%s: Python has %d tensors, Go %d", key, len(want), len(got))
		return
	}
	for i := range want {
		equal(r.t, fmt.Sprintf("%s[%d]", key, i), want[i], got[i])
	}
}

func equal(t testing.TB, key string, want Value, got *torch.Tensor) {
	t.Helper()
	if want.DType == "" || got == nil {
		if want.DType != "" || got != nil {
			t.Errorf("%s: Python has %v, Go %v", key, want.Value, got)
		}
		return
	}
	if dtype := got.DType().String(); dtype != want.DType {
		t.Errorf("%s: Python has dtype %s, Go %s", key, want.DType, dtype)
		return
	}
	if shape := got.Shape(); fmt.Sprint(shape) != fmt.Sprint(want.Shape) {
		t.Errorf("%s: Python has shape %v, Go %v", key, want.Shape, shape)
		return
	}
	if device := got.Device().String(); device != want.Device {
		t.Errorf("%s: Python's is on %s, Go's on %s", key, want.Device, device)
		return
	}
	data, err := base64.StdEncoding.DecodeString(want.Data)
	if err != nil {
		t.Fatal(err)
	}
	bytes := Bytes(got)
	size := got.DType().Itemsize()
	differing, first := 0, -1
	for i := 0; i < len(data); i += size {
		if string(data[i:i+size]) != string(bytes[i:i+size]) {
			if differing++; first < 0 {
				first = i / size
			}
		}
	}
	if differing > 0 {
		t.Errorf("%s: %d of %d elements differ, the first at %d: Python has %x, Go %x", key, differing, len(data)/size,
			first, data[first*size:(first+1)*size], bytes[first*size:(first+1)*size])
	}
}

// Bytes returns the memory of a tensor's elements, in row-major order.
func Bytes(t *torch.Tensor) []byte {
	if t.Numel() == 0 {
		return nil
	}
	plain := t.Detach().ResolveConj().ResolveNeg()
	// A contiguous tensor of one element may have any stride, of which a view
	// with another dtype wants a 1: a copy has it.
	return torch.Data[uint8](plain.Clone(torch.ContiguousFormat).Reshape(-1).ViewDtype(torch.Uint8))
}

// Case returns r for the subtest of a [Case], which must not have raised.
func (r *Result) Case(t testing.TB, n int) *Result {
	t.Helper()
	if raised, ok := r.out[fmt.Sprint("error ", n)]; ok {
		t.Fatalf("Python failed: %v", raised.Value)
	}
	return r.For(t)
}

// For returns r for the use in a subtest.
func (r *Result) For(t testing.TB) *Result {
	own := *r
	own.t = t
	return &own
}

package conformance

import (
	"bufio"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

//go:embed record.py autocast.py signatures.py
var scripts embed.FS

// A Record is one sample of the database, run in one way.
type Record struct {
	Entry  string // of the database: nn.functional.conv2d
	Kind   string // forward, method, inplace, out, gradient or error
	DType  string
	Sample int
	Calls  []*Call
	Failed string // what it raised
	End    bool   // this is no record but the end of them
	Bytes  int

	Autocast string // the dtype of autocast, in which autocast.py makes the calls
}

// A Call is one call of a sample.
type Call struct {
	Name        string // in Python: torch.add, torch.Tensor.add_, aten::add.Tensor
	Seed        int64
	Args        []Value
	Kwargs      map[string]Value
	Python      bool      // it is written in Python, and not one of ATen's with its name
	NoGrad      bool      `json:"no_grad"` // it is inside torch.no_grad()
	Tuple       bool      // its index is one, and not a list
	Bindings    []Binding // how Python may have named the arguments
	Out         Value
	Versions    []*int64 // of the tensors among the results; null where they share memory with arguments
	After       []Value  // what the tensors among the arguments became; null where they were not written to
	Weights     []Value  // of the results, for the gradients
	Gradients   []Value  // by the tensors among the arguments that require them
	GradFn      []string `json:"grad_fn"`
	NoGradients string   `json:"no_gradients"` // why there are none
	Error       *Exception
	Unsupported string // why it cannot be replayed

	blob   []byte       // of the tensors
	device torch.Device // where to replay it; the zero Device is the CPU
}

// A Binding names the positional arguments; *name takes all that follow.
type Binding struct {
	Names    []string
	Defaults map[string]Value // of those that were not given
}

// An Exception is what a call raised.
type Exception struct{ Type, Message string }

// Options say what to record.
type Options struct {
	Level   string   // aten or public
	Device  string   // of the samples; "": the CPU
	Kinds   []string // of running a sample
	DTypes  []string
	Samples int // of each entry, kind and dtype; 0: all
	Entries []string
	Part    string // "1/10": every tenth entry, from the second on
}

// Python is the interpreter that has PyTorch.
func Python() string {
	if name := os.Getenv("GOTORCH_PYTHON"); name != "" {
		return name
	}
	return "python3"
}

// Records runs the recorder and yields what it writes. An error ends the sequence.
func Records(o Options) iter.Seq2[*Record, error] {
	args := []string{"--level", o.Level, "--kinds", strings.Join(o.Kinds, ","), "--dtypes", strings.Join(o.DTypes, ","),
		"--samples", fmt.Sprint(o.Samples), "--entries", strings.Join(o.Entries, ",")}
	if o.Device != "" {
		args = append(args, "--device", o.Device)
	}
	if o.Part != "" {
		args = append(args, "--part", o.Part)
	}
	return recorded("record.py", args...)
}

// recorded runs a script and yields what it writes.
func recorded(script string, args ...string) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		folder, err := unpackScripts()
		if err != nil {
			yield(nil, err)
			return
		}
		defer os.RemoveAll(folder)
		cmd := exec.Command(Python(), append([]string{filepath.Join(folder, script)}, args...)...)
		var complaints strings.Builder
		cmd.Stderr = &complaints
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}()
		in := bufio.NewReaderSize(out, 1<<20)
		for {
			record, err := read(in)
			if err != nil {
				yield(nil, fmt.Errorf("the recorder broke: %w\n%s", err, complaints.String()))
				return
			}
			if record.End || !yield(record, nil) {
				return
			}
		}
	}
}

// unpackScripts writes the recorder to a temporary folder.
func unpackScripts() (folder string, err error) {
	if folder, err = os.MkdirTemp("", "gotorch-record-"); err != nil {
		return "", err
	}
	return folder, os.CopyFS(folder, scripts)
}

// read reads one record.
func read(in *bufio.Reader) (*Record, error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, errors.Join(err, errors.New("it ended early"))
	}
	var r Record
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, err
	}
	blob := make([]byte, r.Bytes)
	if _, err := io.ReadFull(in, blob); err != nil {
		return nil, err
	}
	for _, c := range r.Calls {
		c.blob = blob
	}
	return &r, nil
}

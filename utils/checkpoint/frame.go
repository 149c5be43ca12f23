package checkpoint

import (
	"fmt"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/torch"
)

// In the first computation each tensor that is saved for backward is replaced
// by a holder, which is empty. When backward asks for the first of them, the
// function is computed again, and each tensor that is saved in that is put into
// the holder whose turn it is. With a second backward pass over the same graph
// that happens again.

// frame is one checkpointed part of a model.
type frame struct {
	fn       Func
	inputs   []*input
	rng      *rngState
	autocast func(func()) // runs a function as the first computation ran
	context  func(func()) // of the second computation; may be nil
	early    bool
	check    bool

	sync.Mutex
	holders []*holder
	done    bool // with the first computation
	passes  map[int64]*pass
}

// holder stands for a saved tensor.
type holder struct {
	metadata   string
	recomputed map[int64]*torch.Tensor // by backward pass; nil once it was used
}

// pass is one second computation.
type pass struct {
	saved        int  // so far
	incompatible bool // it was not to be compared
}

// input is an argument that is kept for the second computation.
type input struct {
	tensor  *torch.Tensor
	version int64
}

func nonReentrant(fn Func, inputs []*torch.Tensor, o *options) []*torch.Tensor {
	f := &frame{
		fn: fn, rng: rngStateFor(inputs, o), autocast: operators().CaptureAutocast(), early: !o.noEarlyStop,
		check: o.check == "default", passes: map[int64]*pass{},
	}
	forward := func(fn func()) { fn() }
	if o.context != nil {
		forward, f.context = o.context()
	}
	var outputs []*torch.Tensor
	compute := func() { forward(func() { outputs = fn(inputs...) }) }
	if !torch.IsGradEnabled() {
		compute()
		return outputs
	}
	for _, t := range inputs {
		f.inputs = append(f.inputs, keep(t))
	}
	autograd.SavedTensorsHooks(f.hold, f.take, compute)
	f.done = true
	return outputs
}

func keep(t *torch.Tensor) *input {
	if t == nil {
		return nil
	}
	// Only what the function saves matters, and not where its gradients go.
	return &input{torch.Keep(t.Detach().RequiresGrad_(t.RequiresGrad())), t.Version()}
}

// get returns the input, unless it was written to.
func (in *input) get() *torch.Tensor {
	if in == nil {
		return nil
	}
	if v := in.tensor.Version(); v != in.version {
		panic(torch.NewError("RuntimeError", "one of the variables needed for gradient computation has been modified by an "+
			"inplace operation: the input of a checkpoint is at version %d; expected version %d instead.", v, in.version))
	}
	return in.tensor
}

// hold is called with each tensor that the first computation saves.
func (f *frame) hold(t *torch.Tensor) *holder {
	h := &holder{recomputed: map[int64]*torch.Tensor{}}
	if f.check {
		h.metadata = metadata(t)
	}
	f.Lock()
	defer f.Unlock()
	f.holders = append(f.holders, h)
	return h
}

// take is called when backward needs the tensor that h stands for.
func (f *frame) take(h *holder) *torch.Tensor {
	f.Lock()
	defer f.Unlock()
	id := torch.CurrentGraphTask()
	if f.passes[id] == nil || id == -1 {
		f.recompute(id)
	}
	t, there := h.recomputed[id]
	if !there {
		refuse("torch.utils.checkpoint: a tensor was not computed again")
	}
	if t == nil {
		refuse("torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are " +
			"calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with " +
			"details on your use case.")
	}
	h.recomputed[id] = nil
	return t
}

// stop ends a second computation that has all it is for.
type stop struct{ *pass }

// recompute fills the holders for a backward pass.
func (f *frame) recompute(id int64) {
	p := &pass{}
	f.passes[id] = p
	for _, h := range f.holders {
		delete(h.recomputed, id)
	}
	var inputs []*torch.Tensor
	for _, in := range f.inputs {
		inputs = append(inputs, in.get())
	}
	pack := func(t *torch.Tensor) *torch.Tensor { return f.fill(id, p, t) }
	unpack := func(t *torch.Tensor) *torch.Tensor { return t }
	untilStopped(p, func() {
		torch.Scope(func() {
			autograd.SavedTensorsHooks(pack, unpack, func() {
				torch.EnableGrad(func() { f.rng.with(func() { f.autocast(func() { f.run(inputs) }) }) })
			})
		})
	})
	f.compare(id, p)
}

func (f *frame) run(inputs []*torch.Tensor) {
	if f.context == nil {
		f.fn(inputs...)
		return
	}
	f.context(func() { f.fn(inputs...) })
}

func untilStopped(p *pass, fn func()) {
	defer func() {
		if e := recover(); e != nil && e != any(stop{p}) {
			panic(e)
		}
	}()
	fn()
}

// fill is called with each tensor that the second computation saves.
func (f *frame) fill(id int64, p *pass, t *torch.Tensor) *torch.Tensor {
	t = torch.Keep(t.Detach())
	i := p.saved
	p.saved++
	if i >= len(f.holders) {
		if !f.done {
			p.incompatible = true // backward inside of the first computation
			return t
		}
		refuse("torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward " +
			"pass.\n" + tip)
	}
	f.holders[i].recomputed[id] = t
	if f.early && p.saved == len(f.holders) {
		panic(stop{p})
	}
	return t
}

// compare refuses a second computation that differs from the first.
func (f *frame) compare(id int64, p *pass) {
	if p.incompatible {
		return
	}
	if p.saved != len(f.holders) {
		refuse(fmt.Sprintf("torch.utils.checkpoint: A different number of tensors was saved during the original forward and "+
			"recomputation.\nNumber of tensors saved during forward: %d\nNumber of tensors saved during recomputation: %d.\n%s",
			len(f.holders), p.saved, tip))
	}
	if !f.check {
		return
	}
	var b strings.Builder
	for i, h := range f.holders {
		if again := metadata(h.recomputed[id]); again != h.metadata {
			fmt.Fprintf(&b, "tensor at position %d:\nsaved metadata: %s\nrecomputed metadata: %s\n", i, h.metadata, again)
		}
	}
	if b.Len() > 0 {
		refuse("torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the " +
			"forward pass.\n" + b.String() + ".\n" + tip)
	}
}

// metadata is what both computations must agree in, as Python prints it.
func metadata(t *torch.Tensor) string {
	size := strings.ReplaceAll(strings.Trim(fmt.Sprint(t.Shape()), "[]"), " ", ", ")
	device := fmt.Sprintf("device(type='%s')", t.Device().Type())
	if t.IsCuda() {
		device = fmt.Sprintf("device(type='%s', index=%d)", t.Device().Type(), t.Device().Index())
	}
	return fmt.Sprintf("{'shape': torch.Size([%s]), 'dtype': %s, 'device': %s}", size, t.DType(), device)
}

// A refusal is of the kind CheckpointError, Python's exception.
func refuse(message string) { panic(torch.NewError("CheckpointError", "%s", message)) }

// tip is what Python adds to its messages.
const tip = `
Tip: To see a more detailed error message, either pass ` + "`debug=True`" + ` to
` + "`torch.utils.checkpoint.checkpoint(...)`" + ` or wrap the code block
with ` + "`with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):`" + ` to
enable checkpoint` + "\u2011" + `debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
`

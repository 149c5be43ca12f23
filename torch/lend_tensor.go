package torch

import "github.com/wangkuiyi/gotorch/internal/entry"

// PutInto adds t to the arguments of a call, for the packages of this project.
// name is the argument's, for the error that a closed tensor is. The caller keeps
// t alive until after the call.
func (t *Tensor) PutInto(f *entry.Frame, name string) {
	if t == nil || t.handle == 0 {
		t = usable(t, name)
	}
	f.Put(t.handle)
}

package torch

import "fmt"

// A Layout is how a tensor's elements are kept in memory, Python's
// torch.layout. The zero Layout stands for None: "not given".
type Layout uint8

// The layouts. Their numbers are libtorch's plus one.
const (
	Strided   Layout = 1 + iota // torch.strided
	SparseCoo                   // torch.sparse_coo
	SparseCsr                   // torch.sparse_csr
	Mkldnn                      // torch._mkldnn
	SparseCsc                   // torch.sparse_csc
	SparseBsr                   // torch.sparse_bsr
	SparseBsc                   // torch.sparse_bsc
	Jagged                      // torch.jagged
)

var layouts = [...]string{
	"torch.strided", "torch.sparse_coo", "torch.sparse_csr", "torch._mkldnn", "torch.sparse_csc", "torch.sparse_bsr",
	"torch.sparse_bsc", "torch.jagged",
}

// String returns the layout's name in Python: "torch.strided".
func (l Layout) String() string {
	if l == 0 || int(l) > len(layouts) {
		return fmt.Sprintf("torch.Layout(%d)", uint8(l))
	}
	return layouts[l-1]
}

// inCpp is the layout's name in the messages of libtorch.
func (l Layout) inCpp() string {
	return [...]string{"None", "Strided", "Sparse", "SparseCsr", "Mkldnn", "SparseCsc", "SparseBsr", "SparseBsc", "Jagged"}[l]
}

// A MemoryFormat is the order of a dense tensor's dimensions in memory,
// Python's torch.memory_format. The zero MemoryFormat stands for None.
type MemoryFormat uint8

// The memory formats. Their numbers are libtorch's plus one.
const (
	ContiguousFormat MemoryFormat = 1 + iota // torch.contiguous_format
	PreserveFormat                           // torch.preserve_format
	ChannelsLast                             // torch.channels_last
	ChannelsLast3d                           // torch.channels_last_3d
)

var memoryFormats = [...]string{
	"torch.contiguous_format", "torch.preserve_format", "torch.channels_last", "torch.channels_last_3d",
}

// String returns the format's name in Python: "torch.channels_last".
func (m MemoryFormat) String() string {
	if m == 0 || int(m) > len(memoryFormats) {
		return fmt.Sprintf("torch.MemoryFormat(%d)", uint8(m))
	}
	return memoryFormats[m-1]
}

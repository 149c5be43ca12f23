/*
Package backends chooses what libtorch computes with, and how exactly: Python's
torch.backends. Each library that libtorch uses has a package below this one.

	cudnn.SetBenchmark(true)                  // torch.backends.cudnn.benchmark = True
	cuda.Matmul.SetAllowTf32(true)            // torch.backends.cuda.matmul.allow_tf32 = True
	mkldnn.Flags(func() { ... })              // with torch.backends.mkldnn.flags(enabled=False): ...

An attribute of Python's is a pair of functions, and a context manager takes a
function. All settings are those of the process, as in Python; they can be read and
written without a GPU.

# The precision of float32

An operation's precision is its own, or else its backend's, or else that of all
backends; each may be "none", which is the next one's:

	backends.SetFp32Precision("ieee")         // torch.backends.fp32_precision = "ieee"
	cudnn.Conv.SetFp32Precision("tf32")       // torch.backends.cudnn.conv.fp32_precision = "tf32"
*/
package backends

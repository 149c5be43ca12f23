package csrc

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
static void gt_tune_malloc(int mmap_threshold, int trim_threshold, int fast_bins) {
	if (!getenv("MALLOC_MMAP_THRESHOLD_") && !getenv("MALLOC_TRIM_THRESHOLD_") && !getenv("GLIBC_TUNABLES")) {
		mallopt(M_MMAP_THRESHOLD, mmap_threshold);
		mallopt(M_TRIM_THRESHOLD, trim_threshold);
		mallopt(M_MXFAST, fast_bins);
	}
}
#else
static void gt_tune_malloc(int mmap_threshold, int trim_threshold, int fast_bins) {}
#endif
*/
import "C"

// Thresholds of glibc's malloc, in bytes: blocks beyond the first come from the
// system by themselves, free memory at the heap's end goes back to it beyond the
// second, and freed blocks up to the third go to lists apart.
const (
	mmapThreshold = 32 << 20 // the most that glibc by itself would raise it to
	trimThreshold = 256 << 20
	fastBins      = 0 // no such lists
)

// tuneMalloc sets malloc up for memory that is freed in bulk, as a torch.Scope
// and the garbage collector do. Python frees tensors one by one. It leaves malloc
// alone if the environment has settings for it.
//
// Freed memory is kept for the next tensors. Malloc would give that of a training
// step back to the system, which would have to clear it again for the next step,
// page by page: 13,600 page faults in a step of examples/mnist, a fifth of its
// time; Python has 4,200.
//
// Small freed blocks are joined to their neighbours at once, not left in "fast
// bins" until a larger block is asked for. With those, finding a block among tens
// of thousands that a collection freed took 40% of the time of a loop of small
// operators that is left to the collector.
func tuneMalloc() { C.gt_tune_malloc(mmapThreshold, trimThreshold, fastBins) }

package csrc

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
static void gt_keep_freed_memory(int mmap_threshold, int trim_threshold) {
	if (!getenv("MALLOC_MMAP_THRESHOLD_") && !getenv("MALLOC_TRIM_THRESHOLD_") && !getenv("GLIBC_TUNABLES")) {
		mallopt(M_MMAP_THRESHOLD, mmap_threshold);
		mallopt(M_TRIM_THRESHOLD, trim_threshold);
	}
}
#else
static void gt_keep_freed_memory(int mmap_threshold, int trim_threshold) {}
#endif
*/
import "C"

// Thresholds of glibc's malloc, in bytes: blocks beyond the first come from the
// system by themselves, and free memory at the heap's end goes back to it
// beyond the second.
const (
	mmapThreshold = 32 << 20 // the most that glibc by itself would raise it to
	trimThreshold = 256 << 20
)

// keepFreedMemory has malloc keep memory that is freed, for the next tensors.
// A torch.Scope frees all tensors of a training step at once; malloc would give
// that memory back to the system, which would have to clear it again for the
// next step, page by page: 13,600 page faults in a step of examples/mnist, a
// fifth of its time. Python frees tensors one by one, and has 4,200. It leaves
// malloc alone if the environment has settings for it.
func keepFreedMemory() { C.gt_keep_freed_memory(mmapThreshold, trimThreshold) }

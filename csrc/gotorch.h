// The C boundary between the Go package csrc and libgotorch.so.
//
// Both sides include this file. It is plain C, so that any C compiler can
// build the Go side and the library can be opened with dlopen. It lies beside the
// Go code, since go mod vendor takes nothing from folders without Go code.

#ifndef GOTORCH_H
#define GOTORCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A frame is an array of 64-bit words, GT_FRAME_WORDS or longer, that carries
// a call's arguments in and its results out.
//
// Word 0, going in, is a set of GT_FLAG_ bits; coming out, the identifier of
// the memory scope that is open on the calling thread (0: none). Arguments
// start at word 1, in the order of the function's schema; results overwrite
// them, again from word 1. frame.h says how each type is laid out.
#define GT_FRAME_WORDS 32

#define GT_FLAG_NO_GRAD 1u  // run this call as inside torch.no_grad()

// The bit that tells the handle of a graph's node from that of a tensor, which
// is the address of something aligned.
#define GT_NODE 1u
// The bit in the handle of a tensor that was made while a side stream was
// current: what other streams do with it must be recorded (see frame.h).
#define GT_SIDE 2u

// The kinds of error, named after the Python exceptions that PyTorch raises.
enum {
  GT_RUNTIME_ERROR,
  GT_INDEX_ERROR,
  GT_VALUE_ERROR,
  GT_TYPE_ERROR,
  GT_NOT_IMPLEMENTED_ERROR,
  GT_OUT_OF_MEMORY_ERROR,
  GT_LINALG_ERROR,
  GT_SYNTAX_ERROR,
  GT_BUFFER_ERROR,
  GT_ACCELERATOR_ERROR,
  GT_DISTRIBUTED_ERROR,
  GT_GO_PANIC,  // a Go function panicked, or ended its goroutine
};

typedef struct gt_warning {
  const char* text;
  const char* category;  // the Python name: UserWarning, DeprecationWarning
  struct gt_warning* next;
} gt_warning;

// What a call has to say beyond its results. Most calls return NULL instead.
typedef struct gt_report {
  const char* error;      // PyTorch's message; NULL if the call succeeded
  const char* backtrace;  // the message with its C++ backtrace, if it was asked for
  int32_t kind;           // one of the kinds above
  gt_warning* warnings;   // in the order in which they were issued
  uint64_t panic;         // Go's number of what a Go function threw, for GT_GO_PANIC
  int32_t out_of_memory;  // the error is that memory ran out, of the host or of a device
  int32_t unrepeatable;   // it has done what must not be done twice, such as to run Go code
} gt_report;

typedef void (*gt_function)(uint64_t* words);

// Runs the Go function with this number. The frame, GT_FRAME_WORDS long, has
// the open memory scope in word 0 and the arguments from word 1, laid out like
// results. It comes back with results from word 1, laid out like arguments, and
// 0 in word 0; or, if they do not fit, in a block from malloc, whose address is
// in word 0. Returns 0, or the number of what the function threw.
typedef uint64_t (*gt_callback)(uint64_t function, uint64_t* frame);

struct gt_cuda_library;

// One callable: an ATen operator or an entry of our own.
typedef struct gt_entry {
  gt_function function;  // NULL: this libtorch does not have it
  const char* schema;    // name(arguments) -> results; NULL like function
} gt_entry;

// What libgotorch.so exports, all of it.
typedef struct gt_library {
  const char* stamp;                     // hash of the sources it was built from
  const char* torch_version;             // of the libtorch it was built for
  const char* (*running_version)(void);  // of the libtorch that is running
  uint64_t operator_count;

  const gt_entry* (*operator_at)(uint64_t index);
  const gt_entry* (*entry_named)(const char* name);

  // Runs a function on a frame.
  gt_report* (*call)(gt_function function, uint64_t* frame);
  // Makes a CPU tensor out of the bytes at data, as the frame describes it.
  gt_report* (*copy_in)(uint64_t* frame, const void* data, uint64_t bytes);
  // Copies a CPU tensor's elements, in row-major order, to data.
  gt_report* (*copy_out)(uint64_t* frame, void* data, uint64_t bytes);
  // Like call, but the function may run Go code.
  gt_report* (*call_with_callbacks)(gt_function function, uint64_t* frame);
  // Gives up tensors, or nodes of graphs (GT_NODE): one reference for each
  // handle. Zeros are skipped.
  void (*release)(const uint64_t* handles, uint64_t count);
  // Takes one more reference to each tensor.
  void (*retain)(const uint64_t* handles, uint64_t count);
  void (*free_report)(gt_report* report);
  // The bytes that libtorch's CPU allocator has given out; changes all the time.
  const int64_t* allocated;

  // Says how Go functions are run.
  void (*set_callback)(gt_callback callback);
  // How many numbers of Go functions C++ has dropped; changes all the time.
  const int64_t* dropped;
  // Moves up to capacity of them to functions, and returns how many.
  uint64_t (*take_dropped)(uint64_t* functions, uint64_t capacity);

  // Says that libgotorch_cuda.so is open, too.
  void (*use_cuda)(const struct gt_cuda_library* cuda);
} gt_library;

// The library's one exported symbol.
const gt_library* gotorch_library(void);

// What libgotorch_cuda.so exports: functions that need CUDA's headers or
// libtorch_cuda.so. They are called as libgotorch.so's are.
typedef struct gt_cuda_library {
  const char* stamp;          // hash of the sources it was built from
  const char* torch_version;  // of the libtorch it was built for
  const gt_entry* (*entry_named)(const char* name);

  // A bit for each device whose caching allocator has asked CUDA for more memory.
  // Who has looked at a device clears its bit.
  uint64_t* grown;
  // Where the random numbers of a generator (at::CUDAGeneratorImpl) go on.
  uint64_t (*generator_offset)(void* generator);
  void (*set_generator_offset)(void* generator, uint64_t offset);
  // Whether the current stream's work becomes a graph.
  int32_t (*capturing)(void);
} gt_cuda_library;

// Its one exported symbol.
const gt_cuda_library* gotorch_cuda_library(void);

#ifdef __cplusplus
}
#endif

#endif  // GOTORCH_H

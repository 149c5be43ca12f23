// What the simulated libcudart.so offers beyond CUDA's own functions: to
// libcudamath.so, which computes, and through it to tests.
#pragma once

#include <driver_types.h>

#include <functional>
#include <string>

extern "C" {

// Whether work on this stream is being captured for a graph.
bool fakecuda_capturing(cudaStream_t stream);

// Adds a node to the graph that this stream is capturing. Returns false, and does
// nothing, where it captures none.
bool fakecuda_record(cudaStream_t stream, std::function<void()>* work);

// From now on the launch of a kernel is an error that names the kernel, as its
// result would be garbage.
void fakecuda_reject_kernels(bool reject);

// How many launches of kernels there were.
long fakecuda_launches();

// The log: what was asked of which device and stream, one line for each, of four
// fields between tabs: kind, name, device, stream (a number, as CUDA's handle).
//
//   operator  aten::add.Tensor  1  94523541760
//
// Nothing is kept until it is switched on.
void fakecuda_keep_log(bool keep);
bool fakecuda_log_is_on();
void fakecuda_log(const char* kind, const std::string& name, cudaStream_t stream);

// Takes the lines that were kept.
void fakecuda_take_log(std::string* lines);
}

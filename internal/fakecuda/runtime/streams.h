// Streams, events and captures of the simulated CUDA runtime.
//
// Work runs at once on the calling thread, so a stream is always idle. What a
// stream is for here is to be captured, and to have a name in the log.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <set>

#include "simulation.h"

namespace fakecuda {

using Nodes = std::vector<std::function<void()>>;

struct Stream;

// A capture under way: what runs on its streams becomes a graph's nodes.
struct Capture {
  unsigned long long id;
  Stream* origin;
  std::unique_ptr<Nodes> graph = std::make_unique<Nodes>();
  MemoryImage before;  // of the origin's device
  bool active = true;
  bool invalid = false;
};

struct Stream {
  int device = 0;
  int priority = 0;
  std::shared_ptr<Capture> capture;
  // How much work of the capture it had, and how much of that other streams wait for.
  size_t work = 0, joined = 0;
};

struct Event {
  int device;
  bool timed;
  bool recorded = false;
  std::chrono::steady_clock::time_point time{};
  std::shared_ptr<Capture> capture;
  Stream* stream = nullptr;  // that it was recorded on
  size_t work = 0;           // of the stream, by then
};

// Guards all of these.
std::recursive_mutex& streams_mutex();
using StreamsLock = std::lock_guard<std::recursive_mutex>;

std::set<Stream*>& all_streams();

// The stream that a handle stands for. Default streams have handles that are the
// same for all devices.
Stream* get(cudaStream_t handle);

inline bool capturing(const std::shared_ptr<Capture>& capture) {
  return capture && capture->active;
}

// Waiting for work is an error during its capture, and spoils the capture.
cudaError_t wait_for(const std::shared_ptr<Capture>& capture);

}  // namespace fakecuda

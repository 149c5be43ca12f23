// A simulated NCCL, libnccl.so.2, between the devices of one process: what
// torch.cuda.comm needs. Device memory is plain memory, so a broadcast is a copy, and
// the other functions are generated stubs which refuse.
//
// NCCL's header is not among those that are fetched; what is used is declared here.

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "../runtime/interface.h"

#define API extern "C" __attribute__((visibility("default")))

namespace {

enum Result { kSuccess = 0, kInvalidUsage = 5 };

// Those that communicate; each has a Rank.
struct Clique {
  size_t size;
};

struct Rank {
  std::shared_ptr<Clique> clique;
  int number, device;
};

// One rank's part of an operation.
struct Part {
  Rank* rank;
  const void* from;
  void* to;
  size_t count;
  int type, root;
  cudaStream_t stream;
};

using Parts = std::vector<Part>;

// What this thread's group has collected: an operation begins when all ranks take part.
struct Group {
  int depth = 0;
  std::map<Clique*, Parts> parts;
};

Group& group() {
  static thread_local Group instance;
  return instance;
}

size_t size_of(int type) {
  constexpr size_t kSizes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2};
  return kSizes[type];
}

template <class T>
void add(T* sum, const void* values, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] = sum[i] + static_cast<const T*>(values)[i];
}

void add(int type, void* sum, const void* values, size_t count) {
  switch (type) {
    case 0:
      return add(static_cast<int8_t*>(sum), values, count);
    case 1:
      return add(static_cast<uint8_t*>(sum), values, count);
    case 2:
      return add(static_cast<int32_t*>(sum), values, count);
    case 3:
      return add(static_cast<uint32_t*>(sum), values, count);
    case 4:
      return add(static_cast<int64_t*>(sum), values, count);
    case 5:
      return add(static_cast<uint64_t*>(sum), values, count);
    case 6:
      return add(static_cast<c10::Half*>(sum), values, count);
    case 7:
      return add(static_cast<float*>(sum), values, count);
    case 8:
      return add(static_cast<double*>(sum), values, count);
    default:
      return add(static_cast<c10::BFloat16*>(sum), values, count);
  }
}

// Each rank's destination gets the root's source.
void broadcast(const Parts& parts) {
  for (const Part& p : parts) {
    const Part& root = parts[p.root];
    if (p.to != root.from) memmove(p.to, root.from, p.count * size_of(p.type));
  }
}

// The root's destination gets the sum, in the order of the ranks.
void reduce(const Parts& parts) {
  const Part& root = parts[parts[0].root];
  const size_t bytes = root.count * size_of(root.type);
  std::vector<char> sum(bytes);
  memcpy(sum.data(), parts[0].from, bytes);
  for (size_t i = 1; i < parts.size(); i++) add(root.type, sum.data(), parts[i].from, root.count);
  memcpy(root.to, sum.data(), bytes);
}

Result take_part(const char* name, void (*operation)(const Parts&), const Part& part) {
  fakecuda_log("nccl", name, part.stream);
  Clique* clique = part.rank->clique.get();
  Parts& parts = group().parts[clique];
  parts.push_back(part);
  if (parts.size() < clique->size) return kSuccess;
  std::function<void()> work = [operation, all = std::move(parts)] { operation(all); };
  group().parts.erase(clique);
  if (!fakecuda_record(part.stream, &work)) work();
  return kSuccess;
}

}  // namespace

API Result ncclCommInitAll(Rank** ranks, int count, const int* devices) {
  const std::vector<int> all(devices, devices + (devices ? count : 0));
  if (std::set<int>(all.begin(), all.end()).size() != all.size()) return kInvalidUsage;
  auto clique = std::make_shared<Clique>(static_cast<size_t>(count));
  for (int i = 0; i < count; i++) ranks[i] = new Rank{clique, i, devices ? devices[i] : i};
  return kSuccess;
}

API Result ncclCommDestroy(Rank* rank) {
  delete rank;
  return kSuccess;
}

API Result ncclCommCount(const Rank* rank, int* count) {
  *count = static_cast<int>(rank->clique->size);
  return kSuccess;
}

API Result ncclCommUserRank(const Rank* rank, int* number) {
  *number = rank->number;
  return kSuccess;
}

API Result ncclCommCuDevice(const Rank* rank, int* device) {
  *device = rank->device;
  return kSuccess;
}

API Result ncclGroupStart() {
  group().depth++;
  return kSuccess;
}

// A group that ends before all have taken part would wait forever.
API Result ncclGroupEnd() {
  if (--group().depth > 0 || group().parts.empty()) return kSuccess;
  group().parts.clear();
  return kInvalidUsage;
}

API Result ncclBcast(void* buffer, size_t count, int type, int root, Rank* rank,
                     cudaStream_t stream) {
  return take_part("broadcast", broadcast, {rank, buffer, buffer, count, type, root, stream});
}

API Result ncclReduce(const void* from, void* to, size_t count, int type, int operation, int root,
                      Rank* rank, cudaStream_t stream) {
  if (operation != 0) return kInvalidUsage;  // 0: sum
  return take_part("reduce", reduce, {rank, from, to, count, type, root, stream});
}

// Green contexts of the simulated CUDA driver: some of a GPU's multiprocessors
// (SMs), with streams of their own. Which SMs are whose is kept as on a GPU of
// capability 8, where they are scheduled in pairs, and at least 4 make a
// partition; the work itself runs as in any other stream.

#include <cuda_runtime_api.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "driver.h"

namespace {

constexpr unsigned kAlignment = 2;
constexpr unsigned kLeast = 4;
constexpr unsigned kWorkqueues = 8;

// What a resource has besides the fields that CUDA shows.
struct Hidden {
  uint64_t processors;  // one bit for each
  CUdevice device;
  bool split;  // a part, which cannot be split again before a context has it
};
static_assert(sizeof(Hidden) <= sizeof(CUdevResource::_internal_padding));

Hidden hidden_in(const CUdevResource& resource) {
  Hidden hidden;
  memcpy(&hidden, resource._internal_padding, sizeof hidden);
  return hidden;
}

// The resource of these SMs, or an invalid one for none.
CUdevResource processors(const Hidden& hidden, unsigned alignment, unsigned flags) {
  CUdevResource resource{};
  if (!hidden.processors) return resource;
  resource.type = CU_DEV_RESOURCE_TYPE_SM;
  memcpy(resource._internal_padding, &hidden, sizeof hidden);
  resource.sm.smCount = std::popcount(hidden.processors);
  resource.sm.minSmPartitionSize = kLeast;
  resource.sm.smCoscheduledAlignment = alignment;
  resource.sm.flags = flags;
  return resource;
}

CUdevResource all_processors(CUdevice device) {
  const uint64_t all = (uint64_t{1} << fakecuda::processors_of(device)) - 1;
  return processors({all, device, false}, kAlignment, 0);
}

CUdevResource workqueues(CUdevice device) {
  CUdevResource resource{};
  resource.type = CU_DEV_RESOURCE_TYPE_WORKQUEUE_CONFIG;
  resource.wqConfig = {device, kWorkqueues, CU_WORKQUEUE_SCOPE_DEVICE_CTX};
  return resource;
}

CUdevice device_of(const CUdevResource& resource) {
  return resource.type == CU_DEV_RESOURCE_TYPE_SM ? hidden_in(resource).device
                                                  : resource.wqConfig.device;
}

// Takes the first n of a set.
uint64_t take(uint64_t* set, unsigned n) {
  uint64_t taken = 0;
  for (; n > 0; n--) {
    const uint64_t first = *set & -*set;
    taken |= first;
    *set &= ~first;
  }
  return taken;
}

unsigned rounded_up(unsigned n, unsigned to) { return (n + to - 1) / to * to; }

// Whether a resource may be split.
CUresult check(const CUdevResource* input) {
  if (!input) return CUDA_ERROR_INVALID_VALUE;
  if (input->type != CU_DEV_RESOURCE_TYPE_SM) return CUDA_ERROR_INVALID_RESOURCE_TYPE;
  return hidden_in(*input).split ? CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION : CUDA_SUCCESS;
}

// How many of the SMs that are left a group gets; nothing where it cannot be made.
std::optional<unsigned> size_of(const CU_DEV_SM_RESOURCE_GROUP_PARAMS& group, unsigned left) {
  const unsigned together = group.coscheduledSmCount ? group.coscheduledSmCount : kAlignment;
  const bool backfill = group.flags & CU_DEV_SM_RESOURCE_GROUP_BACKFILL;
  if (together != kAlignment) return {};
  unsigned count = group.smCount;
  if (count == 0) count = backfill ? left : left / together * together;
  if (count < together || count > left || (!backfill && count % together)) return {};
  return count;
}

}  // namespace

struct CUdevResourceDesc_st {
  std::vector<CUdevResource> resources;
};

struct CUgreenCtx_st {
  CUdevice device;
  CUdevResource processors, workqueues;
};

API CUresult cuDeviceGetDevResource(CUdevice device, CUdevResource* resource,
                                    CUdevResourceType type) {
  if (type == CU_DEV_RESOURCE_TYPE_SM) {
    *resource = all_processors(device);
  } else if (type == CU_DEV_RESOURCE_TYPE_WORKQUEUE_CONFIG) {
    *resource = workqueues(device);
  } else {
    return CUDA_ERROR_INVALID_RESOURCE_TYPE;
  }
  return CUDA_SUCCESS;
}

API CUresult cuDevSmResourceSplitByCount(CUdevResource* result, unsigned* groups,
                                         const CUdevResource* input, CUdevResource* remainder,
                                         unsigned flags, unsigned least) {
  if (auto error = check(input)) return error;
  if (!groups || flags) return CUDA_ERROR_INVALID_VALUE;
  Hidden rest = hidden_in(*input);
  rest.split = true;
  const unsigned size = rounded_up(least < kLeast ? kLeast : least, kAlignment);
  const unsigned possible = input->sm.smCount / size;
  if (possible == 0) return CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
  if (!result || *groups > possible) *groups = possible;
  for (unsigned i = 0; result && i < *groups; i++) {
    result[i] = processors({take(&rest.processors, size), rest.device, true}, kAlignment, 0);
  }
  if (remainder) *remainder = processors(rest, kAlignment, 0);
  return CUDA_SUCCESS;
}

API CUresult cuDevSmResourceSplit(CUdevResource* result, unsigned groups,
                                  const CUdevResource* input, CUdevResource* remainder,
                                  unsigned flags, CU_DEV_SM_RESOURCE_GROUP_PARAMS* params) {
  if (auto error = check(input)) return error;
  if (flags || groups == 0 || !params) return CUDA_ERROR_INVALID_VALUE;
  Hidden rest = hidden_in(*input);
  rest.split = true;
  for (unsigned i = 0; i < groups; i++) {
    const auto size = size_of(params[i], std::popcount(rest.processors));
    if (!size) return CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
    params[i].smCount = *size;
    const uint64_t taken = take(&rest.processors, *size);
    if (result) result[i] = processors({taken, rest.device, true}, kAlignment, params[i].flags);
  }
  if (remainder) *remainder = processors(rest, 1, CU_DEV_SM_RESOURCE_GROUP_BACKFILL);
  return CUDA_SUCCESS;
}

API CUresult cuDevResourceGenerateDesc(CUdevResourceDesc* desc, CUdevResource* resources,
                                       unsigned count) {
  if (!desc || !resources || count == 0) return CUDA_ERROR_INVALID_VALUE;
  for (unsigned i = 0; i < count; i++) {
    if (resources[i].type == CU_DEV_RESOURCE_TYPE_INVALID) return CUDA_ERROR_INVALID_RESOURCE_TYPE;
    if (device_of(resources[i]) != device_of(resources[0])) {
      return CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
    }
  }
  // CUDA has no function that frees one, either.
  *desc = new CUdevResourceDesc_st{{resources, resources + count}};
  return CUDA_SUCCESS;
}

API CUresult cuGreenCtxCreate(CUgreenCtx* context, CUdevResourceDesc desc, CUdevice device,
                              unsigned flags) {
  if (!context || !desc || flags != CU_GREEN_CTX_DEFAULT_STREAM) return CUDA_ERROR_INVALID_VALUE;
  auto* made = new CUgreenCtx_st{device, all_processors(device), workqueues(device)};
  for (const CUdevResource& r : desc->resources) {
    (r.type == CU_DEV_RESOURCE_TYPE_SM ? made->processors : made->workqueues) = r;
  }
  Hidden hidden = hidden_in(made->processors);
  hidden.split = false;
  memcpy(made->processors._internal_padding, &hidden, sizeof hidden);
  *context = made;
  return CUDA_SUCCESS;
}

API CUresult cuGreenCtxDestroy(CUgreenCtx context) {
  delete context;
  return CUDA_SUCCESS;
}

API CUresult cuGreenCtxGetDevResource(CUgreenCtx context, CUdevResource* resource,
                                      CUdevResourceType type) {
  if (type == CU_DEV_RESOURCE_TYPE_SM) {
    *resource = context->processors;
  } else if (type == CU_DEV_RESOURCE_TYPE_WORKQUEUE_CONFIG) {
    *resource = context->workqueues;
  } else {
    return CUDA_ERROR_INVALID_RESOURCE_TYPE;
  }
  return CUDA_SUCCESS;
}

API CUresult cuCtxFromGreenCtx(CUcontext* context, CUgreenCtx green) {
  *context = reinterpret_cast<CUcontext>(green);
  return CUDA_SUCCESS;
}

API CUresult cuGreenCtxStreamCreate(CUstream* stream, CUgreenCtx context, unsigned flags,
                                    int priority) {
  if (flags != CU_STREAM_NON_BLOCKING) return CUDA_ERROR_INVALID_VALUE;
  int before = 0;
  cudaGetDevice(&before);
  cudaSetDevice(context->device);
  const auto error = cudaStreamCreateWithPriority(stream, flags, priority);
  cudaSetDevice(before);
  return error ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

API CUresult cuStreamDestroy(CUstream stream) {
  return cudaStreamDestroy(stream) ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

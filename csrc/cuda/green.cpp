// Entries about green contexts: parts of a GPU's multiprocessors (SMs) with streams of
// their own. Python calls the driver by NVIDIA's package; here its functions are looked
// up through the runtime. A resource of the driver's crosses as its bytes.

#include <c10/cuda/CUDAException.h>
#include <cuda.h>

#include <cstring>
#include <string>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

// The driver's function of this name, as it was in a version of CUDA.
void* function_named(const char* name, int version) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult result{};
  C10_CUDA_CHECK(
      cudaGetDriverEntryPointByVersion(name, &function, version, cudaEnableDefault, &result));
  TORCH_CHECK(result == cudaDriverEntryPointSuccess, "this driver does not have ", name);
  return function;
}

// Calls a function of the driver of type F.
template <class F, class... A>
CUresult call_driver(const char* name, int version, A... arguments) {
  return reinterpret_cast<F*>(function_named(name, version))(arguments...);
}

// What NVIDIA's package for Python makes of an error.
void check(CUresult error) {
  if (error == CUDA_SUCCESS) {
    return;
  }
  const char *name = nullptr, *text = nullptr;
  call_driver<decltype(cuGetErrorName)>("cuGetErrorName", 6000, error, &name);
  call_driver<decltype(cuGetErrorString)>("cuGetErrorString", 6000, error, &text);
  TORCH_CHECK(false, "CUDA error: <CUresult.", name ? name : "?", ": ", static_cast<int>(error),
              "> (", text ? text : "<unknown>", ")");
}

// Calls a function of the driver, which must succeed. The prototype, to which nothing
// is linked, says the type.
#define DRIVER(function, version, ...) \
  check(call_driver<decltype(function)>(#function, version, __VA_ARGS__))

CUdevice driver_device(int64_t device) {
  CUdevice d = 0;
  DRIVER(cuDeviceGet, 2000, &d, static_cast<int>(device));
  return d;
}

std::string bytes_of(const CUdevResource& resource) {
  return {reinterpret_cast<const char*>(&resource), sizeof(resource)};
}

CUdevResource resource_of(std::string_view bytes) {
  CUdevResource resource{};
  TORCH_CHECK(bytes.size() == sizeof(resource), "a resource has ", sizeof(resource), " bytes");
  std::memcpy(&resource, bytes.data(), sizeof(resource));
  return resource;
}

CUdevResource resource_of_device(int64_t device, CUdevResourceType type) {
  CUdevResource resource{};
  DRIVER(cuDeviceGetDevResource, 12040, driver_device(device), &resource, type);
  return resource;
}

std::string sm_resource(int64_t device) {
  DRIVER(cuInit, 2000, 0U);
  return bytes_of(resource_of_device(device, CU_DEV_RESOURCE_TYPE_SM));
}

std::tuple<int64_t, int64_t> sm_counts(std::string_view bytes) {
  const CUdevResource resource = resource_of(bytes);
  if (resource.type != CU_DEV_RESOURCE_TYPE_SM) {
    return {0, 0};
  }
  return {resource.sm.smCount, resource.sm.smCoscheduledAlignment};
}

// The parts, and last the remainder. A group is four numbers: SMs, those that are
// scheduled together, that number if possible, and whether others may fill it up.
std::string split_sm_resource(std::string_view bytes, at::IntArrayRef numbers) {
  std::vector<CU_DEV_SM_RESOURCE_GROUP_PARAMS> groups(numbers.size() / 4);
  for (size_t i = 0; i < groups.size(); i++) {
    groups[i].smCount = static_cast<unsigned>(numbers[4 * i]);
    groups[i].coscheduledSmCount = static_cast<unsigned>(numbers[4 * i + 1]);
    groups[i].preferredCoscheduledSmCount = static_cast<unsigned>(numbers[4 * i + 2]);
    groups[i].flags = numbers[4 * i + 3] != 0 ? CU_DEV_SM_RESOURCE_GROUP_BACKFILL : 0;
  }
  const CUdevResource whole = resource_of(bytes);
  std::vector<CUdevResource> parts(groups.size() + 1);
  DRIVER(cuDevSmResourceSplit, 13010, parts.data(), static_cast<unsigned>(groups.size()), &whole,
         &parts.back(), 0U, groups.data());
  return {reinterpret_cast<const char*>(parts.data()), parts.size() * sizeof(CUdevResource)};
}

int64_t max_workqueue_concurrency(int64_t device) {
  return resource_of_device(device, CU_DEV_RESOURCE_TYPE_WORKQUEUE_CONFIG)
      .wqConfig.wqConcurrencyLimit;
}

CUdevResource some_sms(int64_t device, int64_t count) {
  CUdevResource whole = resource_of_device(device, CU_DEV_RESOURCE_TYPE_SM);
  TORCH_CHECK(count > 0 && count <= whole.sm.smCount,
              "Invalid number of SMs requested for green context: ", count, " (device has ",
              whole.sm.smCount, " SMs)");
  CUdevResource part{}, remainder{};
  unsigned groups = 1;
  DRIVER(cuDevSmResourceSplitByCount, 12040, &part, &groups, &whole, &remainder, 0U,
         static_cast<unsigned>(count));
  TORCH_CHECK(groups == 1, "Failed to create single SM resource group");
  return part;
}

CUdevResource some_workqueues(int64_t device, int64_t scope, std::optional<int64_t> limit) {
  CUdevResource queues = resource_of_device(device, CU_DEV_RESOURCE_TYPE_WORKQUEUE_CONFIG);
  queues.wqConfig.sharingScope = static_cast<CUdevWorkqueueConfigScope>(scope);
  if (limit) {
    queues.wqConfig.wqConcurrencyLimit = static_cast<unsigned>(*limit);
  }
  return queues;
}

// A green context lives in the primary one, which the first use of a device makes.
void ensure_context() {
  CUcontext current = nullptr;
  DRIVER(cuCtxGetCurrent, 4000, &current);
  if (current == nullptr) {
    TORCH_WARN(
        "Attempted to create a green context but there was no primary context! Creating a "
        "primary context...");
    C10_CUDA_CHECK(cudaFree(nullptr));
  }
}

// Of a number of SMs, or a part of them; and of workqueues.
int64_t new_green_context(int64_t device, std::optional<int64_t> sms, std::string_view part,
                          std::optional<int64_t> scope, std::optional<int64_t> limit) {
  ensure_context();
  const CUdevice d = driver_device(device);
  std::vector<CUdevResource> resources;
  if (!part.empty()) {
    resources.push_back(resource_of(part));
  }
  if (sms) {
    resources.push_back(some_sms(device, *sms));
  }
  if (scope) {
    resources.push_back(some_workqueues(device, *scope, limit));
  }
  CUdevResourceDesc description = nullptr;
  DRIVER(cuDevResourceGenerateDesc, 12040, &description, resources.data(),
         static_cast<unsigned>(resources.size()));
  CUgreenCtx context = nullptr;
  DRIVER(cuGreenCtxCreate, 12040, &context, description, d,
         static_cast<unsigned>(CU_GREEN_CTX_DEFAULT_STREAM));
  return reinterpret_cast<int64_t>(context);
}

CUgreenCtx green_at(int64_t handle) { return reinterpret_cast<CUgreenCtx>(handle); }

void delete_green_context(int64_t context) { DRIVER(cuGreenCtxDestroy, 12040, green_at(context)); }

std::string green_context_resource(int64_t context) {
  CUdevResource resource{};
  DRIVER(cuGreenCtxGetDevResource, 12040, green_at(context), &resource, CU_DEV_RESOURCE_TYPE_SM);
  return bytes_of(resource);
}

int64_t new_green_stream(int64_t context) {
  CUstream stream = nullptr;
  DRIVER(cuGreenCtxStreamCreate, 12050, &stream, green_at(context),
         static_cast<unsigned>(CU_STREAM_NON_BLOCKING), 0);
  return reinterpret_cast<int64_t>(stream);
}

void delete_green_stream(int64_t stream) {
  C10_CUDA_CHECK(cudaStreamDestroy(reinterpret_cast<cudaStream_t>(stream)));
}

// Makes the context the thread's current one, until pop_green_context.
void push_green_context(int64_t context) {
  CUcontext ordinary = nullptr;
  DRIVER(cuCtxFromGreenCtx, 12040, &ordinary, green_at(context));
  DRIVER(cuCtxPushCurrent, 4000, ordinary);
}

void pop_green_context(int64_t context) {
  CUcontext ordinary = nullptr, popped = nullptr;
  DRIVER(cuCtxFromGreenCtx, 12040, &ordinary, green_at(context));
  DRIVER(cuCtxPopCurrent, 4000, &popped);
  TORCH_CHECK(popped == ordinary, "expected popped context to be the current ctx");
}

#undef DRIVER

constexpr gt_entry kEntries[] = {
    entry<sm_resource>("cuda::sm_resource(int device) -> str"),
    entry<sm_counts>("cuda::sm_counts(str resource) -> (int, int)"),
    entry<split_sm_resource>("cuda::split_sm_resource(str resource, int[] groups) -> str"),
    entry<max_workqueue_concurrency>("cuda::max_workqueue_concurrency(int device) -> int"),
    entry<new_green_context>(
        "cuda::new_green_context(int device, int? sms, str part, int? scope, int? limit) -> int"),
    entry<delete_green_context>("cuda::delete_green_context(int context) -> ()"),
    entry<green_context_resource>("cuda::green_context_resource(int context) -> str"),
    entry<new_green_stream>("cuda::new_green_stream(int context) -> int"),
    entry<delete_green_stream>("cuda::delete_green_stream(int stream) -> ()"),
    entry<push_green_context>("cuda::push_green_context(int context) -> ()"),
    entry<pop_green_context>("cuda::pop_green_context(int context) -> ()"),
};

}  // namespace

std::span<const gt_entry> green_entries() { return kEntries; }

}  // namespace gotorch::cuda

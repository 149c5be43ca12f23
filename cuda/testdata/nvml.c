// Stands in for NVML, with one GPU, at the place of the second simulated one.

#include <stdlib.h>
#include <string.h>

typedef struct {
  unsigned gpu, memory;
} Rates;
typedef struct {
  unsigned long long total, free, used;
} Memory;
typedef struct {
  unsigned pid;
  unsigned long long memory;
  unsigned gpu_instance, compute_instance;
} Process;

static int device;

int nvmlInit_v2(void) { return getenv("NVML_FAILS") != NULL ? 9 : 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char* place, void** handle) {
  if (strcmp(place, "00000000:02:00.0") != 0) {
    return 6;  // not found
  }
  *handle = &device;
  return 0;
}
int nvmlDeviceGetUtilizationRates(void* handle, Rates* rates) {
  *rates = (Rates){70, 30};
  return handle != &device;
}
int nvmlDeviceGetTemperature(void* handle, int sensor, unsigned* degrees) {
  *degrees = 45;
  return handle != &device || sensor != 0;
}
int nvmlDeviceGetPowerUsage(void* handle, unsigned* milliwatts) {
  *milliwatts = 123456;
  return handle != &device;
}
int nvmlDeviceGetClockInfo(void* handle, int clock, unsigned* megahertz) {
  *megahertz = 1980;
  return handle != &device || clock != 1;
}
int nvmlDeviceGetMemoryInfo(void* handle, Memory* memory) {
  *memory = (Memory){3000, 1000, 2000};
  return handle != &device;
}
int nvmlDeviceGetIndex(void* handle, unsigned* index) {
  *index = 5;
  return handle != &device;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* handle, unsigned* count, Process* list) {
  const unsigned room = *count;
  *count = getenv("NVML_IDLE") != NULL ? 0 : 20;
  for (unsigned i = 0; i < room && i < *count; i++) {
    list[i] = (Process){100 + i, (i + 1ull) << 20, 0, 0};
  }
  return handle != &device ? 1 : room < *count ? 7 : 0;
}

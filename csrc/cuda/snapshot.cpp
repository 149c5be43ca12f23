// Entries about the history of memory and its state at one moment. Go gets them as
// JSON, and writes the file that PyTorch's memory_viz reads.

#include <ATen/core/CachingHostAllocator.h>
#include <c10/cuda/CUDACachingAllocator.h>

#include <charconv>

#include "../src/stack.h"
#include "cuda.h"

namespace gotorch::cuda {
namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;
using allocator::BlockInfo;
using allocator::RecordContext;
using allocator::SegmentInfo;
using allocator::TraceEntry;
using c10::CachingDeviceAllocator::HostSegmentInfo;
using Context = std::shared_ptr<c10::GatheredContext>;

// 0 is no stack. All contexts are what the recorder in libgotorch.so returned.
int64_t stack_of(const Context& context) {
  return context == nullptr ? 0 : static_cast<const GoStack*>(context.get())->number;
}

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> list;
  for (size_t end = 0; !words.empty(); words.remove_prefix(std::min(end + 1, words.size()))) {
    end = words.find(' ');
    end = end == std::string_view::npos ? words.size() : end;
    list.emplace_back(words.substr(0, end));
  }
  return list;
}

// when is a RecordContext; skipped are actions, with blanks between them; recorder
// is what stack_recorder of libgotorch.so returned.
void record_history(bool enabled, int64_t entries, int64_t when, bool clear,
                    std::string_view skipped, bool host, bool device, int64_t recorder) {
  const auto gather = reinterpret_cast<allocator::CreateContextFn>(recorder);
  const auto context = static_cast<RecordContext>(when);
  const auto count = static_cast<size_t>(entries);
  if (device || !enabled) {
    allocator::recordHistory(enabled, gather, count, context, clear, split(skipped));
  }
  if (host || !enabled) {
    at::getHostAllocator(at::kCUDA)->record_history(enabled, gather, count, context, clear);
  }
}

// --- JSON -----------------------------------------------------------------------

class Json {
 public:
  template <class T>
    requires std::is_integral_v<T>
  void value(T v) {
    if constexpr (std::is_same_v<T, bool>) {
      text_ += v ? "true" : "false";
    } else {
      text_ += std::to_string(v);
    }
  }
  void value(double v) {
    char digits[32];
    text_.append(digits, std::to_chars(digits, std::end(digits), v).ptr);
  }
  void value(const void* address) { value(reinterpret_cast<uint64_t>(address)); }
  void value(const Context& context) { value(stack_of(context)); }
  void value(const c10::MempoolId_t& id) {
    text_ += '[';
    value(id.first);
    text_ += ',';
    value(id.second);
    text_ += ']';
  }
  void value(std::string_view s) {
    text_ += '"';
    for (const char c : s) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
      }
      text_ += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    text_ += '"';
  }
  void value(const char* s) { value(std::string_view(s)); }
  template <class T>
  void value(const std::vector<T>& list) {
    text_ += '[';
    for (const T& element : list) {
      separate();
      value(element);
    }
    text_ += ']';
  }
  void value(const BlockInfo& b);
  void value(const SegmentInfo& s);
  void value(const HostSegmentInfo& s);
  void value(const TraceEntry& t);

  // One object: names and values in turn.
  template <class... T>
  void object(const T&... members) {
    text_ += '{';
    member(members...);
    text_ += '}';
  }

  std::string take() && { return std::move(text_); }

 private:
  template <class T, class... Rest>
  void member(const char* name, const T& v, const Rest&... rest) {
    separate();
    value(name);
    text_ += ':';
    value(v);
    if constexpr (sizeof...(rest) > 0) {
      member(rest...);
    }
  }
  void separate() {
    if (text_.back() != '[' && text_.back() != '{') {
      text_ += ',';
    }
  }

  std::string text_;
};

void Json::value(const BlockInfo& b) {
  object("size", b.size, "requested_size", b.requested_size, "allocated", b.allocated, "active",
         b.active, "stack", b.context_when_allocated);
}

void Json::value(const SegmentInfo& s) {
  object("device", static_cast<int>(s.device), "address", s.address, "total_size", s.total_size,
         "allocated_size", s.allocated_size, "active_size", s.active_size, "requested_size",
         s.requested_size, "stream", s.stream, "large", s.is_large, "pool", s.owner_private_pool_id,
         "expandable", s.is_expandable, "blocks", s.blocks, "stack", s.context_when_allocated);
}

void Json::value(const HostSegmentInfo& s) {
  object("address", s.address, "size", s.size, "allocated", s.allocated, "active", s.active, "pool",
         s.owner_private_pool_id, "stack", s.context_when_allocated);
}

void Json::value(const TraceEntry& t) {
  object("action", static_cast<int>(t.action_), "addr", t.addr_, "size", t.size_, "stream",
         t.stream_, "time_us", t.time_.t_, "pool", t.mempool_, "compile_context",
         std::string_view(t.compile_context_), "user_metadata", std::string_view(t.user_metadata_),
         "internal_metadata", std::string_view(t.internal_metadata_), "stack", t.context_);
}

std::string memory_snapshot(int64_t pool, int64_t graph, bool traces) {
  const c10::MempoolId_t id(static_cast<uint64_t>(pool), static_cast<uint64_t>(graph));
  const auto s = allocator::snapshot(id, traces);
  Json json;
  json.value(s.segments);
  std::string segments = std::move(json).take();
  Json devices;
  devices.value(s.device_traces);
  const auto& c = s.config_metadata;
  Json settings;
  settings.object("conf", std::string_view(c.last_allocator_settings), "max_split_size",
                  static_cast<int64_t>(c.max_split_size), "garbage_collection_threshold",
                  c.garbage_collection_threshold, "expandable_segments", c.expandable_segments,
                  "pinned_num_register_threads", c.pinned_num_register_threads,
                  "release_lock_on_malloc", c.release_lock_on_malloc, "pinned_use_host_register",
                  c.pinned_use_host_register, "graph_capture_record_stream_reuse",
                  c.graph_capture_record_stream_reuse, "max_round_threshold",
                  static_cast<int64_t>(c.max_round_threshold), "max_cached_size",
                  static_cast<int64_t>(c.max_cached_size), "roundup_power2_divisions",
                  c.roundup_power2_divisions);
  auto& host = *at::getHostAllocator(at::kCUDA);
  Json host_segments, host_traces;
  host_segments.value(host.get_segments());
  host_traces.value(host.get_traces());
  return "{\"segments\":" + segments + ",\"device_traces\":" + std::move(devices).take() +
         ",\"allocator_settings\":" + std::move(settings).take() +
         ",\"host_segments\":" + std::move(host_segments).take() +
         ",\"host_traces\":" + std::move(host_traces).take() + "}";
}

// The number of the stack from which a tensor's memory was allocated, or 0.
int64_t allocation_stack(int64_t address) {
  return stack_of(allocator::getContextForPointer(reinterpret_cast<const void*>(address)));
}

constexpr gt_entry kEntries[] = {
    entry<record_history>(
        "cuda::record_history(bool enabled, int entries, int when, bool clear, str skipped, bool "
        "host, bool device, int recorder) -> ()"),
    entry<memory_snapshot>("cuda::memory_snapshot(int pool, int graph, bool traces) -> str"),
    entry<allocation_stack>("cuda::allocation_stack(int address) -> int"),
};

}  // namespace

std::span<const gt_entry> snapshot_entries() { return kEntries; }

}  // namespace gotorch::cuda

// Calls typed C++ functions with arguments read from a frame.
//
// Caller<R(A...)> reads one argument for each type in A, calls the function
// and writes its result back. It is instantiated once for every ATen operator
// (over at::_ops::X::schema) and once for every entry of our own, so no
// wrapper is written by hand.
//
// Layout of the arguments, in words:
//   Tensor           the handle (TensorImpl*, with GT_SIDE); 0 is an undefined
//                    tensor. Where Python takes a number for a tensor, it may be
//                    a number: the Scalar's tag << 1 | 1, then its value as for
//                    Scalar
//   int, bool, enums the value           float      the bits of the double
//   Scalar           tag, value; a complex one has two values
//   Device           type << 16 | index (16 bits, signed)
//   Stream           its number, then its Device
//   T?               0, or 1 followed by T; Tensor? is just a handle
//   T[]              length, then the values
//   str              length in bytes, then the bytes, padded to whole words
// Results:
//   Tensor           handle, description (see describe)
//   T[], str         length, 0, then the values in place; or, if they do not
//                    fit into the frame, length and the address of a block
//                    that the receiver frees with free()

#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/IListRef.h>
#include <ATen/core/List.h>
#include <ATen/core/Tensor.h>
#include <c10/core/SymIntArrayRef.h>
#include <c10/util/OptionalArrayRef.h>

#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "../gotorch.h"

namespace gotorch {

// Reads words one after the other. What it returns is valid as long as it is.
class Reader {
 public:
  explicit Reader(uint64_t* words) : next_(words) {}

  uint64_t word() { return *next_++; }
  int64_t integer() { return static_cast<int64_t>(word()); }
  double real() { return std::bit_cast<double>(word()); }
  bool flag() { return word() != 0; }

  // The address of the next n words, which are skipped.
  uint64_t* block(uint64_t n) {
    uint64_t* p = next_;
    next_ += n;
    return p;
  }

  // Holds a tensor that was made for the call. Out of line: it is rare, and this
  // file is instantiated thousands of times.
  at::Tensor& hold(at::Tensor t);

 private:
  uint64_t* next_;
  std::forward_list<at::Tensor> held_;
};

// Streams
//
// The caching allocator of a device gives a block that was freed to whoever next
// asks for memory on the stream that it was allocated on, though other streams
// may still have to read it. Users of Python record such uses, or keep a variable
// until the streams have met; but Go's collector frees what is not used any more,
// variable or not. So uses are recorded here, where they are rare enough to cost
// nothing else: of all tensors on a thread whose current stream is a side stream,
// and everywhere of those that were made on such a thread, which have GT_SIDE in
// their handle.

// Whether the current stream of this thread is another than the default one.
extern thread_local constinit bool on_side_stream __attribute__((tls_model("initial-exec")));

// Takes GT_SIDE out of a handle, and records that the current stream uses the tensor.
void record_use(uint64_t* handle);

// GT_SIDE, if the tensor was made on a side stream.
uint64_t side_of(const at::Tensor& t);

inline c10::TensorImpl* tensor_of(uint64_t handle) {
  return reinterpret_cast<c10::TensorImpl*>(handle & ~uint64_t{GT_SIDE});
}

// Returns the handle for a tensor whose reference the receiver gets.
inline uint64_t give_away(at::Tensor&& t) {
  const uint64_t side = on_side_stream ? side_of(t) : 0;
  return reinterpret_cast<uint64_t>(t.unsafeReleaseTensorImpl()) | side;
}

// Turns the words at p into tensors in place. An at::Tensor is nothing but a
// pointer to a TensorImpl, so a word that holds one can be used as a Tensor,
// without touching the reference count; only "undefined" has another form.
inline at::Tensor* as_tensors(uint64_t* p, uint64_t n) {
  static_assert(sizeof(at::Tensor) == sizeof(uint64_t));
  const bool side = on_side_stream;
  for (uint64_t i = 0; i < n; i++) {
    if (p[i] == 0) {
      p[i] = reinterpret_cast<uint64_t>(c10::UndefinedTensorImpl::singleton());
    } else if (side || (p[i] & GT_SIDE) != 0) [[unlikely]] {
      record_use(p + i);
    }
  }
  return reinterpret_cast<at::Tensor*>(p);
}

// Argument<T>::read(r) reads a T.
template <class T>
struct Argument;

template <class T>
  requires(std::is_enum_v<T> || std::is_integral_v<T>)
struct Argument<T> {
  static T read(Reader& r) { return static_cast<T>(r.integer()); }
};

template <>
struct Argument<bool> {
  static bool read(Reader& r) { return r.flag(); }
};

template <>
struct Argument<double> {
  static double read(Reader& r) { return r.real(); }
};

template <>
struct Argument<c10::SymInt> {
  static c10::SymInt read(Reader& r) { return c10::SymInt(r.integer()); }
};

enum ScalarTag : uint64_t { kInt, kFloat, kBool, kComplex, kUnsigned };

inline at::Scalar read_scalar(ScalarTag tag, Reader& r) {
  switch (tag) {
    case kInt:
      return r.integer();
    case kFloat:
      return r.real();
    case kBool:
      return r.flag();
    case kUnsigned:
      return r.word();
    default: {
      const double re = r.real();
      return c10::complex<double>(re, r.real());
    }
  }
}

template <>
struct Argument<at::Scalar> {
  static at::Scalar read(Reader& r) {
    const auto tag = static_cast<ScalarTag>(r.word());
    return read_scalar(tag, r);
  }
};

// A tensor for a number that stands in a tensor's place, as Python's bindings
// make it: type promotion treats it as a number.
at::Tensor wrapped_number(const at::Scalar& number);

template <>
struct Argument<at::Tensor> {
  static at::Tensor& read(Reader& r) {
    uint64_t* word = r.block(1);
    if (*word & 1) [[unlikely]] {
      return r.hold(wrapped_number(read_scalar(static_cast<ScalarTag>(*word >> 1), r)));
    }
    return *as_tensors(word, 1);
  }
};

template <>
struct Argument<at::Device> {
  static at::Device read(Reader& r) {
    const uint64_t w = r.word();
    return {static_cast<c10::DeviceType>(w >> 16),
            static_cast<c10::DeviceIndex>(static_cast<int16_t>(w & 0xffff))};
  }
};

template <>
struct Argument<c10::Stream> {
  static c10::Stream read(Reader& r) {
    const int64_t id = r.integer();
    const at::Device device = Argument<at::Device>::read(r);
    return c10::Stream::unpack3(id, device.index(), device.type());
  }
};

template <>
struct Argument<at::Generator> {
  static at::Generator read(Reader& r) {
    auto* impl = reinterpret_cast<c10::GeneratorImpl*>(r.word());
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(impl));
  }
};

template <>
struct Argument<at::Storage> {
  static at::Storage read(Reader& r) {
    auto* impl = reinterpret_cast<c10::StorageImpl*>(r.word());
    return at::Storage(c10::intrusive_ptr<c10::StorageImpl>::reclaim_copy(impl));
  }
};

template <>
struct Argument<std::string_view> {
  static std::string_view read(Reader& r) {
    const uint64_t n = r.word();
    return {reinterpret_cast<const char*>(r.block((n + 7) / 8)), n};
  }
};

template <class T>
  requires(std::is_same_v<T, int64_t> || std::is_same_v<T, double>)
struct Argument<at::ArrayRef<T>> {
  static at::ArrayRef<T> read(Reader& r) {
    const uint64_t n = r.word();
    return {reinterpret_cast<const T*>(r.block(n)), n};
  }
};

template <>
struct Argument<c10::SymIntArrayRef> {
  static c10::SymIntArrayRef read(Reader& r) {
    // A word that is no heap pointer in disguise is its own SymInt. Lengths
    // beyond 2^62 are the only ones that could be: they are refused here.
    return c10::fromIntArrayRefSlow(Argument<at::IntArrayRef>::read(r));
  }
};

template <>
struct Argument<at::TensorList> {
  static at::TensorList read(Reader& r) {
    const uint64_t n = r.word();
    return {as_tensors(r.block(n), n), n};
  }
};

template <>
struct Argument<at::ITensorListRef> {
  static at::ITensorListRef read(Reader& r) { return Argument<at::TensorList>::read(r); }
};

template <>
struct Argument<at::ArrayRef<at::Scalar>> {
  static std::vector<at::Scalar> read(Reader& r) {
    const uint64_t n = r.word();
    std::vector<at::Scalar> scalars;
    scalars.reserve(n);
    for (uint64_t i = 0; i < n; i++) {
      scalars.push_back(Argument<at::Scalar>::read(r));
    }
    return scalars;
  }
};

template <class T>
struct Argument<c10::OptionalArrayRef<T>> {
  static c10::OptionalArrayRef<T> read(Reader& r) {
    if (!r.flag()) {
      return std::nullopt;
    }
    return std::optional<at::ArrayRef<T>>(Argument<at::ArrayRef<T>>::read(r));
  }
};

template <class T>
struct Argument<std::optional<T>> {
  static std::optional<T> read(Reader& r) {
    if (!r.flag()) {
      return std::nullopt;
    }
    return Argument<T>::read(r);
  }
};

template <>
struct Argument<std::optional<at::Tensor>> {
  static std::optional<at::Tensor> read(Reader& r) {
    const at::Tensor& t = Argument<at::Tensor>::read(r);
    return t.defined() ? std::optional<at::Tensor>(t) : std::nullopt;
  }
};

template <>
struct Argument<c10::List<std::optional<at::Tensor>>> {
  static c10::List<std::optional<at::Tensor>> read(Reader& r) {
    const uint64_t n = r.word();
    c10::List<std::optional<at::Tensor>> tensors;
    tensors.reserve(n);
    for (uint64_t i = 0; i < n; i++) {
      tensors.push_back(Argument<std::optional<at::Tensor>>::read(r));
    }
    return tensors;
  }
};

template <class T, size_t N>
struct Argument<std::array<T, N>> {
  static std::array<T, N> read(Reader& r) {
    std::array<T, N> values;
    for (T& v : values) {
      v = Argument<T>::read(r);
    }
    return values;
  }
};

// Tells Go how much memory a new handle stands for, and where:
//   bit 0       heavy: it holds a graph, or memory that is not a plain storage
//   bit 1       shared: others hold the same storage, which is charged to them
//   bits 2-9    0 for the host's memory, or 1 + the index of the device
//   bits 10...  bytes of the storage
uint64_t describe(const at::Tensor& t) noexcept;

// Writes results, one after the other.
class Writer {
 public:
  explicit Writer(uint64_t* words) : begin_(words), next_(words) {}

  void put(at::Tensor&& t) {
    if (!t.defined()) {
      word(0);
      word(0);
      return;
    }
    const uint64_t description = describe(t);
    word(give_away(std::move(t)));
    word(description);
  }

  template <class T>
    requires(std::is_enum_v<T> || std::is_integral_v<T>)
  void put(T v) {
    word(static_cast<uint64_t>(v));
  }

  void put(double v) { word(std::bit_cast<uint64_t>(v)); }
  void put(const c10::SymInt& v) { put(v.guard_int(__FILE__, __LINE__)); }
  void put(const c10::SymBool& v) { put(v.guard_bool(__FILE__, __LINE__)); }
  void put(at::Device v) {
    word(static_cast<uint64_t>(v.type()) << 16 | static_cast<uint16_t>(v.index()));
  }

  void put(const c10::Stream& v) {
    put(v.id());
    put(v.device());
  }

  void put(const at::Scalar& v) {
    if (v.isBoolean()) {
      word(kBool);
      put(v.toBool());
    } else if (v.isComplex()) {
      word(kComplex);
      put(v.toComplexDouble().real());
      put(v.toComplexDouble().imag());
    } else if (v.isFloatingPoint()) {
      word(kFloat);
      put(v.toDouble());
    } else if (v.type() == at::kUInt64) {
      word(kUnsigned);
      put(v.toUInt64());
    } else {
      word(kInt);
      put(v.toLong());
    }
  }

  void put(at::Generator&& v) { word(reinterpret_cast<uint64_t>(v.unsafeReleaseGeneratorImpl())); }

  void put(std::vector<at::Tensor>&& tensors) {
    uint64_t* p = block(tensors.size(), 2 * tensors.size());
    for (at::Tensor& t : tensors) {
      Writer pair(p);
      pair.put(std::move(t));
      p += 2;
    }
  }

  void put(at::IntArrayRef values) {
    uint64_t* p = block(values.size(), values.size());
    if (!values.empty()) {
      std::memcpy(p, values.data(), values.size() * sizeof(uint64_t));
    }
  }

  void put(const std::vector<int64_t>& values) { put(at::IntArrayRef(values)); }

  void put(const std::string& s) {
    uint64_t* p = block(s.size(), (s.size() + 7) / 8);
    std::memcpy(p, s.data(), s.size());
  }

  template <class... T>
  void put(std::tuple<T...>&& results) {
    std::apply([&](auto&&... r) { (put(std::move(r)), ...); }, std::move(results));
  }

 private:
  void word(uint64_t w) { *next_++ = w; }

  // Announces n values and returns where their words go. No function has two
  // long results, so a list may take all that is left of the frame.
  uint64_t* block(uint64_t n, uint64_t words) {
    const uint64_t used = next_ - begin_;
    const bool fits = used + 2 + words <= GT_FRAME_WORDS - 1 - kReserve;
    auto* p = fits ? next_ + 2 : static_cast<uint64_t*>(std::malloc(words * sizeof(uint64_t)));
    // No std::bad_alloc, upon which the call would be repeated: the arguments may
    // be overwritten already.
    TORCH_CHECK(p != nullptr, "no memory for the results of a call");
    word(n);
    word(fits ? 0 : reinterpret_cast<uint64_t>(p));
    if (fits) {
      next_ += words;
    }
    return p;
  }

  // Room for the results that may follow a list in the frame.
  static constexpr uint64_t kReserve = 8;

  uint64_t* begin_;
  uint64_t* next_;
};

// Makes a tensor that an operator was to write to usable again, after it has thrown:
// libtorch sets the new shape before it asks for memory. A tensor whose shape has more
// elements than its memory becomes an empty one; it would otherwise crash the next
// operator.
void mend(at::Tensor& t) noexcept;

template <class Signature>
struct Caller;

template <class R, class... A>
struct Caller<R(A...)> {
  template <class T>
  using Read = Argument<std::remove_cvref_t<T>>;

  template <R (*function)(A...)>
  static void run(uint64_t* words) {
    Reader r(words);
    // Braces, unlike parentheses, evaluate from left to right.
    std::tuple<decltype(Read<A>::read(r))...> arguments{Read<A>::read(r)...};
    const auto call = [](auto&&... a) -> R { return function(static_cast<A>(a)...); };
    if constexpr (is_receiver<R>) {
      try {
        std::apply(call, arguments);
      } catch (...) {
        std::apply([](auto&... a) { (mend_written<A>(a), ...); }, arguments);
        throw;
      }
    } else if constexpr (std::is_void_v<R>) {
      std::apply(call, arguments);
    } else {
      Writer(words).put(std::apply(call, arguments));
    }
  }

 private:
  // In-place and out= operators return arguments of theirs, whose handles Go
  // already has.
  template <class T>
  struct Receiver : std::is_lvalue_reference<T> {};
  template <class... T>
  struct Receiver<std::tuple<T...>> : std::conjunction<std::is_lvalue_reference<T>...> {};
  template <class T>
  static constexpr bool is_receiver = Receiver<T>::value;

  // Mends an argument of type T if it is written to, as that of at::resize_ is in spite
  // of its type.
  template <class T, class V>
  static void mend_written(V& argument) {
    if constexpr (std::is_same_v<T, at::Tensor&> ||
                  (std::is_same_v<T, const at::Tensor&> && std::is_same_v<R, T>)) {
      mend(argument);
    }
  }
};

// The table line of one of our own functions: the schema is checked by Go, so
// that neither side can change a signature without the other.
template <auto function>
constexpr gt_entry entry(const char* schema) {
  using Signature = std::remove_pointer_t<decltype(function)>;
  return {&Caller<Signature>::template run<function>, schema};
}

}  // namespace gotorch

// Entries that call operators by name, through PyTorch's dispatcher: those of
// libraries that are opened at run time, which the table does not have.
//
// Values carry their type here, since Go does not know the operator's: a tag,
// and then
//   none        nothing                 tensor      the handle
//   scalar      as in frame.h           text        as str in frame.h
//   device      as in frame.h           generator   the handle
//   list        length, then the values
// Results come back in the same form, but a tensor has its description, too, and
// there are dtypes.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include <algorithm>
#include <deque>
#include <mutex>

#include "library.h"
#include "state.h"

namespace gotorch {
namespace {

enum ValueTag : uint64_t { kNone, kTensor, kScalar, kText, kDevice, kGenerator, kList, kDtype };

c10::IValue read_value(Reader& r) {
  switch (static_cast<ValueTag>(r.word())) {
    case kNone:
      return {};
    case kTensor:
      return at::Tensor(Argument<at::Tensor>::read(r));
    case kScalar:
      return Argument<at::Scalar>::read(r);
    case kText:
      return std::string(Argument<std::string_view>::read(r));
    case kDevice:
      return Argument<at::Device>::read(r);
    case kGenerator:
      return Argument<at::Generator>::read(r);
    default:
      break;  // kList
  }
  c10::impl::GenericList list(c10::AnyType::get());
  for (uint64_t n = r.word(); n > 0; n--) {
    list.push_back(read_value(r));
  }
  return list;
}

// Turns a value into one of the type that an operator wants, where Python
// does, too: integers are floats, a number stands for a list of them, and
// lists have elements of one type. Any other is left for the schema's check.
c10::IValue convert(c10::IValue value, const c10::Type& type, std::optional<int32_t> length);

c10::IValue convert_list(const c10::IValue& value, const c10::ListType& type) {
  const c10::TypePtr& element = type.getElementType();
  c10::impl::GenericList list(element);
  for (const c10::IValue& v : value.toListRef()) {
    c10::IValue converted = convert(v, *element, std::nullopt);
    if (!converted.type()->isSubtypeOf(*element)) {
      return value;
    }
    list.push_back(std::move(converted));
  }
  return list;
}

c10::IValue convert(c10::IValue value, const c10::Type& type, std::optional<int32_t> length) {
  switch (type.kind()) {
    case c10::TypeKind::OptionalType:
      return value.isNone()
                 ? value
                 : convert(value, *type.castRaw<c10::OptionalType>()->getElementType(), length);
    case c10::TypeKind::FloatType:
      return value.isInt() ? c10::IValue(static_cast<double>(value.toInt())) : value;
    case c10::TypeKind::ListType: {
      const auto& list = *type.castRaw<c10::ListType>();
      if (length && value.isScalar()) {
        const c10::IValue one = convert(value, *list.getElementType(), std::nullopt);
        c10::impl::GenericList repeated(list.getElementType());
        repeated.resize(*length, one);
        return repeated;
      }
      return value.isList() ? convert_list(value, list) : value;
    }
    default:
      return value;
  }
}

// The arguments of a call, as a frame has them: the positional values, and the
// names and values of the others.
struct Arguments {
  std::vector<c10::IValue> positional;
  std::unordered_map<std::string, c10::IValue> keywords;
};

// Completes the arguments: converted, checked, in the schema's order, with its
// defaults for those that are not given. Errors are worded by PyTorch.
std::vector<c10::IValue> normalize(Arguments a, const c10::FunctionSchema& schema) {
  TORCH_CHECK(a.positional.size() <= schema.arguments().size(), schema.name(),
              "() expected at most ", schema.arguments().size(), " argument(s) but received ",
              a.positional.size(), " argument(s). Declaration: ", schema);
  for (size_t i = 0; i < std::min(a.positional.size(), schema.arguments().size()); i++) {
    const c10::Argument& argument = schema.arguments()[i];
    a.positional[i] = convert(std::move(a.positional[i]), *argument.type(), argument.N());
  }
  for (const c10::Argument& argument : schema.arguments()) {
    const auto found = a.keywords.find(argument.name());
    if (found != a.keywords.end()) {
      found->second = convert(std::move(found->second), *argument.type(), argument.N());
    }
  }
  schema.checkAndNormalizeInputs(a.positional, a.keywords);
  return std::move(a.positional);
}

// Results, as words.
class Words {
 public:
  void put(const c10::IValue& v) {
    if (v.isNone()) {
      word(kNone);
    } else if (v.isTensor()) {
      put_tensor(v.toTensor());
    } else if (v.isScalar()) {
      put_scalar(v.toScalar());
    } else if (v.isString()) {
      put_text(v.toStringRef());
    } else if (v.isDevice()) {
      put_device(v.toDevice());
    } else if (v.isList()) {
      put_all(v.toListRef());
    } else if (v.isTuple()) {
      put_all(v.toTupleRef().elements().vec());
    } else {
      TORCH_CHECK_TYPE(false, "results of type ", v.type()->repr_str(), " are not supported");
    }
  }

  void put_all(at::ArrayRef<c10::IValue> values) {
    word(kList);
    word(values.size());
    for (const c10::IValue& v : values) {
      put(v);
    }
  }

  void put_dtype(const c10::IValue& v) {
    word(kDtype);
    word(v.toInt());
  }

  // Hands the words over, with the tensors among them. Not before: what fails on
  // the way must not leak.
  std::vector<int64_t> take() {
    for (auto& [position, tensor] : tensors_) {
      words_[position] = static_cast<int64_t>(give_away(std::move(tensor)));
    }
    return std::move(words_);
  }

 private:
  void word(uint64_t w) { words_.push_back(static_cast<int64_t>(w)); }

  void put_tensor(at::Tensor t) {
    if (!t.defined()) {
      word(kNone);
      return;
    }
    word(kTensor);
    const size_t position = words_.size();
    word(0);
    word(describe(t));
    tensors_.emplace_back(position, std::move(t));
  }

  void put_scalar(const at::Scalar& s) {
    std::array<uint64_t, 3> words;
    Writer(words.data()).put(s);
    word(kScalar);
    for (size_t i = 0; i < (s.isComplex() ? 3 : 2); i++) {
      word(words[i]);
    }
  }

  void put_device(at::Device d) {
    std::array<uint64_t, 1> words;
    Writer(words.data()).put(d);
    word(kDevice);
    word(words[0]);
  }

  void put_text(const std::string& s) {
    word(kText);
    word(s.size());
    const size_t begin = words_.size();
    words_.resize(begin + (s.size() + 7) / 8);
    std::memcpy(words_.data() + begin, s.data(), s.size());
  }

  std::vector<int64_t> words_;
  std::vector<std::pair<size_t, at::Tensor>> tensors_;
};

// Handles are never given up: Go asks for each once.
int64_t find_operator(std::string_view name, std::string_view overload) {
  static std::mutex mutex;
  static std::deque<c10::OperatorHandle> handles;
  const auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(std::string(name).c_str(),
                                                                     std::string(overload).c_str());
  const std::lock_guard lock(mutex);
  return reinterpret_cast<int64_t>(&handles.emplace_back(handle));
}

std::vector<int64_t> call_operator(int64_t handle, Arguments arguments) {
  const auto& op = *reinterpret_cast<c10::OperatorHandle*>(handle);
  const c10::FunctionSchema& schema = op.schema();
  std::vector<c10::IValue> stack = normalize(std::move(arguments), schema);
  thread_state.unrepeatable = schema.is_mutable() || schema.returns().empty() ||
                              op.hasTag(at::Tag::nondeterministic_seeded);
  op.callBoxed(stack);
  Words words;
  for (size_t i = 0; i < stack.size(); i++) {
    const bool dtype = schema.returns()[i].real_type()->kind() == c10::TypeKind::ScalarTypeType;
    dtype ? words.put_dtype(stack[i]) : words.put(stack[i]);
  }
  return words.take();
}

// The schemas of all operators whose names begin with prefix, a line each.
std::string operator_schemas(std::string_view prefix) {
  auto& dispatcher = c10::Dispatcher::singleton();
  std::vector<std::string> schemas;
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    const auto handle = dispatcher.findSchema(name);
    if (name.name.starts_with(prefix) && handle) {
      schemas.push_back(toString(handle->schema()) + "\n");
    }
  }
  std::sort(schemas.begin(), schemas.end());
  std::string text;
  for (const std::string& schema : schemas) {
    text += schema;
  }
  return text;
}

}  // namespace

template <>
struct Argument<Arguments> {
  static Arguments read(Reader& r) {
    Arguments a;
    for (uint64_t n = r.word(); n > 0; n--) {
      a.positional.push_back(read_value(r));
    }
    for (uint64_t n = r.word(); n > 0; n--) {
      std::string name(Argument<std::string_view>::read(r));
      a.keywords.emplace(std::move(name), read_value(r));
    }
    return a;
  }
};

namespace {

constexpr gt_entry kEntries[] = {
    entry<find_operator>("find_operator(str name, str overload) -> int"),
    entry<call_operator>("call_operator(int handle, Arguments arguments) -> int[]"),
    entry<operator_schemas>("operator_schemas(str prefix) -> str"),
};

}  // namespace

std::span<const gt_entry> dispatch_entries() { return kEntries; }

}  // namespace gotorch

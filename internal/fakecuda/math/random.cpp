// Random numbers: the CPU's, for the seed of the CUDA generator.
//
// A generator of the CPU's is a sequence of 32-bit numbers that the seed decides.
// Here the offset of a CUDA generator says where in that sequence it stands. So the
// same state gives the same numbers, and a program that draws as on the CPU gets the
// CPU's numbers.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/DistributionsHelper.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/native/CPUFallback.h>

#include <deque>

#include "cudamath.h"

using c10::OperatorHandle;

namespace cudamath {

namespace {

constexpr size_t kRemembered = 16;
constexpr uint64_t kNormalPair = 4;  // how many numbers a pair of normal ones takes

// Where a generator stands: how many numbers it has drawn. Of a pair of normal
// numbers the CPU keeps the second for the next call: then also how many it has drawn
// since.
struct Position {
  uint64_t drawn = 0;
  bool kept = false;
  uint64_t since = 0;

  // In an offset, which CUDA wants to be a multiple of 4, these are bits 3 to 33, bit
  // 2, and the bits from 34 on.
  static constexpr uint64_t kNumber = 8, kKept = 4, kSince = 1ull << 34;
  static constexpr uint64_t kFarthest = 1ull << 29;  // beyond, counting takes too long

  explicit Position(uint64_t offset)
      : drawn(offset % kSince / kNumber), kept(offset & kKept), since(offset / kSince) {
    kept = kept && drawn >= since + kNormalPair;
  }
  Position(uint64_t drawn, bool kept, uint64_t since) : drawn(drawn), kept(kept), since(since) {}

  uint64_t offset() const { return drawn * kNumber + (kept ? kKept + since * kSince : 0); }
};

at::CPUGeneratorImpl* implementation(const at::Generator& generator) {
  return generator.get<at::CPUGeneratorImpl>();
}

// How many numbers lie between two states of one sequence.
uint64_t count(at::mt19937 from, const at::mt19937& to) {
  const auto goal = to.data();
  uint64_t drawn = 0;
  for (auto now = from.data();; now = from.data()) {
    // The state changes only every 624 numbers: in between, the position is enough.
    const bool same_block = now.state_ == goal.state_;
    const uint64_t steps = same_block ? goal.next_ - now.next_ : now.left_;
    drawn += steps;
    if (same_block) return drawn;
    for (uint64_t i = 0; i < steps; i++) from();
  }
}

// Generators of the CPU's and where they stand, so that going on from there is quick.
struct Remembered {
  uint64_t seed, offset;
  at::Generator generator;
};

std::mutex remembered_mutex;

std::deque<Remembered>& remembered() {
  static auto* list = new std::deque<Remembered>;
  return *list;
}

void remember(uint64_t seed, uint64_t offset, const at::Generator& generator) {
  std::lock_guard<std::mutex> lock(remembered_mutex);
  remembered().push_back({seed, offset, generator});
  if (remembered().size() > kRemembered) remembered().pop_front();
}

at::Generator take(uint64_t seed, uint64_t offset) {
  std::lock_guard<std::mutex> lock(remembered_mutex);
  auto& list = remembered();
  for (auto r = list.begin(); r != list.end(); ++r) {
    if (r->seed != seed || r->offset != offset) continue;
    at::Generator generator = std::move(r->generator);
    list.erase(r);
    return generator;
  }
  return {};
}

void skip(const at::Generator& generator, uint64_t numbers) {
  for (uint64_t i = 0; i < numbers; i++) implementation(generator)->random();
}

at::Generator generator_at(uint64_t seed, uint64_t offset) {
  if (auto generator = take(seed, offset); generator.defined()) return generator;
  const Position position(offset);
  if (position.drawn > Position::kFarthest) {
    return at::make_generator<at::CPUGeneratorImpl>(seed ^ ~offset);
  }
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  if (position.kept) {
    skip(generator, position.drawn - position.since - kNormalPair);
    at::normal_distribution<double>(0, 1)(implementation(generator));
    skip(generator, position.since);
  } else {
    skip(generator, position.drawn);
  }
  return generator;
}

// Operators such as native_dropout take no generator: they use the CPU's own,
// which has another's state for the call.
class StandIn {
 public:
  explicit StandIn(const at::Generator& generator) : generator_(generator) {
    std::lock_guard<std::mutex> lock(own_.mutex());
    copy_state(own_, saved_);
    copy_state(generator_, own_);
  }
  ~StandIn() {
    std::lock_guard<std::mutex> lock(own_.mutex());
    copy_state(own_, generator_);
    copy_state(saved_, own_);
  }

 private:
  static void copy_state(const at::Generator& from, const at::Generator& to) {
    auto *source = implementation(from), *target = implementation(to);
    target->set_engine(source->engine());
    target->set_next_double_normal_sample(source->next_double_normal_sample());
    target->set_next_float_normal_sample(source->next_float_normal_sample());
  }

  at::Generator own_ = at::detail::getDefaultCPUGenerator();
  at::Generator saved_ = at::make_generator<at::CPUGeneratorImpl>();
  at::Generator generator_;
};

bool is_generator(const c10::Argument& argument) {
  auto type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  return type->kind() == c10::TypeKind::GeneratorType;
}

}  // namespace

// A graph's nodes are captured at the beginning of sequence 0. They are replayed
// from where the generator stands by then.

uint64_t RandomPlace::seed() const {
  if (!philox.captured_) return philox.seed_.val;
  return replaying ? *philox.seed_.ptr : 0;
}

uint64_t RandomPlace::offset() const {
  if (!philox.captured_) return philox.offset_.val;
  if (!replaying) return philox.offset_intragraph_;
  const uint64_t start = *philox.offset_.ptr;
  if (philox.offset_intragraph_ == 0) return start;
  // A normal number that was kept is for the first node.
  return Position(Position(start).drawn, false, 0).offset() + philox.offset_intragraph_;
}

uint64_t RandomPlace::run(const OperatorHandle& op, Stack* stack, size_t first) const {
  const Position from(offset());
  const at::Generator generator = generator_at(seed(), from.offset());
  auto* const impl = implementation(generator);
  const auto engine = impl->engine();
  const auto kept = impl->next_double_normal_sample();
  if (argument >= 0) {
    (*stack)[first + argument] = generator;
    at::native::cpu_fallback(op, stack);
  } else {
    StandIn stand_in(generator);
    at::native::cpu_fallback(op, stack);
  }
  const uint64_t drawn = count(engine, impl->engine());
  if (philox.captured_) impl->set_next_double_normal_sample(std::nullopt);
  impl->set_next_float_normal_sample(std::nullopt);
  const auto keeps = impl->next_double_normal_sample();
  const uint64_t since = keeps && keeps == kept ? from.since + drawn : 0;
  const Position to(from.drawn + drawn, keeps.has_value(), since);
  if (to.drawn <= Position::kFarthest) remember(seed(), to.offset(), generator);
  return to.offset();
}

Draw::Draw(const OperatorHandle& op, const Stack& stack, size_t first, c10::Device device) {
  const auto& arguments = op.schema().arguments();
  RandomPlace place;
  for (size_t i = 0; i < arguments.size(); i++) {
    if (is_generator(arguments[i])) place.argument = static_cast<int>(i);
  }
  const bool given = place.argument >= 0;
  if (!given && !op.hasTag(at::Tag::nondeterministic_seeded)) return;
  if (given) {
    auto asked = stack[first + place.argument].toOptional<at::Generator>();
    if (asked) generator_ = *asked;
  }
  if (!generator_.defined()) {
    generator_ = at::cuda::detail::getDefaultCUDAGenerator(device.index());
  }
  auto* cuda = at::check_generator<at::CUDAGeneratorImpl>(generator_);
  lock_ = std::unique_lock<std::mutex>(generator_.mutex());
  place.philox = cuda->philox_cuda_state(0);
  place_ = place;
}

void Draw::finish(uint64_t offset) {
  if (!place_) return;
  auto* cuda = at::check_generator<at::CUDAGeneratorImpl>(generator_);
  if (place_->philox.captured_) {
    cuda->philox_cuda_state(offset - place_->offset());
  } else {
    cuda->set_philox_offset_per_thread(offset);
  }
}

}  // namespace cudamath

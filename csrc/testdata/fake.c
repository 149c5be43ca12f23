// A libgotorch.so without libtorch, for the tests of package csrc. They define
// GOTORCH_STAMP, and more where a test wants something to be wrong.

#include <stdlib.h>
#include <string.h>

#include "../gotorch.h"

#ifndef RUNNING_VERSION
#define RUNNING_VERSION "1.2.3"
#endif

static const char* running_version(void) { return RUNNING_VERSION; }

// Writes a list of results as Writer in frame.h does: in place, or, if they do
// not fit into the frame, into a block.
static void put_list(uint64_t* words, uint64_t n, const uint64_t* values, uint64_t count) {
  uint64_t* block = 0;
  if (count > GT_FRAME_WORDS - 3) {
    block = malloc(count * sizeof(uint64_t));
  }
  memmove(block ? block : words + 2, values, count * sizeof(uint64_t));
  words[0] = n;
  words[1] = (uintptr_t)block;
}

// echo_ints(int[] v) -> int[]
static void echo_ints(uint64_t* words) {
  const uint64_t n = words[0];
  uint64_t* copy = malloc(n * sizeof(uint64_t) + 1);
  memcpy(copy, words + 1, n * sizeof(uint64_t));
  put_list(words, n, copy, n);
  free(copy);
}

// echo_string(str s) -> str
static void echo_string(uint64_t* words) {
  const uint64_t n = words[0], count = (n + 7) / 8;
  uint64_t* copy = malloc(count * sizeof(uint64_t) + 1);
  memcpy(copy, words + 1, count * sizeof(uint64_t));
  put_list(words, n, copy, count);
  free(copy);
}

// echo_words(int a, float b, bool c) -> (int, float, bool)
static void echo_words(uint64_t* words) { (void)words; }

// empty_block() -> int[], a list of nothing that lies in a block
static void empty_block(uint64_t* words) {
  words[0] = 0;
  words[1] = (uintptr_t)malloc(1);
}

static const gt_entry entries[] = {
    {echo_ints, "echo_ints(int[] v) -> int[]"},
    {echo_string, "echo_string(str s) -> str"},
    {echo_words, "echo_words(int a, float b, bool c) -> (int, float, bool)"},
    {empty_block, "empty_block() -> int[]"},
};

static const gt_entry operators[] = {
    {echo_words, "same(int a, float b, bool c) -> (int, float, bool)"},
    {echo_words, "changed(int a) -> ()"},
    {NULL, NULL},
};

static const gt_entry* operator_at(uint64_t index) {
  return index < sizeof(operators) / sizeof(operators[0]) ? &operators[index] : NULL;
}

static const gt_entry* entry_named(const char* name) {
  for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
    if (strncmp(entries[i].schema, name, strcspn(entries[i].schema, "(")) == 0) {
      return &entries[i];
    }
  }
  return NULL;
}

static gt_report* call(gt_function function, uint64_t* frame) {
  function(frame + 1);
  frame[0] = 42;  // the scope
  return NULL;
}

static const gt_library library = {
    .stamp = GOTORCH_STAMP,
    .torch_version = "1.2.3",
    .running_version = running_version,
    .operator_count = sizeof(operators) / sizeof(operators[0]),
    .operator_at = operator_at,
    .entry_named = entry_named,
    .call = call,
    .call_with_callbacks = call,
};

const gt_library* gotorch_library(void) { return &library; }

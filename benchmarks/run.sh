#!/usr/bin/env bash
#
# Compares GoTorch with Python and C++ on the same work and prints the ratios.
#
#   benchmarks/run.sh [-n ROUNDS] [--quick] [--markdown FILE] [FILTER...]
#
# FILTER is a regular expression; items and programs whose names it matches are
# measured. See README.md beside this file.
#
# GOTORCH_PYTHON, by default python3, is the interpreter that has torch; CXX, by
# default g++, compiles the C++ programs. What is missing is left out.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
# shellcheck source=SCRIPTDIR/../scripts/lib.sh
. "$ROOT/scripts/lib.sh"
# Its compiler flags.
# shellcheck source=SCRIPTDIR/../scripts/lib_build.sh
. "$ROOT/scripts/lib_build.sh"

BUILD=$ROOT/.cache/benchmarks
PYTHON=${GOTORCH_PYTHON:-python3}

# Sets TORCH to the folder of the libtorch that libgotorch.so uses.
find_libtorch() {
  local library
  library=$("$BUILD/go" library) || die "libgotorch.so cannot be used: bash scripts/install_libtorch.sh"
  TORCH=$(ldd "$library" | sed -n 's|^.*libtorch_cpu.so => \(.*\)/lib/libtorch_cpu.so .*$|\1|p')
  [[ -n $TORCH ]] || die "ldd does not tell which libtorch $library uses"
}

# Sets CPP to the compiled program, or to nothing with a message. It is named by
# the hash of what it is made of.
compile_cpp() {
  local log=$BUILD/cpp.log sources=("$HERE"/cpp/*)
  CPP=$BUILD/cpp-$({ cat "${sources[@]}"; "$CXX" --version; echo "$TORCH $COMMON_FLAGS"; } 2>/dev/null | hash_of_stdin)
  if [[ -x $CPP ]]; then return; fi
  rm -f "$BUILD"/cpp-*
  note "compiling benchmarks/cpp (half a minute)"
  # COMMON_FLAGS is a list of words.
  # shellcheck disable=SC2086
  if ! "$CXX" $COMMON_FLAGS -O2 -Wall -isystem "$TORCH/include" \
    -isystem "$TORCH/include/torch/csrc/api/include" "$HERE"/cpp/*.cpp -o "$CPP.new" \
    -L"$TORCH/lib" -ltorch_cpu -lc10 -Wl,-rpath,"$TORCH/lib" 2>"$log"; then
    note "the C++ program could not be built; see $log"
    CPP=""
    return
  fi
  mv "$CPP.new" "$CPP"
}

cd "$ROOT"
choose_compiler
check_go
mkdir -p "$BUILD"
go build -o "$BUILD/go" ./benchmarks/go
go build -o "$BUILD/simple_model" ./examples/simple_model
go build -o "$BUILD/driver" ./benchmarks
find_libtorch
compile_cpp
cd - >/dev/null
exec "$BUILD/driver" -go "$BUILD/go" -simple-model "$BUILD/simple_model" -cpp "$CPP" -python "$PYTHON" -root "$ROOT" "$@"

#!/usr/bin/env bash
#
# Runs the tests, after installing what they need: libtorch and libgotorch.so.
#
#   scripts/test.sh [--cuda | --fakecuda] [ARGUMENT OF go test...]
#
# Without a package among the arguments, all of them (./...). The tests that
# compare with Python need its torch: GOTORCH_PYTHON, by default python3, is the
# interpreter that has it. Where it has none they are skipped, and named at the
# end, as are those for which there are not enough devices.
#
# --cuda is for machines with a GPU: it runs the suites that compute on it, in Go and
# in Python, whose torch must have CUDA, too, all operators of PyTorch's database, the
# examples, and then the GPU's benchmarks, Go against Python. It installs libtorch with
# CUDA, unless that was done. The tests make their tensors on GOTORCH_TEST_DEVICE, by
# default cuda:0; some need a second GPU.
#
# --fakecuda runs the suites that compute on simulated CUDA devices, which
# scripts/fakecuda.sh builds: those that make tensors somewhere make them on
# GOTORCH_TEST_DEVICE, by default cuda:1, and so does Python. What cannot pass
# there is in internal/fakecuda/exceptions.txt, with its cause.
set -euo pipefail

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
# shellcheck source=lib.sh
. "$SCRIPTS/lib.sh"

cd "$SCRIPTS/.."
EXCEPTIONS=internal/fakecuda/exceptions.txt

# Those whose tests are about tensors. Others are the same on every device. A physical
# GPU has what the simulated one lacks: mathematics of sparse tensors, and the operators
# of torchvision.
device_packages() {
  local package packages=(torch nn optim autograd amp cuda accelerator backends functorch masked nested signal utils)
  case $1 in
    cuda) packages+=(sparse internal/customops examples benchmarks/go) ;;
    fakecuda) packages+=(internal/fakecuda) ;;
  esac
  for package in "${packages[@]}"; do
    if [[ -d $package ]]; then echo "./$package/..."; fi
  done
}

# use_cuda: the environment in which Go and Python have the machine's GPU.
use_cuda() {
  local report
  bash "$SCRIPTS/install_libtorch.sh" --cuda --update >&2
  export GOTORCH_DEVICE=cuda GOTORCH_TEST_DEVICE=${GOTORCH_TEST_DEVICE:-cuda:0}
  report=$(go run ./cmd/gotorch doctor) || true
  echo "$report" >&2
  [[ $report =~ (^|$'\n')"$GOTORCH_TEST_DEVICE "[^$'\n']*"passed its tests" ]] ||
    die "$GOTORCH_TEST_DEVICE cannot be used: see above"
}

# use_fakecuda: the environment in which Go and Python have simulated devices.
use_fakecuda() {
  local home=${FAKECUDA_HOME:-$PWD/.cache/fakecuda}
  bash "$SCRIPTS/fakecuda.sh" >&2
  export GOTORCH_HOME=$home GOTORCH_DEVICE=cuda GOTORCH_TEST_DEVICE=${GOTORCH_TEST_DEVICE:-cuda:1}
  export PYTHONPATH=$home/site${PYTHONPATH:+:$PYTHONPATH}
}

# On a physical GPU nothing is excepted, and operators compute in its own way. The
# benchmarks run even if tests fail.
run_gpu_tests() {
  local status=0 arguments=()
  if [[ -n $complete ]]; then arguments+=(-run '^(Test|Fuzz)'); fi
  run_tests "${arguments[@]}" "$@" || status=$?
  if [[ -n $whole && -n $complete ]]; then
    run_others "$@" || status=$?
  fi
  if [[ -n $whole ]]; then bash benchmarks/run.sh gpu/; fi
  return "$status"
}

# Of these packages only some tests are about the GPU: PyTorch's operators, in Python and
# in Go, and examples that print the same everywhere.
run_others() {
  local status=0 packages=(./internal/conformance)
  run_tests "$@" -run OnCUDA || status=$?
  packages=(./cuda/... ./accelerator ./amp)
  GOTORCH_TEST_DEVICE='' run_tests "$@" -run '^Example' || status=$?
  return "$status"
}

# Without those whose exceptions are known the exit status is that of go test.
run_tests() {
  go test -json "$@" ${packages[@]+"${packages[@]}"} | "$PYTHON" "$SCRIPTS/test_report.py" $verbose
}

# Examples are left out: they print tensors, and with them the device.
run_device_tests() {
  local skip arguments=()
  skip=$("$PYTHON" "$SCRIPTS/test_report.py" --skip-pattern "$EXCEPTIONS")
  if [[ -n $complete ]]; then arguments+=(-run '^(Test|Fuzz)'); fi
  if [[ -n $skip ]]; then arguments+=(-skip "$skip"); fi
  { go test -json "${arguments[@]}" "$@" ${packages[@]+"${packages[@]}"} || true; } |
    "$PYTHON" "$SCRIPTS/test_report.py" $verbose --exceptions "$EXCEPTIONS" --require DEVICE ${complete:+--complete}
}

main() {
  local device="" packages=(./...) verbose="" complete=yes whole=yes argument
  if [[ ${1:-} == --cuda || ${1:-} == --fakecuda ]]; then
    device=${1#--}
    mapfile -t packages < <(device_packages "$device")
    shift
  fi
  for argument in "$@"; do
    case $argument in
      . | ./* | *...) packages=() whole="" ;;
      -v | -v=true | -bench*) verbose=--verbose ;;
      -run*) complete="" ;;
    esac
  done
  choose_compiler
  check_all check_go check_compiler check_pip
  case $device in
    cuda)
      use_cuda
      run_gpu_tests "$@"
      ;;
    fakecuda)
      use_fakecuda
      run_device_tests "$@"
      ;;
    *)
      bash "$SCRIPTS/install_libtorch.sh" --update >&2
      run_tests "$@"
      ;;
  esac
}

main "$@"

#!/usr/bin/env bash
#
# Builds the simulated CUDA devices of internal/fakecuda, and GoTorch over them.
#
#   scripts/fakecuda.sh [option...]
#
#   --from DIR     the torch folder of a PyTorch with CUDA, or the folder that
#                  holds it; default: the torch of $GOTORCH_PYTHON, or else of
#                  $PYTHON, or of python3. NVIDIA's wheels need not be there.
#   --prefix DIR   where to build; default $FAKECUDA_HOME, or else .cache/fakecuda
#                  in the project
#   --jobs N       how many files to compile at a time
#   -h, --help     this text
#
# PREFIX/site is then a libtorch like that of the wheels: links to that torch's
# files, and the simulated libraries in the place of NVIDIA's. PREFIX has
# libgotorch.so and libgotorch_cuda.so over it, so Go uses it by GOTORCH_HOME, and
# Python by PYTHONPATH, without LD_LIBRARY_PATH or LD_PRELOAD.
#
# Needs what install_libtorch.sh --cuda does, and binutils. Safe to run again and
# again: what is up to date is not touched, and a run that fails leaves what there
# was.
set -euo pipefail

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$SCRIPTS")
DEFAULT_VERSION=2.15.0
SOURCES=$ROOT/internal/fakecuda

# shellcheck source-path=SCRIPTDIR
# shellcheck source=lib.sh
. "$SCRIPTS/lib.sh"
# shellcheck source=lib_fetch.sh
. "$SCRIPTS/lib_fetch.sh"
# shellcheck source=lib_build.sh
. "$SCRIPTS/lib_build.sh"

FLAGS="-std=c++20 -O1 -Wall -Wno-stringop-overflow -fPIC -fvisibility=hidden"

parse_arguments() {
  FROM="" PREFIX=${FAKECUDA_HOME:-$ROOT/.cache/fakecuda} JOBS="" VERSION=$DEFAULT_VERSION
  while (($# > 0)); do
    case $1 in
      --from | --prefix | --jobs)
        [[ -n ${2:-} ]] || die "$1 needs a value: see $0 --help"
        case $1 in
          --from) FROM=$2 ;;
          --prefix) PREFIX=$2 ;;
          --jobs) JOBS=$2 ;;
        esac
        shift
        ;;
      -h | --help) usage && exit ;;
      *) die "unknown option $1: see $0 --help" ;;
    esac
    shift
  done
  JOBS=${JOBS:-$(default_jobs)}
  [[ $JOBS =~ ^[1-9][0-9]*$ ]] || die "--jobs needs a number, not $JOBS"
  PREFIX=$(realpath -m "$PREFIX")
  SITE=$PREFIX/site
}

# Sets TORCH.
find_torch() {
  FLAVOR=""
  PYTHON=${GOTORCH_PYTHON:-$PYTHON}
  if [[ -n $FROM ]]; then find_in_folder "$FROM"; else find_in_python; fi
  [[ $FLAVOR == cuda ]] ||
    die "$TORCH is a PyTorch without CUDA: $PYTHON -m pip install torch==$DEFAULT_VERSION, or --from DIR"
  [[ $TORCH != "$PREFIX"/* ]] || die "$TORCH is what this script made: leave it out of PYTHONPATH"
}

# Of the torch, the compiler and the flags.
torch_key() {
  echo "$TORCH" "$CXX" "$FLAGS" "${CUDA_HOME:-}"
  stat -L -c '%n %s %Y' "$TORCH"/lib/*.so
  locked_wheels headers
}

# Of all that decides what is in SITE.
site_key() {
  {
    torch_key
    find "$SOURCES" -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.py' \) -print0 | LC_ALL=C sort -z | xargs -0 cat
    cat "$SCRIPTS/fakecuda.sh"
  } | hash_of_stdin
}

site_is_current() { [[ $(cat "$SITE/.key" 2>/dev/null) == "$(site_key)" ]]; }

# --- the libraries ------------------------------------------------------------

# The version of a wheel of NVIDIA's that this torch asks for, or else 2.15 does.
wheel_version() {
  local version
  version=$(sed -n "s/^Requires-Dist: $1==\([0-9.]*\).*/\1/p" "$TORCH"/../torch-*.dist-info/METADATA 2>/dev/null | head -n 1)
  echo "${version:-$(locked_wheels cuda | sed -n "s/^$1==\([0-9.]*\) .*/\1/p")}"
}

# object_of SOURCE: its object file, named by the hash of what it is made of, so that
# one that exists is right.
object_of() {
  local name=${1#"$SOURCES/"}
  name=${name%.cpp}
  echo "$CACHE/${name//\//-}-$({ torch_key; cat "$1" "$SOURCES"/*/*.h; } | hash_of_stdin).o"
}

# compile_source SOURCE OBJECT, in a bash of its own.
compile_source() {
  # The flags are lists of words.
  # shellcheck disable=SC2086
  "$CXX" $FLAGS -isystem "$CUDA_INCLUDE" -isystem "$TORCH/include" \
    -isystem "$TORCH/include/torch/csrc/api/include" -c "$1" -o "$2.$$"
  mv "$2.$$" "$2"
}

# Sets RUNTIME, DRIVER, NCCL and MATH, the objects of each.
compile_sources() {
  local source object missing=() all=()
  RUNTIME=() DRIVER=() NCCL=() MATH=()
  for source in "$SOURCES"/*/*.cpp; do
    object=$(object_of "$source")
    all+=("$object")
    case $source in
      */runtime/*) RUNTIME+=("$object") ;;
      */driver/*) DRIVER+=("$object") ;;
      */nccl/*) NCCL+=("$object") ;;
      */math/*) MATH+=("$object") ;;
    esac
    if [[ ! -e $object ]]; then missing+=("$source" "$object"); fi
  done
  export -f compile_source
  export CXX FLAGS CUDA_INCLUDE TORCH
  if ((${#missing[@]} > 0)); then
    printf '%s\0' "${missing[@]}" | xargs -0 -n 2 -P "$JOBS" bash -ec 'compile_source "$@"' compile 9>&- ||
      die "compiling failed, see the messages above"
  fi
  for object in "$CACHE"/*; do
    if [[ " ${all[*]} " != *" $object "* ]]; then rm -f "$object"; fi
  done
}

# link_simulated LIBRARY OBJECT...: those, and stubs for what they do not define.
link_simulated() {
  local library=$1
  shift
  # The stubs are declared without regard to their types.
  "${CC:-gcc}" -O1 -fPIC -w -c "$WORK/$library.c" -o "$WORK/$library.o"
  "$CXX" -shared -s "$@" "$WORK/$library.o" -o "$LIBRARIES/$library" -ldl \
    -Wl,-soname,"$library" -Wl,--version-script,"$WORK/$library.map"
}

link_cudamath() {
  "$CXX" -shared -s "${MATH[@]}" -o "$LIBRARIES/libcudamath.so" -L"$TORCH/lib" -L"$LIBRARIES" \
    -Wl,-rpath-link,"$LIBRARIES" \
    -Wl,--no-as-needed -ltorch_cuda -Wl,--as-needed -ltorch_cpu -lc10 -lc10_cuda -l:libcudart.so.13 \
    -Wl,--disable-new-dtags -Wl,-rpath,"\$ORIGIN:\$ORIGIN/../../../torch/lib" \
    -Wl,--unresolved-symbols=ignore-in-shared-libs
}

build_libraries() {
  local map library
  "$PYTHON" "$SOURCES/stubs.py" "$TORCH/lib" "$WORK" \
    --cudnn "$(wheel_version nvidia-cudnn-cu13)" --nccl "$(wheel_version nvidia-nccl-cu13)" \
    --defined libcudart.so.13 "${RUNTIME[@]}" --defined libcuda.so.1 "${DRIVER[@]}" \
    --defined libnccl.so.2 "${NCCL[@]}"
  link_simulated libcudart.so.13 "${RUNTIME[@]}"
  # The devices and streams of these are the runtime's.
  local runtime=(-L"$LIBRARIES" -l:libcudart.so.13 "-Wl,-rpath,\$ORIGIN")
  link_simulated libcuda.so.1 "${DRIVER[@]}" "${runtime[@]}"
  link_simulated libnccl.so.2 "${NCCL[@]}" "${runtime[@]}"
  for map in "$WORK"/*.map; do
    library=$(basename "$map" .map)
    if [[ ! -e $LIBRARIES/$library ]]; then link_simulated "$library"; fi
  done
  link_cudamath
}

# --- the tree -----------------------------------------------------------------

# Links to all of torch. The folders on the way to the libraries are real ones, as
# libraries look for NVIDIA's from where they lie.
link_torch() {
  local folder=$1/torch file
  mkdir -p "$folder/lib"
  for file in "$TORCH"/* "$TORCH"/lib/*; do
    if [[ $file != */torch/lib ]]; then ln -s "$file" "$folder/${file#"$TORCH/"}"; fi
  done
}

build_site() {
  local site=$SITE.partial
  WORK=$PREFIX/.tmp/stubs CACHE=$PREFIX/fakecuda-objects LIBRARIES=$site/nvidia/cu13/lib
  note "building the simulated CUDA libraries for $TORCH"
  fetch_cuda_headers
  CUDA_INCLUDE=${CUDA_HOME:-$HEADERS_TREE/nvidia/cu13}/include
  rm -rf "$site" "$SITE.old"
  mkdir -p "$LIBRARIES" "$WORK" "$CACHE"
  link_torch "$site"
  compile_sources
  build_libraries
  site_key >"$site/.key"
  if [[ -e $SITE ]]; then mv "$SITE" "$SITE.old"; fi
  mv "$site" "$SITE"
  rm -rf "$SITE.old"
}

# What install_libtorch.sh takes and leaves is another lock.
release_lock() {
  rm -rf "$PREFIX/.tmp"
  trap - EXIT
  exec 9>&-
}

main() {
  parse_arguments "$@"
  choose_compiler
  check_python
  find_torch
  if ! site_is_current; then
    check_compiler
    have readelf || die "readelf is missing: $(install_command binutils)"
    take_lock
    if ! site_is_current; then build_site; fi
    release_lock
  fi
  bash "$SCRIPTS/install_libtorch.sh" --cuda --from "$SITE/torch" --prefix "$PREFIX" --jobs "$JOBS" >&2
  echo "two simulated CUDA devices: export GOTORCH_HOME=$PREFIX GOTORCH_DEVICE=cuda"
  echo "and for Python: export PYTHONPATH=$SITE"
}

main "$@"

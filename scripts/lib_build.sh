# shellcheck shell=bash
# Builds libgotorch.so from csrc/src and, over a libtorch with CUDA,
# libgotorch_cuda.so from csrc/cuda. Sourced by install_libtorch.sh.
#
# The compiler is called directly, without CMake, Ninja or make: fewer things
# that a machine can lack. Objects are named by the hash of what they are made
# of, and get their name when they are whole, so one that exists is right: that
# alone makes a second run quick and a killed one resume.

# The compat folders have stand-ins for what libtorch's headers include and do not come with.
COMMON_FLAGS="-std=c++20 -fPIC -fvisibility=hidden -DNDEBUG -idirafter csrc/src/compat -idirafter csrc/cuda/compat"
# The operator tables are templates without loops: -O2 makes them twice as slow
# to compile and no faster to call.
OPS_FLAGS="-O1"
OTHER_FLAGS="-O2 -Wall"

LIBRARY_NAME=libgotorch.so
CUDA_LIBRARY_NAME=libgotorch_cuda.so
# Of csrc/src, and part of both libraries.
SHARED_SOURCE=csrc/src/frame.cpp

# Where sources are: a file, and folders.
source_folders() { printf '%s\n' csrc/gotorch.h csrc/src; if [[ $FLAVOR == cuda ]]; then echo csrc/cuda; fi; }

# source_files [TEST OF find...]: in the folders that this flavor is built from.
source_files() {
  local folders
  mapfile -t folders < <(source_folders)
  (cd "$ROOT" && find "${folders[@]}" -type f "$@" | LC_ALL=C sort)
}

sources() { source_files -name '*.cpp'; }

hash_of_files() { (cd "$ROOT" && cat "$@" | hash_of_stdin); }

hash_of_stdin() { sha256sum | cut -c 1-16; }

# --- is what is installed what would be built? ----------------------------------

# Of all that decides what libgotorch.so is. Not of the compiler's version: an
# upgrade of the system need not rebuild anything.
install_key() {
  local files
  mapfile -t files < <(source_files)
  {
    echo "$TORCH" "$FLAVOR" "$CXX" "${CXXFLAGS:-}" "${LDFLAGS:-}"
    echo "$COMMON_FLAGS" "$OPS_FLAGS" "$OTHER_FLAGS" "${CUDA_HOME:-}"
    hash_of_files "${files[@]}"
    cat "$(version_header)" 2>/dev/null || true
  } | hash_of_stdin
}

# The value of NAME in the JSON file of the installed library.
installed() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$PREFIX/lib/libgotorch.json" 2>/dev/null || true; }

up_to_date() {
  if [[ ! -e $TORCH/lib/libtorch_cpu.so ]]; then return 1; fi
  if [[ -n $TREE ]] && ! tree_is_complete; then return 1; fi
  if [[ $(installed key) != "$(install_key)" ]]; then return 1; fi
  # The libraries and their JSON file are several renames: a run can die between them.
  [[ $(installed sha256) == "$(library_sums)" ]]
}

# The hashes of what is in PREFIX/lib; nothing for a library that is not there.
library_sums() {
  (cd "$PREFIX/lib" && sha256sum "$LIBRARY_NAME" "$CUDA_LIBRARY_NAME" 2>/dev/null | awk '{ printf "%s%s", s, $1; s = " " }') || true
}

# --- compile ------------------------------------------------------------------

build_library() {
  check_space 200
  BUILD=$PREFIX/build/$(build_key)
  mkdir -p "$BUILD" "$PREFIX/lib"
  CUDA_INCLUDE=""
  if [[ $FLAVOR == cuda ]]; then find_cuda; fi
  export ROOT BUILD CXX COMMON_FLAGS OPS_FLAGS OTHER_FLAGS TORCH CUDA_INCLUDE CXXFLAGS=${CXXFLAGS:-}
  compile_all
  link_all
  write_json
  remove_old_objects
}

# Sets CUDART, the CUDA runtime of this libtorch, and CUDA_INCLUDE, headers that
# fit it: those of the toolkit in CUDA_HOME, or those that fetch_libtorch got.
find_cuda() {
  local wanted
  CUDART=$(ldd "$TORCH/lib/libc10_cuda.so" | awk '$1 ~ /^libcudart/ && $3 ~ /^\// { print $3 }')
  [[ -n $CUDART ]] || die "the libtorch in $TORCH is not complete: its libcudart is not found"
  CUDA_INCLUDE=${CUDA_HOME:+$CUDA_HOME/include}
  CUDA_INCLUDE=${CUDA_INCLUDE:-$HEADERS_TREE/nvidia/cu13/include}
  [[ -f $CUDA_INCLUDE/cuda_runtime_api.h && -f $CUDA_INCLUDE/crt/host_defines.h ]] ||
    die "$CUDA_INCLUDE has no cuda_runtime_api.h or no crt/host_defines.h: set CUDA_HOME to a CUDA toolkit"
  wanted=${CUDART##*.so.}
  wanted=${wanted%%.*}
  [[ $(cuda_major) == "$wanted" ]] ||
    die "this libtorch uses CUDA $wanted, but the headers in $CUDA_INCLUDE are of CUDA $(cuda_major):" \
      "set CUDA_HOME to a CUDA toolkit of version $wanted"
}

cuda_major() { awk '$2 == "CUDART_VERSION" { print int($3 / 1000); exit }' "$CUDA_INCLUDE/cuda_runtime_api.h"; }

# Of what all objects have in common.
build_key() {
  { "$CXX" --version; echo "$TORCH $TORCH_VERSION $COMMON_FLAGS $OPS_FLAGS $OTHER_FLAGS ${CXXFLAGS:-}"; } | hash_of_stdin
}

# A line for each source: its name, and the names of the files of ours that it
# includes, directly or not. What stands in for headers of others counts always.
dependencies() {
  local files stand_ins
  mapfile -t files < <(source_files -name '*.h' -o -type f -name '*.cpp')
  stand_ins=$(source_files -path '*/compat/*' | tr '\n' ' ')
  (cd "$ROOT" && awk -v always="$stand_ins" '
    function close_over(file, n, i, part) {
      if (file in seen) return
      seen[file] = 1
      line = line " " file
      n = split(includes[file], part)
      for (i = 1; i <= n; i++) close_over(part[i])
    }
    FNR == 1 { folder = FILENAME; sub(/[^\/]*$/, "", folder); names[++count] = FILENAME }
    /^#include "/ {
      name = folder substr($2, 2, length($2) - 2)
      while (sub(/[^\/]+\/\.\.\//, "", name)) {}
      includes[FILENAME] = includes[FILENAME] " " name
    }
    END {
      for (n = 1; n <= count; n++) {
        if (names[n] !~ /\.cpp$/) continue
        delete seen
        line = ""
        close_over(names[n])
        print names[n] line " " always
      }
    }' "${files[@]}")
}

# Sets OBJECTS, all of them, after compiling those that are not there.
compile_all() {
  local source included object missing=() total
  OBJECTS=() CUDA_OBJECTS=()
  while read -r source included; do
    # The words are file names.
    # shellcheck disable=SC2086
    object=$BUILD/$(basename "$source" .cpp)-$(hash_of_files $included).o
    if [[ $source == csrc/src/* ]]; then OBJECTS+=("$object"); fi
    if [[ $source == csrc/cuda/* || $source == "$SHARED_SOURCE" ]]; then CUDA_OBJECTS+=("$object"); fi
    if [[ ! -e $object ]]; then missing+=("$source" "$object"); fi
  done < <(dependencies)
  total=$((${#missing[@]} / 2))
  ((${#OBJECTS[@]} > 0)) || die "there is nothing to compile in $ROOT/csrc/src"
  ((total > 0)) || return 0
  note "compiling $total of $(sources | wc -l) files, $JOBS at a time"
  compile_missing "$total" "${missing[@]}"
}

compile_missing() {
  local total=$1 number=0 logs
  shift
  rm -f "$BUILD/failed"
  STARTED=$(date +%s)
  export STARTED
  export -f note compile_one
  # xargs, as it hands Ctrl-C on to the compilers; background jobs would not.
  while (($# > 0)); do
    printf '%s\0' "$((++number))/$total" "$1" "$2"
    shift 2
  done | xargs -0 -n 3 -P "$JOBS" bash -c 'compile_one "$@"' compile 9>&-
  if [[ ! -e $BUILD/failed ]]; then return; fi
  mapfile -t logs <"$BUILD/failed"
  if grep -qs 'No space left' "${logs[@]}"; then
    die "the disk of $PREFIX is full: free some space or use --prefix DIR, then run this again"
  fi
  if [[ $TORCH_VERSION != "$DEFAULT_VERSION" ]]; then
    note "(csrc/src was made for libtorch $DEFAULT_VERSION; this is $TORCH_VERSION)"
  fi
  die "compiling failed, see the messages above; what was installed before is untouched"
}

# compile_one NUMBER SOURCE OBJECT, in a bash of its own. It reports failure by
# its log's name in $BUILD/failed, and those after it then do nothing.
compile_one() {
  if [[ -e $BUILD/failed ]]; then return; fi
  note "[$1] $2 ($(($(date +%s) - STARTED)) s)"
  local log=$3.log flags=$OTHER_FLAGS
  if [[ $2 == */ops_*.cpp ]]; then flags=$OPS_FLAGS; fi
  # The flags are lists of words.
  # shellcheck disable=SC2086
  if (cd "$ROOT" && "$CXX" $COMMON_FLAGS $flags $CXXFLAGS -isystem "$TORCH/include" \
    -isystem "$TORCH/include/torch/csrc/api/include" ${CUDA_INCLUDE:+-isystem "$CUDA_INCLUDE"} \
    -c "$2" -o "$3.$$") 2>"$log"; then
    mv "$3.$$" "$3"
  else
    echo "$log" >>"$BUILD/failed"
    rm -f "$3.$$"
  fi
  cat "$log" >&2
}

# --- link ---------------------------------------------------------------------

# Inside PREFIX by relative path, so that the whole of PREFIX can be moved.
torch_from_lib() {
  if [[ $TORCH == "$PREFIX"/* ]]; then echo "../${TORCH#"$PREFIX"/}"; else echo "$TORCH"; fi
}

# Each is linked beside the one in use, and takes its place when all are whole.
link_all() {
  link_library "$LIBRARY_NAME" "${OBJECTS[@]}" -ltorch_cpu -lc10
  if [[ $FLAVOR == cuda ]]; then
    link_library "$CUDA_LIBRARY_NAME" "${CUDA_OBJECTS[@]}" \
      -Wl,--no-as-needed -ltorch_cuda -Wl,--as-needed -ltorch_cpu -lc10_cuda -lc10 "$CUDART"
    mv "$PREFIX/lib/.$CUDA_LIBRARY_NAME.new" "$PREFIX/lib/$CUDA_LIBRARY_NAME"
  else
    rm -f "$PREFIX/lib/$CUDA_LIBRARY_NAME"
  fi
  mv "$PREFIX/lib/.$LIBRARY_NAME.new" "$PREFIX/lib/$LIBRARY_NAME"
}

# link_library NAME OBJECT-OR-OPTION...
#
# Into a file beside the library of that name.
#
# RPATH, not RUNPATH: it comes before LD_LIBRARY_PATH, and no other libtorch
# than the one whose headers were compiled will do.
link_library() {
  local name=$1 new=$PREFIX/lib/.$1.new path missing
  shift
  path=$(torch_from_lib)
  if [[ $path == ../* ]]; then path="\$ORIGIN/$path"; fi
  path=$path/lib
  if [[ $name == "$CUDA_LIBRARY_NAME" ]]; then
    path+=:$path/$(realpath -s --relative-to="$TORCH/lib" "$(dirname "$CUDART")")
  fi
  note "linking $name"
  # shellcheck disable=SC2086
  "$CXX" -shared $CXXFLAGS -o "$new" -L"$TORCH/lib" "$@" \
    -Xlinker -rpath -Xlinker "$path" \
    -Wl,--disable-new-dtags -Wl,--no-undefined ${LDFLAGS:-} ||
    die "linking $name failed, see the messages above; what was installed before is untouched"
  missing=$(ldd "$new" | awk '/not found/ { print $1 }' | sort -u | tr '\n' ' ')
  [[ -z $missing ]] || die "the libtorch in $TORCH is not complete, these are not found: $missing"
}

write_json() {
  local new=$PREFIX/lib/.libgotorch.json.new stamp origin=folder
  if [[ $FROM == wheel ]]; then origin=wheel; fi
  stamp=$(sed -n 's/^#define GOTORCH_STAMP "\(.*\)"$/\1/p' "$ROOT/csrc/src/stamp.h")
  cat >"$new" <<JSON
{
  "stamp": "$stamp",
  "libtorch": "$TORCH_VERSION",
  "flavor": "$FLAVOR",
  "libtorch_path": "$(torch_from_lib)",
  "from": "$origin",
  "compiler": "$("$CXX" --version | head -n 1)",
  "date": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "key": "$(install_key)",
  "sha256": "$(library_sums)"
}
JSON
  mv "$new" "$PREFIX/lib/libgotorch.json"
}

# Those of earlier sources.
remove_old_objects() {
  local file
  for file in "$BUILD"/*; do
    if [[ " ${OBJECTS[*]} ${CUDA_OBJECTS[*]} " != *" $file "* ]]; then rm -f "$file"; fi
  done
}

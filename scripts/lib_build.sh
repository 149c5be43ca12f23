# shellcheck shell=bash
# Builds libgotorch.so from csrc/src. Sourced by install_libtorch.sh.
#
# The compiler is called directly, without CMake, Ninja or make: fewer things
# that a machine can lack. Objects are named by the hash of what they are made
# of, and get their name when they are whole, so one that exists is right: that
# alone makes a second run quick and a killed one resume.

# compat has stand-ins for what libtorch's headers include and do not come with.
COMMON_FLAGS="-std=c++20 -fPIC -fvisibility=hidden -DNDEBUG -idirafter csrc/src/compat"
# The operator tables are templates without loops: -O2 makes them twice as slow
# to compile and no faster to call.
OPS_FLAGS="-O1"
OTHER_FLAGS="-O2 -Wall"

LIBRARY_NAME=libgotorch.so

sources() { (cd "$ROOT" && find csrc/src -name '*.cpp' | LC_ALL=C sort); }

# Everything that an object depends on besides its own source and libtorch.
# stamp.h changes with every edit, so it counts only where it is included.
headers() { (cd "$ROOT" && find csrc/src -type f ! -name '*.cpp' ! -name stamp.h | LC_ALL=C sort); }

hash_of_files() { (cd "$ROOT" && cat "$@" | hash_of_stdin); }

hash_of_stdin() { sha256sum | cut -c 1-16; }

# --- is what is installed what would be built? ----------------------------------

# Of all that decides what libgotorch.so is. Not of the compiler's version: an
# upgrade of the system need not rebuild anything.
install_key() {
  local files
  mapfile -t files < <(sources; headers)
  {
    echo "$TORCH" "$FLAVOR" "$CXX" "${CXXFLAGS:-}" "${LDFLAGS:-}"
    echo "$COMMON_FLAGS" "$OPS_FLAGS" "$OTHER_FLAGS"
    hash_of_files "${files[@]}" csrc/src/stamp.h
    cat "$(version_header)" 2>/dev/null || true
  } | hash_of_stdin
}

# The value of NAME in the JSON file of the installed library.
installed() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$PREFIX/lib/libgotorch.json" 2>/dev/null || true; }

up_to_date() {
  local sum
  if [[ ! -e $TORCH/lib/libtorch_cpu.so ]]; then return 1; fi
  if [[ -n $TREE ]] && ! tree_is_complete; then return 1; fi
  if [[ $(installed key) != "$(install_key)" ]]; then return 1; fi
  # The library and its JSON file are two renames: a run can die between them.
  read -r sum _ < <(sha256sum "$PREFIX/lib/$LIBRARY_NAME" 2>/dev/null) || return 1
  [[ $(installed sha256) == "$sum" ]]
}

# --- compile ------------------------------------------------------------------

build_library() {
  check_space 200
  BUILD=$PREFIX/build/$(build_key)
  mkdir -p "$BUILD" "$PREFIX/lib"
  export ROOT BUILD CXX COMMON_FLAGS OPS_FLAGS OTHER_FLAGS TORCH CXXFLAGS=${CXXFLAGS:-}
  compile_all
  link_library
  write_json
  remove_old_objects
}

# Of what all objects have in common.
build_key() {
  { "$CXX" --version; echo "$TORCH $TORCH_VERSION $COMMON_FLAGS $OPS_FLAGS $OTHER_FLAGS ${CXXFLAGS:-}"; } | hash_of_stdin
}

# object_of SOURCE
object_of() {
  local hashed=("$1")
  if grep -q '"stamp.h"' "$ROOT/$1"; then hashed+=(csrc/src/stamp.h); fi
  echo "$BUILD/$(basename "$1" .cpp)-$HEADERS_HASH-$(hash_of_files "${hashed[@]}").o"
}

# Sets OBJECTS, all of them, after compiling those that are not there.
compile_all() {
  local source object missing=() total files
  OBJECTS=()
  mapfile -t files < <(headers)
  HEADERS_HASH=$(hash_of_files /dev/null "${files[@]}")
  while read -r source; do
    object=$(object_of "$source")
    OBJECTS+=("$object")
    if [[ ! -e $object ]]; then missing+=("$source" "$object"); fi
  done < <(sources)
  total=$((${#missing[@]} / 2))
  ((${#OBJECTS[@]} > 0)) || die "there is nothing to compile in $ROOT/csrc/src"
  ((total > 0)) || return 0
  note "compiling $total of ${#OBJECTS[@]} files, $JOBS at a time"
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
    -isystem "$TORCH/include/torch/csrc/api/include" -c "$2" -o "$3.$$") 2>"$log"; then
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

# RPATH, not RUNPATH: it comes before LD_LIBRARY_PATH, and no other libtorch
# than the one whose headers were compiled will do.
link_library() {
  local new=$PREFIX/lib/.$LIBRARY_NAME.new path missing
  path=$(torch_from_lib)
  if [[ $path == ../* ]]; then path="\$ORIGIN/$path"; fi
  note "linking $LIBRARY_NAME"
  # shellcheck disable=SC2086
  "$CXX" -shared $CXXFLAGS "${OBJECTS[@]}" -o "$new" -L"$TORCH/lib" -ltorch_cpu -lc10 \
    -Xlinker -rpath -Xlinker "$path/lib" \
    -Wl,--disable-new-dtags -Wl,--no-undefined ${LDFLAGS:-} ||
    die "linking $LIBRARY_NAME failed, see the messages above; what was installed before is untouched"
  missing=$(ldd "$new" | awk '/not found/ { print $1 }' | sort -u | tr '\n' ' ')
  [[ -z $missing ]] || die "the libtorch in $TORCH is not complete, these are not found: $missing"
  mv "$new" "$PREFIX/lib/$LIBRARY_NAME"
}

write_json() {
  local sum new=$PREFIX/lib/.libgotorch.json.new stamp origin=folder
  if [[ $FROM == wheel ]]; then origin=wheel; fi
  stamp=$(sed -n 's/^#define GOTORCH_STAMP "\(.*\)"$/\1/p' "$ROOT/csrc/src/stamp.h")
  read -r sum _ < <(sha256sum "$PREFIX/lib/$LIBRARY_NAME")
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
  "sha256": "$sum"
}
JSON
  mv "$new" "$PREFIX/lib/libgotorch.json"
}

# Those of earlier sources.
remove_old_objects() {
  local file
  for file in "$BUILD"/*; do
    if [[ " ${OBJECTS[*]} " != *" $file "* ]]; then rm -f "$file"; fi
  done
}

# shellcheck shell=bash
# Gets libtorch: from pinned wheels, from an official zip, or one that is
# installed already. Sourced by install_libtorch.sh.
#
# Sets TORCH, the folder that holds lib/ and include/, and FLAVOR. What is
# unpacked goes into a tree PREFIX/libtorch-*, first named *.partial; the file
# .source in a tree says what it was made of.

LOCK_FILE=$SCRIPTS/libtorch.lock
MIN_TORCH=2.12

# --- where it is or will be; nothing is fetched yet ----------------------------

find_libtorch() {
  case $FROM in
    wheel) find_in_wheels ;;
    zip) find_in_zip "${GOTORCH_LIBTORCH_ZIP:-}" ;;
    *.zip) find_in_zip "$FROM" ;;
    python) find_in_python ;;
    *) find_in_folder "$FROM" ;;
  esac
}

find_in_wheels() {
  VERSION=${VERSION:-$DEFAULT_VERSION}
  FLAVOR=${FLAVOR:-cpu}
  [[ -n $(locked_wheels cpu) ]] ||
    die "unknown version $VERSION: known are$(known_versions); others work with --from python or --from DIR"
  TREE=$PREFIX/libtorch-$VERSION-$FLAVOR
  TORCH=$TREE/torch
  SOURCE=$(wanted_wheels)
}

# The pinned requirements of this version: those of [VERSION cpu] or [VERSION cuda].
locked_wheels() {
  awk -v section="# [$VERSION $1]" '
    /^# \[/ { inside = ($0 == section) }
    inside && /^[^#]/' "$LOCK_FILE"
}

known_versions() { sed -n 's/^# \[\(.*\) cpu\]$/ \1/p' "$LOCK_FILE" | tr -d '\n'; }

# The CUDA libtorch needs the CPU one's wheels and more.
wanted_wheels() {
  locked_wheels cpu
  if [[ $FLAVOR == cuda ]]; then locked_wheels cuda; fi
}

find_in_zip() {
  [[ -n $1 ]] || die "--from zip needs GOTORCH_LIBTORCH_ZIP, the path of the libtorch zip" \
    "(\"libtorch-shared-with-deps\") from PyTorch's download page, or URL#sha256=HEX"
  ZIP=$1
  local name=${ZIP%%#*}
  name=$(basename "$name" .zip)
  TREE=$PREFIX/libtorch-${name#libtorch-}
  case $ZIP in
    *://*'#sha256='*) SOURCE=$ZIP ;;
    # An address without a hash would be a download that nobody checks.
    *://*) die "the address of the zip must end in #sha256=HEX, the hash of the file" ;;
    *)
      [[ -f $ZIP ]] || die "there is no file $ZIP"
      SOURCE="$(realpath "$ZIP") $(stat -c '%s %Y' "$ZIP")"
      ;;
  esac
  TORCH=$TREE
  # Before it is unpacked nobody knows what is in it.
  if tree_is_complete; then find_in_folder "$TREE"; fi
}

# Without importing torch, which takes seconds and can fail.
find_in_python() {
  check_python
  local found
  found=$("$PYTHON" -c '
import importlib.util
spec = importlib.util.find_spec("torch")
print(spec.submodule_search_locations[0] if spec and spec.origin else "")')
  [[ -n $found ]] || die "$PYTHON has no torch: $PYTHON -m pip install torch==$DEFAULT_VERSION," \
    "or PYTHON=/path/to/another/python3"
  find_in_folder "$found"
}

# An unpacked libtorch, a Python's torch folder, or the folder that holds one.
find_in_folder() {
  local folder flavor=cpu
  for folder in "$1" "$1/libtorch" "$1/torch"; do
    if [[ -e $folder/lib/libtorch_cpu.so && -d $folder/include ]]; then
      TORCH=$(realpath "$folder")
      if [[ -e $TORCH/lib/libtorch_cuda.so ]]; then flavor=cuda; fi
      [[ ${FLAVOR:-$flavor} == cpu || $flavor == cuda ]] ||
        die "$TORCH is a libtorch without CUDA: leave out --cuda, or use --from wheel"
      FLAVOR=$flavor
      return
    fi
  done
  die "$1 is not a libtorch: it has no lib/libtorch_cpu.so and include/"
}

# --- its version --------------------------------------------------------------

# The header says it in one form since 1.7, in one of two places.
version_header() {
  local header
  for header in torch/headeronly/version.h torch/csrc/api/include/torch/version.h; do
    if grep -qs 'define TORCH_VERSION_MAJOR' "$TORCH/include/$header"; then
      echo "$TORCH/include/$header"
      return
    fi
  done
}

check_version() {
  local header
  header=$(version_header)
  [[ -n $header ]] || die "cannot tell the version of the libtorch in $TORCH: its include/torch has no version.h"
  TORCH_VERSION=$(awk '$2 ~ /^TORCH_VERSION_(MAJOR|MINOR|PATCH)$/ { v = v "." $3 }
    END { print substr(v, 2) }' "$header")
  version_at_least "$TORCH_VERSION" "$MIN_TORCH" ||
    die "$TORCH is libtorch $TORCH_VERSION, $MIN_TORCH or newer is needed: leave out --from to get $DEFAULT_VERSION"
  [[ -z $VERSION || $VERSION == "$TORCH_VERSION" ]] ||
    die "$TORCH is libtorch $TORCH_VERSION, not $VERSION"
}

# --- fetching -----------------------------------------------------------------

tree_is_complete() { [[ -n ${TREE:-} && $(cat "$TREE/.source" 2>/dev/null) == "$SOURCE" ]]; }

fetch_libtorch() {
  if [[ -n ${TREE:-} ]] && ! tree_is_complete; then
    check_python
    if [[ $FROM == wheel ]]; then fetch_wheels; else fetch_zip; fi
    keep_tree
    if [[ $FROM != wheel ]]; then find_in_folder "$TREE"; fi
  fi
  if [[ $FLAVOR == cuda ]]; then fetch_cuda_headers; fi
}

# What was fetched takes the place of what was there.
keep_tree() {
  printf '%s\n' "$SOURCE" >"$TREE.partial/.source"
  rm -rf "$TREE.old"
  if [[ -e $TREE ]]; then mv "$TREE" "$TREE.old"; fi
  mv "$TREE.partial" "$TREE"
  # Only now: until here they spared a rerun the download.
  rm -rf "$TREE.old" "$PREFIX/downloads"
}

# Sets HEADERS_TREE, with the headers of CUDA's runtime and of NVTX: small wheels, as
# nvidia-cuda-crt is none of those that torch asks for. Not needed where CUDA_HOME
# names a toolkit. Its variables hide those of libtorch's tree from what it calls.
fetch_cuda_headers() {
  local TREE SOURCE FLAVOR=headers VERSION=$DEFAULT_VERSION
  HEADERS_TREE=$PREFIX/cuda-headers-$VERSION
  TREE=$HEADERS_TREE
  SOURCE=$(locked_wheels headers)
  if [[ -n ${CUDA_HOME:-} ]] || tree_is_complete; then return; fi
  check_python
  fetch_wheels
  keep_tree
}

# A wheel is deleted once it is unpacked, and .unpacked keeps count of them: so
# a rerun goes on where this one stopped, and the disk holds one wheel at most.
fetch_wheels() {
  local requirement requirements partial=$TREE.partial
  case $FLAVOR in
    cuda) check_space 5000 ;;
    cpu) check_space 1300 ;;
    headers) check_space 50 ;;
  esac
  mkdir -p "$partial" "$PREFIX/downloads"
  mapfile -t requirements <<<"$SOURCE"
  for requirement in "${requirements[@]}"; do
    if grep -qsxF "$requirement" "$partial/.unpacked"; then continue; fi
    fetch_wheel "$requirement"
    unpack "$WHEEL" "$partial" "$FLAVOR"
    echo "$requirement" >>"$partial/.unpacked"
    rm "$WHEEL"
  done
  rm "$partial/.unpacked"
}

# Sets WHEEL to the file that REQUIREMENT (name==version --hash=...) pins.
fetch_wheel() {
  local name=${1%% *}
  WHEEL=$(downloaded_wheel "$1")
  if [[ -n $WHEEL ]]; then return; fi
  check_pip
  note "downloading ${name/==/ }"
  run_pip "$1"
  WHEEL=$(downloaded_wheel "$1")
  [[ -n $WHEEL ]] || die "pip downloaded a file for $name whose hash is not the pinned one"
}

# The wheel that is here already, if its hash is one of the pinned.
downloaded_wheel() {
  local name=${1%%==*} version wheel sum
  version=${1#*==}
  version=${version%% *}
  for wheel in "$PREFIX/downloads/${name//-/_}-$version"-*.whl; do
    if [[ -f $wheel ]]; then
      read -r sum _ < <(sha256sum "$wheel")
      if [[ $1 == *"--hash=sha256:$sum"* ]]; then echo "$wheel"; fi
    fi
  done
}

# One tag for each machine, whatever Python runs pip: the C++ libraries in the
# wheels are the same. No cache: it would keep half a gigabyte more on the disk.
# TMPDIR, as /tmp is often a small file system in memory.
run_pip() {
  local machine log=$PREFIX/.tmp/pip.log minor
  machine=$(uname -m)
  local tags=(--implementation cp --python-version 312 --abi cp312 --platform "manylinux2014_$machine")
  for minor in {28..17}; do tags+=(--platform "manylinux_2_${minor}_$machine"); done
  echo "$1" >"$PREFIX/.tmp/requirement.txt"
  # Both outputs to stderr, and to the log for pip_failed.
  TMPDIR=$PREFIX/.tmp "$PYTHON" -m pip download --no-cache-dir --no-deps --only-binary=:all: \
    --disable-pip-version-check --require-hashes -r "$PREFIX/.tmp/requirement.txt" \
    "${tags[@]}" -d "$PREFIX/downloads" 2>&1 9>&- | tee "$log" >&2 || pip_failed "${1%% *}" "$log"
}

# pip's many lines end in ours, which says which of its troubles this is.
pip_failed() {
  if grep -q 'DO NOT MATCH THE HASHES' "$2"; then
    die "the hash of $1 is not the one pinned in ${LOCK_FILE##*/}: what pip's index served is not that release"
  elif grep -q 'No space left' "$2"; then
    die "the disk of $PREFIX is full: free some space or use --prefix DIR, then run this again"
  elif grep -qE 'NewConnectionError|ConnectTimeout|ConnectionError|ProxyError|SSLError|Read timed out|name resolution' "$2"; then
    die "no network: pip cannot reach its package index; see $PYTHON -m pip config list, then run this again"
  elif grep -q 'from versions: none' "$2"; then
    die "pip cannot find $1: no network, or its package index has no such wheel; see $PYTHON -m pip config list"
  fi
  die "pip could not download $1, its words are above; see $PYTHON -m pip config list"
}

fetch_zip() {
  local file=$ZIP
  rm -rf "$TREE.partial"
  mkdir -p "$TREE.partial" "$PREFIX/downloads"
  check_space 1300
  if [[ $ZIP == *://* ]]; then
    file=$PREFIX/downloads/libtorch.zip
    note "downloading ${ZIP%%#*}"
    "$PYTHON" "$SCRIPTS/archive.py" download "$ZIP" "$file" 9>&- || exit 1
  fi
  unpack "$file" "$TREE.partial" all
}

# unpack ARCHIVE FOLDER cpu|cuda|all
unpack() { "$PYTHON" "$SCRIPTS/archive.py" unpack "$@" 9>&- || exit 1; }

check_space() {
  local free
  free=$(df -Pk "$PREFIX" | awk 'NR == 2 { print int($4 / 1024) }')
  ((free >= $1)) ||
    die "not enough disk space: $1 MB needed in $PREFIX, $free MB free; free some or use --prefix DIR"
}

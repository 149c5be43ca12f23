# shellcheck shell=bash
# What the scripts here share: messages and the checks of what a machine has.
# Sourced, never run.

note() { printf '%s\n' "$*" >&2; }

# One line: what is wrong and, where there is one, the command that fixes it.
die() {
  note "${0##*/}: error: $*"
  exit 1
}

# The comment at the top of the script that runs.
usage() { awk 'NR > 2 && !/^#/ { exit } NR > 2 { sub(/^# ?/, ""); print }' "$0"; }

have() { command -v "$1" >/dev/null 2>&1; }

# The command that installs a system package here: NAME [NAME-ON-FEDORA].
install_command() {
  local sudo=""
  if [[ $EUID -ne 0 ]]; then sudo="sudo "; fi
  if have apt-get; then
    echo "${sudo}apt-get install -y $1"
  elif have dnf; then
    echo "${sudo}dnf install -y ${2:-$1}"
  else
    echo "install the package $1"
  fi
}

# version_at_least VERSION MINIMUM, both MAJOR[.MINOR[.PATCH]]; false for what
# is no version.
version_at_least() {
  local a1 a2 b1 b2
  [[ $1 =~ ^[0-9]+(\.[0-9]+)*([^0-9.].*)?$ ]] || return 1
  IFS=. read -r a1 a2 _ <<<"$1"
  IFS=. read -r b1 b2 _ <<<"$2"
  a1=${a1%%[!0-9]*} a2=${a2%%[!0-9]*}
  ((a1 > b1 || (a1 == b1 && ${a2:-0} >= ${b2:-0})))
}

# PYTHON chooses the interpreter.
PYTHON=${PYTHON:-python3}

check_python() {
  have "$PYTHON" || die "$PYTHON is missing: $(install_command python3)"
}

check_pip() {
  check_python
  # Faster than asking pip, which takes half a second to start.
  "$PYTHON" -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("pip"))' ||
    die "$PYTHON -m pip is missing: $(install_command python3-pip)"
}

# CXX chooses the C++ compiler; without it g++, or clang++ where only that is.
choose_compiler() {
  if [[ -z ${CXX:-} ]] && ! have g++ && have clang++; then CXX=clang++; fi
  CXX=${CXX:-g++}
}

# libtorch's headers are C++20 of a kind that older compilers do not know.
check_compiler() {
  local version minimum=11 newer=g++-12
  have "$CXX" || die "the C++ compiler $CXX is missing: $(install_command g++ gcc-c++)"
  version=$("$CXX" -dumpfullversion -dumpversion 2>/dev/null) ||
    die "the C++ compiler $CXX does not run: $(install_command g++ gcc-c++)"
  if "$CXX" --version | grep -q clang; then minimum=14 newer=clang++-15; fi
  version_at_least "$version" "$minimum" ||
    die "$CXX is version $version, $minimum or newer is needed:" \
      "$(install_command "${newer/clang++/clang}") && export CXX=$newer"
}

# cgo, by which Go calls into libgotorch.so, needs a C compiler.
check_go() {
  local version
  have go || die "go is missing: snap install go --classic (any Go 1.26 or newer will do)"
  version=$(go env GOVERSION 2>/dev/null) || version=unknown
  version=${version#go}
  version_at_least "$version" 1.26 ||
    die "go is version $version, 1.26 or newer is needed: snap install go --classic"
  have "${CC:-gcc}" || die "the C compiler ${CC:-gcc} is missing: $(install_command g++ gcc-c++)"
}

# check_all CHECK...: names all that is missing, not only the first.
check_all() {
  local check missing=""
  for check in "$@"; do
    ("$check") || missing=yes
  done
  [[ -z $missing ]] || exit 1
}

# A compiler takes up to 1 GB.
default_jobs() {
  local gigabytes jobs
  jobs=$(nproc)
  gigabytes=$(awk '/^MemAvailable:/ { print int($2 / 1e6) }' /proc/meminfo)
  if ((gigabytes < jobs)); then jobs=$((gigabytes > 0 ? gigabytes : 1)); fi
  echo "$jobs"
}

# Nobody else installs into PREFIX from here on. The lock goes when this process
# does; its long-running children close 9, so that none of them, left behind by a
# kill, holds it.
take_lock() {
  if ! mkdir -p "$PREFIX" 2>/dev/null || [[ ! -w $PREFIX ]]; then
    die "cannot write to $PREFIX: use --prefix DIR"
  fi
  have flock || die "flock is missing: $(install_command util-linux)"
  exec 9>"$PREFIX/.lock"
  if ! flock -n 9; then
    note "another install into $PREFIX is running, waiting for it to end"
    flock 9
  fi
  trap 'rm -rf "$PREFIX/.tmp"' EXIT
  rm -rf "$PREFIX/.tmp"
  mkdir "$PREFIX/.tmp"
}

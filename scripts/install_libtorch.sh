#!/usr/bin/env bash
#
# Installs libtorch, PyTorch's C++ core, and builds libgotorch.so, through which
# Go calls it.
#
#   scripts/install_libtorch.sh [option...]
#
#   --cpu, --cuda   which libtorch to install; default --cpu
#   --version V     which version of libtorch, one that scripts/libtorch.lock
#                   pins; with other --from: refuse any other version
#   --prefix DIR    where to install; default $GOTORCH_HOME, or else
#                   ~/.local/share/gotorch
#   --from WHERE    where libtorch comes from:
#                     wheel   (default) PyTorch's wheel, from pip's index
#                     python  the torch of an installed Python ($PYTHON), in place
#                     DIR     an unpacked libtorch or a torch folder, in place
#                     X.zip   a libtorch zip of PyTorch's download page
#                     zip     the zip that $GOTORCH_LIBTORCH_ZIP names
#   --update        the libtorch that an earlier run installed or used, if one did;
#                   with --cpu or --cuda: if it was such a one
#   --fetch         only get libtorch, and build nothing: for images, whose layers
#                   then keep it when the C++ code changes
#   --jobs N        how many files to compile at a time; default all cores, or
#                   fewer where memory is short
#   -h, --help      this text
#
# Needs Linux (x86_64 or aarch64), g++ 11 or newer ($CXX, $CXXFLAGS and $LDFLAGS
# are honoured) and, for wheels, Python 3 with pip. Safe to run again and again:
# what is up to date is not touched, what was interrupted goes on, and a run that
# fails leaves the earlier install as it was.
set -euo pipefail

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$SCRIPTS")
DEFAULT_VERSION=2.15.0

# shellcheck source-path=SCRIPTDIR
# shellcheck source=lib.sh
. "$SCRIPTS/lib.sh"
# shellcheck source=lib_fetch.sh
. "$SCRIPTS/lib_fetch.sh"
# shellcheck source=lib_build.sh
. "$SCRIPTS/lib_build.sh"

parse_arguments() {
  FLAVOR="" VERSION="" PREFIX="" FROM=wheel JOBS="" TREE="" UPDATE="" FETCH=""
  while (($# > 0)); do
    case $1 in
      --cpu | --cuda) FLAVOR=${1#--} ;;
      --update) UPDATE=yes ;;
      --fetch) FETCH=yes ;;
      --version | --prefix | --from | --jobs)
        [[ -n ${2:-} ]] || die "$1 needs a value: see $0 --help"
        case $1 in
          --version) VERSION=$2 ;;
          --prefix) PREFIX=$2 ;;
          --from) FROM=$2 ;;
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
}

# PyTorch publishes libtorch for other systems too, but not under these names.
check_platform() {
  local system machine glibc
  system=$(uname -s) machine=$(uname -m)
  [[ $system == Linux && $machine =~ ^(x86_64|aarch64)$ ]] ||
    die "unsupported platform $system $machine: Linux on x86_64 or aarch64 works," \
      "on macOS and Windows in a container or WSL"
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || glibc="another C library than glibc"
  version_at_least "${glibc#glibc }" 2.28 ||
    die "unsupported system with $glibc: libtorch needs glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8)"
}

default_prefix() { echo "${GOTORCH_HOME:-${XDG_DATA_HOME:-${HOME:-}/.local/share}/gotorch}"; }

choose_prefix() {
  if [[ -z $PREFIX ]]; then
    [[ -n ${GOTORCH_HOME:-}${XDG_DATA_HOME:-}${HOME:-} ]] || die "HOME is not set: use --prefix DIR"
    PREFIX=$(default_prefix)
  fi
  PREFIX=$(realpath -m "$PREFIX")
}

# For --update: what was chosen is in the JSON file beside the library.
repeat_choice() {
  local path
  path=$(installed libtorch_path)
  if [[ -z $path || $(installed flavor) != "${FLAVOR:-$(installed flavor)}" ]]; then return; fi
  FLAVOR=$(installed flavor)
  if [[ $(installed from) != wheel ]]; then FROM=$(cd "$PREFIX/lib" && realpath -m "$path"); fi
}

install() {
  check_compiler
  fetch_libtorch
  check_version
  build_library
}

fetch_only() {
  take_lock
  fetch_libtorch
  check_version
  echo "libtorch $TORCH_VERSION ($FLAVOR): $TORCH"
}

report() {
  local library=$PREFIX/lib/$LIBRARY_NAME export_home
  echo "libtorch $(installed libtorch) ($(installed flavor)): $TORCH"
  echo "libgotorch.so: $library (stamp $(installed stamp))"
  # Where programs look without being told, and anywhere else.
  case $PREFIX in
    "$(realpath -m "$(default_prefix)")" | /usr/local/lib/gotorch) export_home="" ;;
    *) export_home="export GOTORCH_HOME=$PREFIX && " ;;
  esac
  echo "next: ${export_home}go run github.com/wangkuiyi/gotorch/cmd/gotorch doctor"
}

main() {
  parse_arguments "$@"
  check_platform
  choose_prefix
  choose_compiler
  if [[ -n $UPDATE ]]; then repeat_choice; fi
  find_libtorch
  if [[ -n $FETCH ]]; then
    fetch_only
    return
  fi
  if up_to_date; then
    echo "up to date: libtorch $(installed libtorch) ($(installed flavor)) in $PREFIX, nothing to do"
    return
  fi
  take_lock
  # Whoever held the lock may have done the work.
  if ! up_to_date; then install; fi
  report
}

main "$@"

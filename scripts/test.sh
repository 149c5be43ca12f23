#!/usr/bin/env bash
#
# Runs the tests, after installing what they need: libtorch and libgotorch.so.
#
#   scripts/test.sh [ARGUMENT OF go test...]
#
# Without a package among the arguments, all of them (./...). The tests that
# compare with Python need its torch: GOTORCH_PYTHON, by default python3, is the
# interpreter that has it. Where it has none they are skipped, and named at the
# end.
set -euo pipefail

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
# shellcheck source=lib.sh
. "$SCRIPTS/lib.sh"

cd "$SCRIPTS/.."
packages=(./...)
verbose=""
for argument in "$@"; do
  case $argument in
    . | ./* | *...) packages=() ;;
    -v | -v=true | -bench*) verbose=--verbose ;;
  esac
done

choose_compiler
check_all check_go check_compiler check_pip
bash "$SCRIPTS/install_libtorch.sh" --update >&2
go test -json "$@" ${packages[@]+"${packages[@]}"} | "$PYTHON" "$SCRIPTS/test_report.py" $verbose

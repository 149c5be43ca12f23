#!/usr/bin/env bash
#
# Runs an example, after installing what it needs: libtorch and libgotorch.so.
#
#   scripts/example.sh [NAME [ARGUMENT...]]
#
# NAME is a folder of examples/, by default simple_model. Standard output is the
# example's and nothing else.
set -euo pipefail

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
# shellcheck source=lib.sh
. "$SCRIPTS/lib.sh"

cd "$SCRIPTS/.."
name=${1:-simple_model}
shift || true
[[ -d examples/$name ]] || die "there is no example $name; there are: $(cd examples && echo *)"

choose_compiler
check_all check_go check_compiler check_pip
bash "$SCRIPTS/install_libtorch.sh" --update >&2
exec go run "./examples/$name" "$@"

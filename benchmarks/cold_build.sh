#!/usr/bin/env bash
#
# Measures `go build ./...` with an empty build cache, as on a machine that
# builds GoTorch for the first time. The target is 45 s on two cores.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
go mod download
GOCACHE=$(mktemp -d)
export GOCACHE
trap 'rm -rf "$GOCACHE"' EXIT
TIMEFORMAT='cold build: %R s (target 45 s); %U s of CPU on '"$(getconf _NPROCESSORS_ONLN) cores"
time go build ./...

#!/usr/bin/env bash
#
# Builds the images of Dockerfile and Dockerfile.cuda, and of docs/docker.md's
# example over them, and checks them, without a container engine.
#
#   scripts/images.sh [option...] [cpu] [cuda]
#
#   --if-changed      skip an image that was good and whose files are as they were
#   --simulated DIR   try the image for CUDA on simulated GPUs, too, by putting the
#                     libraries in DIR over NVIDIA's
#   --clean           remove what all runs left in .cache/images
#
# By default only the image for CPU: that for CUDA downloads 2.5 GB and takes 8
# GB of disk. Needs root, buildah, debootstrap and Go on Debian or Ubuntu. The base
# images are made here, under the names that the Dockerfiles have. Steps of the
# build see the certificates and package-index settings of this machine.
set -euo pipefail

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$SCRIPTS")
STORE=$ROOT/.cache/images

# shellcheck source-path=SCRIPTDIR
# shellcheck source=lib.sh
. "$SCRIPTS/lib.sh"

step() { note "== $* ($SECONDS s)"; }

# --- buildah --------------------------------------------------------------------

# Without an engine's privileges: processes in a chroot.
export BUILDAH_ISOLATION=chroot TMPDIR=$STORE/tmp

# Overlays where the kernel has them; vfs, which works everywhere, copies the
# whole file system for each layer.
choose_storage() {
  if [[ -z ${STORAGE_DRIVER:-} ]]; then
    STORAGE_DRIVER=vfs
    if grep -qw overlay /proc/filesystems; then STORAGE_DRIVER=overlay; fi
  fi
  export STORAGE_DRIVER
}

buildah() { command buildah --root "$STORE/storage" --runroot "$STORE/run" "$@"; }

has_image() { buildah inspect --type image "$1" >/dev/null 2>&1; }

# Sets HOST, options that show the steps of a build how this machine reaches
# package indexes, and APT, those of them that are of apt: files that say something
# about fetching.
find_host_settings() {
  local file
  APT=()
  while read -r file; do
    APT+=(--volume "$file:$file:ro")
  done < <(grep -ls '^Acquire::' /etc/apt/apt.conf.d/*)
  HOST=("${APT[@]}")
  for file in /etc/ssl/certs /etc/pip.conf "$HOME/.config/pip/pip.conf"; do
    if [[ -e $file ]]; then HOST+=(--volume "$file:${file/#"$HOME"//root}:ro"); fi
  done
}

# in_container IMAGE COMMAND...: runs it there, with RUN_OPTIONS, and forgets what it
# changed.
RUN_OPTIONS=()
in_container() {
  local container status=0
  container=$(buildah from --pull-never "$1")
  shift
  buildah run "${RUN_OPTIONS[@]}" "$container" -- "$@" || status=$?
  buildah rm "$container" >/dev/null
  return "$status"
}

# --- the base images --------------------------------------------------------------

# The name in a line ARG $1=... of Dockerfile.
base_name() { echo "docker.io/library/$(sed -n "s/^ARG $1=//p" "$ROOT/Dockerfile")"; }

make_base_images() {
  local debian go
  debian=$(base_name RUNTIME_IMAGE) go=$(base_name GO_IMAGE)
  has_image "$debian" || make_debian "$debian" "${go##*-}"
  has_image "$go" || make_go "$go" "$debian"
}

# make_debian NAME RELEASE, from the mirror that this machine uses.
make_debian() {
  local mirror container
  step "base image $1"
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
  rm -rf "$STORE/debian"
  # Its mirror is an argument only where one is known.
  # shellcheck disable=SC2086
  debootstrap --variant=minbase "$2" "$STORE/debian" $mirror >"$STORE/debootstrap.log" ||
    die "debootstrap failed: $(tail -n 1 "$STORE/debootstrap.log")"
  rm -rf "$STORE"/debian/var/cache/apt/*.bin "$STORE"/debian/var/cache/apt/archives/*.deb "$STORE"/debian/var/lib/apt/lists/*
  container=$(buildah from scratch)
  cp -a "$STORE/debian/." "$(buildah mount "$container")"
  buildah config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet --rm "$container" "$1" >/dev/null
  rm -rf "$STORE/debian"
}

# make_go NAME DEBIAN: the packages of the official image, and this machine's Go.
# Without this machine's certificates, as the package of certificates writes there.
make_go() {
  local container mounted
  step "base image $1"
  container=$(buildah from --pull-never "$2")
  buildah run "${APT[@]}" "$container" -- bash -c 'apt-get update &&
    apt-get install -y --no-install-recommends g++ gcc libc6-dev make pkg-config ca-certificates &&
    rm -rf /var/lib/apt/lists/*' >"$STORE/apt.log" || die "apt-get failed, see $STORE/apt.log"
  mounted=$(buildah mount "$container")
  cp -a "$(go env GOROOT)" "$mounted/usr/local/go"
  buildah config --env GOPATH=/go --env GOTOOLCHAIN=local --workingdir /go \
    --env PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet --rm "$container" "$1" >/dev/null
}

# --- an image ---------------------------------------------------------------------

# build TAG FILE FOLDER [OPTION...]
build() {
  local tag=$1 file=$2 folder=$3
  shift 3
  # The format is Docker's, as OCI's has no health checks.
  buildah bud --pull-never --layers --format docker "${HOST[@]}" --file "$file" --tag "$tag" "$@" "$folder" \
    >"$STORE/build.log" 2>&1 || { tail -n 50 "$STORE/build.log" >&2 && die "building $tag failed, see $STORE/build.log"; }
}

# Stages get names, so that prune takes only what earlier versions left.
build_image() {
  local flavor=$1 file=$2 stage
  for stage in libgotorch runtime gotorch; do
    step "$file, $stage"
    build "localhost/stage-$stage:$flavor" "$ROOT/$file" "$ROOT" --target "$stage"
  done
  step "$file"
  build "localhost/gotorch:$flavor" "$ROOT/$file" "$ROOT"
}

# The article's program, as docs/docker.md says to make an image of a program.
build_example() {
  local flavor=$1 folder=$STORE/example
  step "example over gotorch:$flavor"
  rm -rf "$folder"
  mkdir -p "$folder/gotorch"
  (cd "$ROOT" && image_files | xargs -0 cp --parents -t "$folder/gotorch")
  cp "$ROOT/examples/simple_model/main.go" "$folder"
  awk '/^```$/ { inside = 0 } inside; /^```dockerfile$/ { inside = 1 }' "$ROOT/docs/docker.md" |
    sed "s/^FROM gotorch:cpu/FROM gotorch:$flavor/" >"$folder/Dockerfile"
  (cd "$folder" && go mod init example && go mod edit -require github.com/wangkuiyi/gotorch@v0.0.0 \
    -replace github.com/wangkuiyi/gotorch=./gotorch) 2>/dev/null
  build "localhost/example:$flavor" "$folder/Dockerfile" "$folder"
  rm -rf "$folder"
}

# --- checks -----------------------------------------------------------------------

check_image() {
  local flavor=$1 image=localhost/gotorch:$1 found
  step "checks of $image"
  [[ $(in_container "$image" id -u) -gt 0 ]] || die "$image runs as root"
  # To be expanded there.
  # shellcheck disable=SC2016
  found=$(in_container "$image" sh -c 'for tool in cc c++ gcc g++ clang as ld make python3 go; do command -v $tool; done
    find / -xdev \( -name "*.h" -o -name "*.hpp" -o -name "*.a" \) 2>/dev/null; true')
  [[ -z $found ]] || die "$image has what no program needs to run: $found"
  run_default "$image"
  check_size "$image"
}

# run_default IMAGE: what it runs without being told.
run_default() {
  local command
  command=$(buildah inspect --type image --format '{{range .OCIv1.Config.Cmd}}{{.}} {{end}}' "$1")
  [[ -n $command ]] || die "$1 has no command"
  in_container "$1" sh -c "exec $command"
}

# Of a CPU-only install, 650 MB are what it may have on the disk.
check_size() {
  local all library
  all=$(in_container "$1" du -smx / 2>/dev/null | cut -f 1) || true
  library=$(in_container "$1" du -sm /usr/local/lib/gotorch | cut -f 1)
  echo "$1: $all MB, of which libtorch and libgotorch are $library MB"
  [[ $1 != *:cpu ]] || ((library <= 650)) || die "libtorch for CPU takes $library MB"
}

# Simulated libraries lie where those that they stand for do, and others beside
# CUDA's runtime.
check_simulated() {
  local file place places RUN_OPTIONS=(--env GOTORCH_DEVICE=cuda) image=localhost/gotorch:cuda
  step "$image on simulated GPUs"
  places=$(in_container "$image" sh -c 'ls /usr/local/lib/gotorch/libtorch-*/nvidia/*/lib/*')
  for file in "$SIMULATED"/*.so*; do
    place=$(grep "/${file##*/}\$" <<<"$places") || place=$(grep '/libcudart' <<<"$places" | sed 's|[^/]*$||')${file##*/}
    RUN_OPTIONS+=(--volume "$file:$place:ro")
  done
  run_default "$image" | tee "$STORE/simulated.out"
  grep -q '^cuda:0 .*passed its tests' "$STORE/simulated.out" || die "gotorch doctor found no simulated GPU that works"
  check_example cuda
}

check_example() {
  local image=localhost/example:$1 out=$STORE/example.out
  step "runs $image"
  run_default "$image" >"$out"
  [[ $(wc -l <"$out") == 101 && $(tail -n 1 "$out") == 'Predictions: '* ]] ||
    die "the article's program printed $(wc -l <"$out") lines, not 101: $out"
  tail -n 1 "$out"
}

# --- what changed -------------------------------------------------------------------

# Names of the files that an image is made of, besides its Dockerfile.
image_files() {
  git ls-files -z --cached --others --exclude-standard -- . ':!.*' ':!*.md' ':!Dockerfile*' \
    ':!benchmarks' ':!docs' ':!examples' ':!*_test.go' ':!*/testdata/*'
}

# image_key FILE, of what an image, and the example over it, are made of.
image_key() {
  (cd "$ROOT" && {
    image_files
    printf '%s\0' "$1" .dockerignore docs/docker.md examples/simple_model/main.go
  } | xargs -0 sha256sum | sha256sum)
}

make_image() {
  local flavor=$1 file=Dockerfile key
  if [[ $flavor == cuda ]]; then file=Dockerfile.cuda; fi
  key=$(image_key "$file")
  if [[ -n $IF_CHANGED && $(cat "$STORE/$flavor.key" 2>/dev/null) == "$key" ]]; then
    echo "gotorch:$flavor is unchanged"
    return
  fi
  buildah rm --all >/dev/null # what a build that failed left
  find_host_settings
  make_base_images
  build_image "$flavor" "$file"
  build_example "$flavor"
  check_image "$flavor"
  check_example "$flavor"
  if [[ $flavor == cuda && -n $SIMULATED ]]; then check_simulated; fi
  buildah rmi --prune >/dev/null
  echo "$key" >"$STORE/$flavor.key"
}

check_tools() {
  local tool
  [[ $EUID -eq 0 ]] || die "chroots need root: sudo $0"
  for tool in buildah debootstrap; do
    have "$tool" || die "$tool is missing: $(install_command "$tool")"
  done
}

clean() {
  buildah rm --all >/dev/null
  buildah rmi --all --force >/dev/null
  rm -rf "$STORE"
}

main() {
  local flavors=() flavor
  IF_CHANGED="" SIMULATED=""
  check_all check_tools check_go
  choose_storage
  mkdir -p "$STORE/tmp"
  while (($# > 0)); do
    case $1 in
      --if-changed) IF_CHANGED=yes ;;
      --simulated) SIMULATED=$(realpath "${2:?}") && shift ;;
      --clean) clean && exit ;;
      cpu | cuda) flavors+=("$1") ;;
      *) die "unknown argument $1: see the head of $0" ;;
    esac
    shift
  done
  for flavor in "${flavors[@]:-cpu}"; do make_image "$flavor"; done
}

main "$@"

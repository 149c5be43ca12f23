# GoTorch over libtorch for CPU: what a program needs to run, and gotorch doctor.
#
#   docker build -t gotorch:cpu .
#
# docs/docker.md says how to put a program of yours on it.

# Both are Debian 12, so that what is built in one runs in the other.
ARG GO_IMAGE=golang:1.26.8-bookworm
ARG RUNTIME_IMAGE=debian:12.15-slim

# libtorch, which only a change of the scripts fetches anew.
FROM ${GO_IMAGE} AS libtorch
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-pip \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /gotorch
COPY scripts/install_libtorch.sh scripts/lib.sh scripts/lib_fetch.sh scripts/lib_build.sh \
     scripts/archive.py scripts/libtorch.lock scripts/
ENV GOTORCH_HOME=/usr/local/lib/gotorch
RUN bash scripts/install_libtorch.sh --cpu --fetch

# libgotorch.so, which only a change of the C++ code builds anew.
FROM libtorch AS libgotorch
COPY csrc/gotorch.h csrc/
COPY csrc/src csrc/src
RUN bash scripts/install_libtorch.sh --cpu

# libtorch without what only the compiler reads.
FROM libtorch AS runtime
RUN rm -r "$GOTORCH_HOME"/libtorch-*/torch/include "$GOTORCH_HOME"/.lock

FROM ${GO_IMAGE} AS gotorch
WORKDIR /gotorch
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags='-s -w' -o /usr/local/bin/gotorch ./cmd/gotorch

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="GoTorch" \
      org.opencontainers.image.description="Go bindings over libtorch, for CPU" \
      org.opencontainers.image.source="https://github.com/wangkuiyi/gotorch" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-3-Clause AND LicenseRef-NVIDIA"
RUN useradd --uid 10001 --create-home gotorch
# For programs that download models or data.
COPY --from=gotorch /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=runtime /usr/local/lib/gotorch /usr/local/lib/gotorch
COPY --from=libgotorch /usr/local/lib/gotorch/lib /usr/local/lib/gotorch/lib
COPY LICENSE /usr/local/lib/gotorch/
COPY --from=gotorch /usr/local/bin/gotorch /usr/local/bin/
# By number, so that Kubernetes can tell that it is not root.
USER 10001:10001
WORKDIR /home/gotorch
RUN ["gotorch", "doctor"]
# Whether the libraries can be opened; a service has a better one of its own.
HEALTHCHECK --interval=5m --timeout=30s CMD ["gotorch", "version"]
CMD ["gotorch", "doctor"]

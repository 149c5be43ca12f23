"""Prints the sections of libtorch.lock for a version of torch.

    python3 scripts/lock_libtorch.py 2.15.0

A maintainer's step, for a new release: paste the output into libtorch.lock.
pip resolves what the torch wheel requires, once for each kind of machine
(with --dry-run, but it downloads the wheels to read their metadata: 2.5 GB a
machine), and reports the hashes.
"""

import json
import os
import subprocess
import sys
import tempfile

MACHINES = ["x86_64", "aarch64"]
CPU = ["torch", "nvidia-cuda-cupti", "nvidia-cuda-runtime"]
# Headers for CUDA's compiler, which libtorch does not open.
UNUSED = ["nvidia-cuda-cccl"]


def resolve(requirement, machine, folder):
    """Returns {(name, version): sha256} of all that pip would install for it."""
    report = os.path.join(folder, machine + ".json")
    platforms = ["manylinux2014"] + [f"manylinux_2_{minor}" for minor in range(28, 16, -1)]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed"]
    command += ["--only-binary=:all:", "--implementation=cp", "--python-version=312", "--abi=cp312"]
    command += [f"--platform={platform}_{machine}" for platform in platforms]
    command += ["--target", folder, "--report", report, requirement]
    subprocess.run(command, check=True, stdout=sys.stderr)
    with open(report) as file:
        installs = json.load(file)["install"]
    return {
        (install["metadata"]["name"], install["metadata"]["version"]): install["download_info"]["archive_info"]["hashes"]["sha256"]
        for install in installs
    }


def print_section(title, packages, resolved):
    print(f"# [{title}]")
    for package in packages:
        hashes = [f"--hash=sha256:{machine[package]}" for machine in resolved if package in machine]
        print("==".join(package), *hashes)


def main():
    version = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        resolved = [resolve(f"torch=={version}", machine, folder) for machine in MACHINES]
        packages = sorted({package for machine in resolved for package in machine})
        runtime = next(package for package in packages if package[0] == "nvidia-cuda-runtime")
        # Headers that the runtime's include, and that torch itself does not need.
        crt = f"nvidia-cuda-crt=={runtime[1]}"
        nvtx = next(package for package in packages if package[0] == "nvidia-nvtx")
        headers = [resolve(crt, machine, folder) for machine in MACHINES]
    chosen = [(n, v) for n, v in packages if n == "torch" or n.startswith("nvidia-") and n not in UNUSED]
    # torch first: if its wheel cannot be had, nothing else need be fetched.
    chosen.sort(key=lambda package: package[0] != "torch")
    print_section(f"{version} cpu", [p for p in chosen if p[0] in CPU], resolved)
    print_section(f"{version} cuda", [p for p in chosen if p[0] not in CPU], resolved)
    print_section(f"{version} headers", [tuple(crt.split("==")), runtime, nvtx], [h | r for h, r in zip(headers, resolved)])


main()

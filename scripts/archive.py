"""Unpacks libtorch out of wheels and zips, and downloads a zip.

    archive.py unpack ARCHIVE FOLDER cpu|cuda|headers|all
    archive.py download URL#sha256=HEX FILE

A helper of install_libtorch.sh; needs nothing but Python's standard library.
"""

import errno
import fnmatch
import hashlib
import os
import sys
import urllib.request
import zipfile

BLOCK = 1 << 20

# A torch wheel is a Python package: of its 1.3 GB, this is what C++ needs.
# The licences come along for those who pass an image on.
COMMON = ["torch/include/*", "torch/lib/*.so*", "torch/version.py", "*.dist-info/*[Ll]icense*"]
WANTED = {
    # libtorch_cpu.so links these two of CUDA's libraries even where no GPU is.
    "cpu": COMMON + ["nvidia/*/lib/libcudart.so*", "nvidia/*/lib/libcupti.so*"],
    "cuda": COMMON + ["nvidia/*/lib/*.so*"],
    # What compiling libgotorch_cuda.so takes.
    "headers": ["nvidia/*/include/*", "*.dist-info/*[Ll]icense*"],
    "all": ["*"],
}
PYTHON_ONLY = ["torch/lib/libtorch_python.so", "torch/lib/libshm.so"]
UNWANTED = {
    # libtorch.so is no more than links to libtorch_cpu.so and libtorch_cuda.so,
    # so without the latter it cannot be opened.
    "cpu": PYTHON_ONLY
    + ["torch/lib/*cuda*", "torch/lib/*nvrtc*", "torch/lib/*nvshmem*"]
    + ["torch/lib/libtorch.so", "torch/lib/libtorch_global_deps.so"],
    # Other interfaces to CUDA's libraries, which neither libtorch nor they open: 122 MB.
    "cuda": PYTHON_ONLY
    + ["nvidia/*/lib/libcusolverMg*", "nvidia/*/lib/libcufftw*", "nvidia/*/lib/libnvblas*"],
    "headers": [],
    "all": [],
}


def fail(message):
    sys.exit(f"install_libtorch.sh: error: {message}")


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def members(archive, flavor):
    return [
        info
        for info in archive.infolist()
        if not info.is_dir() and matches(info.filename, WANTED[flavor]) and not matches(info.filename, UNWANTED[flavor])
    ]


class Progress:
    """Percent on a terminal, one line at the end elsewhere."""

    def __init__(self, what, total):
        self.what, self.total, self.done, self.shown = what, total, 0, -1

    def add(self, size):
        self.done += size
        percent = 100 * self.done // max(self.total, 1)
        if sys.stderr.isatty() and percent > self.shown:
            print(f"\r{self.what} {percent}%", end="", file=sys.stderr, flush=True)
            self.shown = percent

    def close(self):
        start = "\r" if sys.stderr.isatty() else ""
        print(f"{start}{self.what}: {self.done / 1e6:.0f} MB", file=sys.stderr)


def copy(source, path, progress, digest=None):
    with open(path, "wb") as target:
        while block := source.read(BLOCK):
            target.write(block)
            if digest:
                digest.update(block)
            progress.add(len(block))


def unpack(path, folder, flavor):
    with zipfile.ZipFile(path) as archive:
        chosen = members(archive, flavor)
        progress = Progress(f"unpacking {os.path.basename(path)}", sum(i.file_size for i in chosen))
        root = os.path.realpath(folder)
        for info in chosen:
            target = os.path.realpath(os.path.join(root, info.filename))
            if not target.startswith(root + os.sep):
                fail(f"{path} holds {info.filename}, which would be unpacked outside of {folder}")
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(info) as source:
                copy(source, target, progress)
        progress.close()


def download(url, path):
    url, _, wanted = url.partition("#sha256=")
    digest = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=60) as response:
        progress = Progress("downloading", int(response.headers.get("Content-Length", 0)))
        copy(response, path, progress, digest)
        progress.close()
    if digest.hexdigest() != wanted.lower():
        os.remove(path)
        fail(f"the hash of {url} is {digest.hexdigest()}, not {wanted}")


def main():
    command, *arguments = sys.argv[1:]
    try:
        {"unpack": unpack, "download": download}[command](*arguments)
    except zipfile.BadZipFile:
        fail(f"{arguments[0]} is not a zip file, or is damaged: delete it and run this again")
    except urllib.error.URLError as error:
        fail(f"no network: cannot reach {arguments[0]}: {error.reason}")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fail("the disk is full: free some space or use --prefix DIR, then run this again")
        fail(str(error))


main()

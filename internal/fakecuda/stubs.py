"""Writes what stands in for the functions of NVIDIA's libraries that nothing defines.

    stubs.py TORCH_LIB FOLDER [--cudnn V] [--nccl V] [--defined LIBRARY OBJECT...]...

Torch's own libraries say which libraries of NVIDIA's they need, and which functions
they import from each. For every such library this writes FOLDER/LIBRARY.c, whose
functions refuse, and FOLDER/LIBRARY.map, its version script. Functions that the
objects given for a library define are left out. A helper of scripts/fakecuda.sh.
"""

import argparse
import glob
import os
import re
import subprocess

# Functions that may say yes without doing anything.
HARMLESS = """
cudaFuncSetAttribute cudaProfilerStart cudaProfilerStop cudaIpcCloseMemHandle
cudaDeviceGetGraphMemAttribute cudaDeviceSetGraphMemAttribute cudaMemPoolSetAttribute
cudaMemPoolSetAccess cudaMemPoolTrimTo cudaKernelSetAttributeForDevice
cudaUserObjectCreate cudaUserObjectRelease cudaGraphRetainUserObject
""".split()

# How each library calls "not supported"; 1 in all others is some failure.
REFUSALS = {
    "libcudart": 801,
    "libcuda": 801,
    "libcudnn": 3000,
    "libcublas": 15,
    "libcublasLt": 15,
    "libcusparse": 10,
    "libcusolver": 9,
    "libcufft": 16,
}

# Whose functions have names without a version.
PREFIXES = [
    (r"nvshmem", "libnvshmem_host.so.3"),
    (r"nccl", "libnccl.so.2"),
    (r"cusparseLt", "libcusparseLt.so.0"),
    (r"cuFile", "libcufile.so.0"),
    (r"cu[A-Z]", "libcuda.so.1"),
]

HEAD = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int refuse(const char* name, int answer) {
  const char* log = getenv("FAKECUDA_LOG");
  if (log && !strcmp(log, "1")) fprintf(stderr, "[fakecuda] %s answers %d\\n", name, answer);
  return answer;
}
"""


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"}).stdout


def needed_libraries(libraries):
    """Those of NVIDIA's."""
    names = set()
    for library in libraries:
        names.update(re.findall(r"NEEDED.*\[(lib(?:cu|nv|nccl).*)\]", output("readelf", "-dW", library)))
    return sorted(names)


def imports(libraries):
    """{library: {symbol: version or None}}"""
    result = {}
    for library in libraries:
        for line in output("nm", "-D", "--undefined-only", library).splitlines():
            symbol, _, version = line.split()[-1].partition("@")
            version = version.lstrip("@") or None
            if version and re.match(r"lib(cu|nv|nccl).*\.so\.", version):
                result.setdefault(version, {})[symbol] = version
            else:
                owner = next((name for prefix, name in PREFIXES if re.match(prefix, symbol)), None)
                if owner:
                    result.setdefault(owner, {})[symbol] = version
    return result


def defined_in(objects):
    lines = output("nm", "--defined-only", *objects).splitlines() if objects else []
    return {line.split()[2] for line in lines if len(line.split()) == 3}


def number(version):
    """9.26.0 as 92600"""
    major, minor, patch = (int(n) for n in version.split(".")[:3])
    return major * 10000 + minor * 100 + patch


def stub(library, symbol, versions):
    """The C text of one function."""
    if symbol == "cudnnGetVersion":
        return f"unsigned long {symbol}(void) {{ return {number(versions['cudnn'])}; }}"
    if symbol == "cudnnGetProperty":  # which: 0 major, 1 minor, 2 patch
        numbers = ", ".join(versions["cudnn"].split(".")[:3])
        return f"int {symbol}(int which, int* v) {{ *v = (int[]){{{numbers}}}[which]; return 0; }}"
    if symbol == "ncclGetVersion":
        return f"int {symbol}(int* v) {{ *v = {number(versions['nccl'])}; return 0; }}"
    if re.search(r"Get(ErrorString|StatusString|StatusName|LastError|ErrorName)$", symbol):
        return f'const char* {symbol}(void) {{ return "not simulated"; }}'
    answer = 0 if symbol in HARMLESS else REFUSALS.get(library.partition(".")[0], 1)
    return f'int {symbol}(void) {{ return refuse("{symbol}", {answer}); }}'


def version_script(library, symbols):
    versions = [v for v in symbols.values() if v]
    if not versions and library.startswith("libcudart"):
        versions = [library]
    return f"{versions[0] if versions else ''} {{ global: *; }};\n".lstrip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("torch_lib")
    parser.add_argument("folder")
    parser.add_argument("--cudnn", default="0.0.0")
    parser.add_argument("--nccl", default="0.0.0")
    parser.add_argument("--defined", nargs="+", action="append", default=[])
    a = parser.parse_args()
    objects = {library: files for library, *files in a.defined}
    libraries = sorted(glob.glob(os.path.join(a.torch_lib, "*.so")))
    imported = imports(libraries)
    for library in sorted({*needed_libraries(libraries), *objects}):
        symbols = imported.get(library, {})
        missing = sorted(symbols.keys() - defined_in(objects.get(library, [])))
        with open(os.path.join(a.folder, library + ".c"), "w") as file:
            file.write(HEAD + "".join(stub(library, s, vars(a)) + "\n" for s in missing))
        with open(os.path.join(a.folder, library + ".map"), "w") as file:
            file.write(version_script(library, symbols))


main()

#!/usr/bin/env python3
"""Which BLAS a PyTorch multiplies matrices with: a build for a distribution takes whatever `libblas.so.3` is there.

Prints {"torch", "name", "file", "optimised"}. `name` is `mkl`, `openblas`, ..., `reference` or `unknown`.
The reference BLAS is right and thirty times slower: a benchmark against it says nothing.
"""
import json
import os
import re

OPTIMISED = ("mkl", "openblas", "blis", "atlas", "nvpl", "armpl", "flexiblas", "accelerate")


def blas_of(torch):
    # A product makes sure that what is loaded late is loaded.
    torch.mm(torch.ones(2, 2), torch.ones(2, 2))
    built_with = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    named = built_with.group(1).lower() if built_with else "generic"
    for name in OPTIMISED:
        if named.startswith(name[:4]):
            return {"name": name, "file": None, "optimised": True}
    files = mapped_files()
    # `openblas-pthread/libblas.so.3` is OpenBLAS' stand-in; what stands for itself is the reference, whatever LAPACK brought along.
    for file in (file for file in files if re.search(r"(^|/)libblas\.so", file)):
        name = next((name for name in OPTIMISED if name in file), "reference")
        return {"name": name, "file": file, "optimised": name != "reference"}
    for name in OPTIMISED:
        for file in files:
            if re.search(rf"(^|/)lib{name}", file):
                return {"name": name, "file": file, "optimised": True}
    return {"name": "unknown", "file": None, "optimised": True}


def mapped_files():
    """Libraries in this process, but for those that NumPy carries for itself."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            files = {line.split(maxsplit=5)[5].strip() for line in maps if len(line.split(maxsplit=5)) > 5}
    except OSError:
        return []
    return sorted(file for file in files if ".so" in os.path.basename(file) and "numpy" not in file and "scipy" not in file)


if __name__ == "__main__":
    import torch

    print(json.dumps({"torch": torch.__version__, **blas_of(torch)}))

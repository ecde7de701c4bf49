#!/usr/bin/env python3
"""Turn a device program into a C file that defines a struct assay_code.

    embed.py SYMBOL INPUT OUTPUT [INCLUDE_DIR]

OpenCL C (.cl) has its #include "…" lines replaced by the files, since the
driver that compiles it at run time sees no include path; SPIR-V (.spv) is
taken as it is.
"""
import re
import sys
from pathlib import Path


def expand(path, folder):
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        m = re.match(r'\s*#include "([^"]+)"', line)
        lines.append(expand(folder / m[1], folder) if m else line)
    return "\n".join(lines) + "\n"


def main():
    symbol, source, output = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    if source.suffix == ".cl":
        data = expand(source, Path(sys.argv[4])).encode() + b"\0"
        size = len(data) - 1
    else:
        data = source.read_bytes()
        size = len(data)
    rows = [", ".join(str(b) for b in data[i:i + 16])
            for i in range(0, len(data), 16)]
    Path(output).write_text(
        '#include "kernels/kernel.h"\n'
        f"extern const struct assay_code {symbol};\n"
        "static const unsigned char bytes[] "
        "__attribute__((aligned(4))) = {\n    "
        + ",\n    ".join(rows) + "};\n"
        f"const struct assay_code {symbol} = {{bytes, {size}}};\n",
        encoding="utf-8")


if __name__ == "__main__":
    main()

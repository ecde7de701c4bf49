# SPDX-License-Identifier: Apache-2.0
"""matrix.py ASSAY TARGETS: what `assay list kernels` says covers the matrix.

Every op has, for each of its dtypes, a reference, portable C, AVX2, AVX-512
and NEON rows, and rows of OpenCL and Vulkan for CPU drivers and for GPUs; the
extension that pays has rows of its own.
"""

import json
import sys

from common import Assay, run_all

PROGRAM = sys.argv[1]
TARGETS = sys.argv[2].split(",")

FLOAT = ["f32", "f16"]
MOVED = ["f32", "f16", "s8"]
MATRIX = {
    "dense": ["f32", "f16", "s8", "b1"],
    "conv2d": ["f32", "f16", "s8", "b1"],
    "depthwise": ["f32", "f16", "s8"],
    "attention": ["f32", "f16", "s8"],
    "matmul": FLOAT,
    "dropout": FLOAT,
    "sparse": ["f32", "s8"],
    "lowrank": ["f32", "s8"],
    "softmax": FLOAT,
    "layernorm": FLOAT,
    "rmsnorm": FLOAT,
    "batchnorm": FLOAT,
    "reduce": FLOAT,
    "quantize": ["s8"],
    "dequantize": ["s8"],
    "signpack": ["b1"],
    "cast": ["f16"],
    "unary": MOVED,
    "binary": MOVED,
    "pool": MOVED,
    "transpose": MOVED,
    "concat": MOVED,
    "slice": MOVED,
    "pad": MOVED,
    "gather": MOVED,
}
CPU = ["ref", "c", "avx2", "avx512", "neon"]
EXTENSIONS = {
    ("dense", "s8"): ["avx512vnni", "neondot"],
    ("conv2d", "s8"): ["avx512vnni", "neondot"],
    ("sparse", "s8"): ["avx512vnni"],
    ("dense", "b1"): ["avx512vpopcntdq"],
    ("conv2d", "b1"): ["avx512vpopcntdq"],
}
# What unary does (its parameter act), and binary (kind), pool and reduce.
KINDS = {
    "unary": ["relu", "relu6", "gelu", "gelu_tanh", "sigmoid", "tanh",
              "hardswish"],
    "binary": ["add", "sub", "mul", "div"],
}


def rows_of(assay):
    rows = json.loads(assay("list", "kernels", "--format", "json").stdout)
    fields = ["op", "dtype", "backend", "variant", "symbol", "available",
              "reason"]
    for row in rows:
        for field in fields:
            assert field in row, f"{row} lacks {field}"
        assert row["available"] == (row["reason"] is None), row
    return rows


def test_no_hole():
    rows = rows_of(Assay(PROGRAM))
    have = {}
    for row in rows:
        cell = have.setdefault((row["op"], row["dtype"]), {})
        cell.setdefault(row["backend"], []).append(row["variant"])
    holes = []
    for op, dtypes in MATRIX.items():
        for dtype in dtypes:
            cell = have.get((op, dtype), {})
            for variant in CPU + EXTENSIONS.get((op, dtype), []):
                if variant not in cell.get("cpu", []):
                    holes.append(f"{op} {dtype}: no {variant} row")
            for backend in ["opencl", "vulkan"]:
                found = cell.get(backend, [])
                if "any" not in found and not {"cpu", "gpu"} <= set(found):
                    holes.append(f"{op} {dtype}: {backend} has {found}")
    assert not holes, "\n".join(holes)
    print(f"{len(rows)} rows; {sum(map(len, MATRIX.values()))} cells x "
          f"3 backends without a hole")


def test_this_machine_runs_them():
    """On a device that is there, a row is missing for a reason that holds."""
    legal = {"cpu": ("needs ", "built for another processor", "built without"),
             "opencl": ("needs ", "built without"),
             "vulkan": ("needs ", "built without")}
    for row in rows_of(Assay(PROGRAM)):
        if not row["available"] and any(t.startswith(row["backend"])
                                        for t in TARGETS):
            assert row["reason"].startswith(legal[row["backend"]]), row


def test_kinds():
    assay = Assay(PROGRAM)
    for op, kinds in KINDS.items():
        key = "act" if op == "unary" else "kind"
        size = "n" if op == "unary" else "d3"
        suite = assay.folder / f"{op}.yaml"
        suite.write_text(f"name: {op}\nkernels:\n- op: {op}\n  {size}: 64\n"
                         f"  {key}: [{', '.join(kinds)}]\n")
        done = assay("check", str(suite), "--target", "cpu")
        for kind in kinds:
            assert kind in done.stdout, f"{op} {kind}: {done.stdout}"


if __name__ == "__main__":
    run_all(globals())

# SPDX-License-Identifier: Apache-2.0
"""bad_input.py ASSAY: every fault is one line, the right code, nothing lost."""

import gzip
import os
import shutil
import sqlite3
import sys
from pathlib import Path

from common import HERE, SMALL, Assay, run_all

PROGRAM = sys.argv[1]
ZOO = HERE.parent.parent / "suites" / "zoo"
CPU = ["--target", "cpu"]


def refused(assay, code, *args, says=(), env=None):
    """The command fails with `code` and one line that holds all of `says`."""
    done = assay(*args, code=code, env=env)
    lines = [x for x in done.stderr.splitlines() if x.startswith("assay")]
    assert len(lines) >= 1, f"{args}: nothing said: {done.stderr}"
    for word in says:
        assert word in done.stderr, f"{args}: '{word}' not in {done.stderr}"


def test_usage():
    assay = Assay(PROGRAM)
    refused(assay, 2, "frobnicate", says=["frobnicate", "--help"])
    refused(assay, 2, "run", says=["suite"])
    refused(assay, 2, "run", "no-such-suite", *CPU,
            says=["no-such-suite", "quickstart"])
    refused(assay, 2, "run", SMALL, "--frob", says=["--frob"])
    refused(assay, 2, "run", SMALL, "--target", "quantum",
            says=["quantum", "opencl"])
    refused(assay, 3, "run", SMALL, "--target", "opencl:77",
            says=["opencl:77", "assay targets"])
    refused(assay, 2, "run", SMALL, *CPU, "--filter", "[", says=["--filter"])
    refused(assay, 2, "run", SMALL, *CPU, "--filter", "nothing-has-this",
            says=["matches"])
    refused(assay, 2, "run", SMALL, "--threads", "0", says=["--threads"])
    refused(assay, 2, "run", SMALL, "--isa", "mmx", says=["mmx", "avx2"])
    refused(assay, 2, "run", SMALL, "--label", "x", says=["KEY=VALUE"])
    refused(assay, 2, "run", "--model", "no-such-model", *CPU,
            says=["no-such-model"])
    refused(assay, 2, "report", "--format", "papyrus", says=["papyrus"])
    refused(assay, 2, "list", "unicorns", says=["kernels"])
    nodes = ["check", "--onnx-node-tests"]
    refused(assay, 2, *nodes, "/nowhere", says=["/nowhere"])
    refused(assay, 2, *nodes, assay.folder, says=["test_*"])
    refused(assay, 2, *nodes, assay.folder, "--format", "xml", says=["xml"])
    refused(assay, 2, *nodes, assay.folder, "--isa", "mmx", says=["avx2"])
    assert not (assay.folder / "assay.db").exists(), "a store was made"


def test_help_of_every_command():
    assay = Assay(PROGRAM)
    for command in ["targets", "list", "check", "run", "runs", "report",
                    "compare", "gate", "compress"]:
        out = assay(command, "--help").stdout
        assert out.startswith("Usage: assay " + command), out[:80]
    assert assay("--version").stdout.startswith("assay ")


def test_suites():
    assay = Assay(PROGRAM)
    bad = assay.folder / "bad.yaml"
    for text, words in [
            ("name: x\nkernels:\n  - op: dense\n    m: 4\n    n: 4\n"
             "    k: 4\n    q: 4\n", ["bad.yaml:7", "q"]),
            ("name: x\nkernels:\n  - op: dens\n", ["bad.yaml:3", "dens"]),
            ("name: [\n", ["bad.yaml"]),
            ("name: x\nmodels:\n  - model: nosuch\n", ["nosuch"]),
            ("", ["bad.yaml"])]:
        bad.write_text(text)
        refused(assay, 2, "run", str(bad), *CPU, says=words)
    refused(assay, 2, "run", "./missing.yaml", *CPU, says=["missing.yaml"])


def test_models():
    assay = Assay(PROGRAM)
    whole = (ZOO / "mlp.onnx").read_bytes()
    cut = assay.folder / "cut.onnx"
    refused(assay, 2, "run", "--model", "./gone.onnx", *CPU,
            says=["gone.onnx"])
    for keep in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:keep])
        refused(assay, 2, "run", "--model", str(cut), *CPU,
                says=["cut.onnx"])
    cut.write_bytes(b"\xff" * 5000)
    refused(assay, 2, "run", "--model", str(cut), *CPU, says=["cut.onnx"])


def field(number, *values):
    """Fields of a protobuf message: integers, texts or messages."""
    def varint(n):
        return (bytes([n & 127 | 128]) + varint(n >> 7) if n > 127
                else bytes([n]))
    out = b""
    for value in values:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def tensor_info(name, *sizes):
    dims = [field(2 if isinstance(n, str) else 1, n) for n in sizes]
    return field(1, name) + field(2, field(1, field(1, 1) +
                                           field(2, field(1, *dims))))


def onnx(op="Relu", opset=13, inputs=(("x", "N", 1, 28, 28),), more=b""):
    """The bytes of a model of one node, x to y."""
    node = field(1, *(i[0] for i in inputs)) + field(2, "y") + field(4, op)
    graph = (field(1, node) + field(2, "g") +
             field(11, *(tensor_info(*i) for i in inputs)) +
             field(12, tensor_info("y")) + more)
    return field(1, 8) + field(7, graph) + field(8, field(2, opset))


def test_unsupported_models():
    """What Assay cannot run is the file's fault, not the machine's."""
    assay = Assay(PROGRAM)
    model = assay.folder / "m.onnx"
    suite = assay.folder / "m.yaml"
    suite.write_text("name: m\nmodels:\n  - model: m.onnx\n")
    outside = field(5, field(1, 4) + field(2, 1) + field(8, "w") +
                    field(13, field(1, "location") + field(2, "w.bin")) +
                    field(14, 1))
    two = (("x", "N", 4), ("z", "N", 4))
    model.write_bytes(onnx())
    assay("check", "--model", model, *CPU)
    for bytes_, words in [
            (onnx("Frobnicate"), ["Frobnicate"]),
            (onnx(inputs=(("x", "N", 1, "height", 28),)), ["height"]),
            (onnx("Add", inputs=two), ["more than one input"]),
            (onnx(opset=3), ["opset 3"]),
            (onnx(opset=99), ["opset 99"]),
            (onnx(more=outside), ["'w'"]),
    ]:
        model.write_bytes(bytes_)
        refused(assay, 2, "run", "--model", model, *CPU,
                says=["m.onnx", *words])
        refused(assay, 2, "check", suite, *CPU, says=["m.onnx", *words])
        refused(assay, 2, "run", "--model", model, "--data",
                "/usr/share/datasets/fashion-mnist", *CPU,
                says=["m.onnx", *words])
        refused(assay, 2, "compress", model, "-o", "out.onnx", "--half",
                says=["m.onnx", *words])
    assert not (assay.folder / "assay.db").exists(), "a store was made"


def data_folder(assay):
    """A copy of the test images that a test may damage."""
    folder = assay.folder / "data"
    folder.mkdir()
    for f in Path("/usr/share/datasets/fashion-mnist").glob("t10k-*"):
        shutil.copy(f, folder)
    return folder


def test_data():
    assay = Assay(PROGRAM)
    folder = data_folder(assay)
    images = folder / "t10k-images-idx3-ubyte.gz"
    raw = images.read_bytes()
    args = ["run", SMALL, *CPU, "--filter", "mlp", "--data", str(folder)]
    images.write_bytes(raw[:1000])
    refused(assay, 2, *args, says=["t10k-images"])
    images.write_bytes(gzip.compress(b"\0\0\x09\x03" + b"\0" * 40))
    refused(assay, 2, *args, says=["t10k-images", "byte"])
    images.unlink()
    refused(assay, 2, *args, says=["t10k-images", "--data"])
    refused(assay, 2, "run", SMALL, *CPU, "--data", "/nonexistent",
            says=["/nonexistent: there is no such folder; --data DIR"])
    (assay.folder / "empty").mkdir()
    refused(assay, 2, "run", SMALL, *CPU, "--data", "empty",
            says=["empty: holds no images: neither data.yaml nor t10k-images"])


def test_stores():
    assay = Assay(PROGRAM)
    db = assay.folder / "assay.db"
    args = ["run", SMALL, *CPU, "--filter", "softmax"]
    db.write_bytes(b"this is not a database, and it is longer than a header"
                   b" of one hundred bytes, which is what SQLite reads first")
    before = db.read_bytes()
    refused(assay, 2, *args, says=["assay.db"])
    assert db.read_bytes() == before, "a foreign file was changed"
    db.unlink()
    sqlite3.connect(db).execute("create table mine (x)").connection.commit()
    refused(assay, 2, *args, says=["assay.db"])
    db.unlink()
    refused(assay, None, "report", says=["assay.db"])
    assay(*args)
    lock = sqlite3.connect(db)
    lock.execute("begin exclusive")
    refused(assay, 3, *args, says=["locked"])
    lock.rollback()
    lock.close()
    assert len(assay.records()) == 1, "what was there is there"
    refused(assay, 2, "report", "99", says=["99"])
    refused(assay, 3, *args, "--store", "/nonexistent/x.db",
            says=["/nonexistent/x.db"])
    if os.path.exists("/dev/full"):
        refused(assay, 3, "report", "-o", "/dev/full", "--format", "csv",
                says=["/dev/full"])


run_all(globals())

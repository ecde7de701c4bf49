# SPDX-License-Identifier: Apache-2.0
"""compress.py ASSAY MODEL_OUTPUTS: assay compress on the models of the zoo.

compress.py ASSAY MODEL_OUTPUTS onnx: what it writes, by ONNX's checker and ONNX
Runtime; in the Python of $ASSAY_ONNX_PYTHON, else this one. Exit 77 where that
lacks them.
"""

import array
import gzip
import os
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

from common import HERE, Assay, run_all, strict

PROGRAM, OUTPUTS = sys.argv[1:3]
ZOO = HERE.parent.parent / "suites" / "zoo"
MODELS = ["mlp", "cnn", "dscnn", "resnet"]
DATA = Path("/usr/share/datasets/fashion-mnist")
CPU = ["--target", "cpu"]
IMAGES = 5000  # the validation split: the last of the training images

# Name, flags, the most bytes for one of the file before, and what accuracy may
# be lost on validation, pp (None: retraining is called for).
CASES = [
    ("int8", ["--int8"], 0.36, 0.3),
    ("percentile", ["--int8", "--calibration", "percentile"], 0.36, 0.5),
    ("entropy", ["--int8", "--calibration", "entropy"], 0.36, 0.5),
    ("tensor", ["--int8", "--per", "tensor"], 0.36, 0.7),
    ("half", ["--half"], 0.51, 0.1),
    ("share", ["--share", "256"], 0.42, 0.3),
    ("prune", ["--prune", "0.3"], 1.01, None),
    ("nm24", ["--pattern", "2:4"], 1.01, None),
    ("block16", ["--prune", "0.5", "--pattern", "block16"], 1.01, None),
    ("channel", ["--prune", "0.2", "--pattern", "channel"], 0.82, None),
    ("sparse", ["--prune", "0.9"], 0.4, None),
    ("sparse-half", ["--prune", "0.9", "--half"], 0.33, None),
    ("sparse-int8", ["--prune", "0.95", "--int8"], 0.31, None),
    ("sparse-share", ["--prune", "0.97", "--share", "16"], 0.36, None),
    ("rank", ["--energy", "0.9"], 1.01, None),
    ("sparse8", ["--prune", "0.1", "--int8"], 0.36, None),
    ("thin8", ["--energy", "0.95", "--int8"], 0.36, None),
    ("all", ["--channels", "0.05", "--energy", "0.97", "--prune", "0.1",
             "--share", "64", "--half"], 0.36, None),
]


def without_lapack():
    """Whether low rank is refused, as in a build without LAPACK."""
    done = Assay(PROGRAM)("compress", ZOO / "mlp.onnx", "-o", "out.onnx",
                          "--energy", "0.95", code=None)
    if done.returncode == 0:
        return False
    assert done.returncode == 3 and "LAPACK" in done.stderr, done.stderr
    print("without LAPACK: no low rank")
    return True


def cases():
    """CASES, without low rank where the build is without LAPACK."""
    found = []
    skip = without_lapack()
    for name, flags, size, loss in CASES:
        if skip and "--energy" in flags:
            at = flags.index("--energy")
            flags = flags[:at] + flags[at + 2:]
        if flags:
            found.append((name, flags, size, loss))
    return found


def pixels():
    raw = gzip.decompress((DATA / "train-images-idx3-ubyte.gz").read_bytes())
    floats = [b / 255 for b in range(256)]
    return array.array("f", (floats[b] for b in raw[-IMAGES * 784:]))


def labels():
    raw = gzip.decompress((DATA / "train-labels-idx1-ubyte.gz").read_bytes())
    return raw[-IMAGES:]


def outputs(model, images):
    done = subprocess.run([OUTPUTS, str(model), "100"], input=images.tobytes(),
                          capture_output=True, check=True)
    return array.array("f", done.stdout)


def accuracy(model, images, classes):
    scores = outputs(model, images)
    right = 0
    for i, label in enumerate(classes):
        row = scores[i * 10:i * 10 + 10]
        right += row.index(max(row)) == label
    return 100 * right / len(classes)


def compress(assay, model, name, flags):
    """The report, and the file written."""
    source, out = ZOO / f"{model}.onnx", assay.folder / f"{model}-{name}.onnx"
    report = strict(assay("compress", source, "-o", out, *flags,
                          "--format", "json").stdout)
    assert report["file_bytes_before"] == source.stat().st_size
    assert report["file_bytes_after"] == out.stat().st_size
    return report, out


def check_report(name, flags, report):
    """What each method promises of zeros and of parameters."""
    layers = report["layers"]
    zeros = sum(x["zeros"] for x in layers)
    weights = report["weights_after"]
    assert weights == sum(x["weights_after"] for x in layers)
    assert report["changed"] == sum(x["done"] != "" for x in layers)
    assert report["left"] == sum(x["done"] == "" for x in layers)
    assert report["changed"] + report["left"] == len(layers)
    assert report["partly_left"] == sum(
        x["done"] != "" and x["left"] != "" for x in layers)
    assert all(x["done"] or x["left"] for x in layers), layers
    if name in ("prune", "sparse8"):
        fraction = float(flags[1])
        assert zeros >= round(fraction * weights) - 1, (name, zeros, weights)
    if name == "nm24":
        for x in layers:
            assert x["left"] or 2 * x["zeros"] >= x["weights_after"] - 200, x
    if name == "block16":
        pruned = [x for x in layers if not x["left"]]
        share = (sum(x["zeros"] for x in pruned) /
                 sum(x["weights_after"] for x in pruned))
        assert abs(share - 0.5) < 0.05, share
    if name in ("channel", "all"):
        part = weights / report["weights_before"]
        assert part < (0.9 if name == "channel" else 0.99), (name, part)
    for x in layers:
        if "low rank" in x["done"]:
            assert x["weights_after"] < x["weights_before"], x
    if "--int8" in flags:
        assert report["calibration_images"] == 1024


def test_methods():
    assay = Assay(PROGRAM)
    images, classes = pixels(), labels()
    known = cases()
    for model in MODELS:
        before = accuracy(ZOO / f"{model}.onnx", images, classes)
        for name, flags, size, loss in known:
            report, out = compress(assay, model, name, flags)
            check_report(name, flags, report)
            ratio = report["file_bytes_after"] / report["file_bytes_before"]
            assert ratio <= size, f"{model} {name}: {ratio:.3f} of the file"
            if loss is None:
                continue
            now = accuracy(out, images, classes)
            print(f"  {model} {name}: {before:.2f} % -> {now:.2f} %, "
                  f"{100 * ratio:.1f} % of the bytes", flush=True)
            assert now >= before - loss, f"{model} {name}: {now:.2f} %"


def test_runs():
    """Results are models like any other, and the same flags give the same."""
    assay = Assay(PROGRAM)
    for name in ("int8", "all"):
        flags = next(c[1] for c in cases() if c[0] == name)
        _, out = compress(assay, "dscnn", name, flags)
        once = out.read_bytes()
        compress(assay, "dscnn", name, flags)
        assert out.read_bytes() == once, f"{name}: another file"
        assert " ".join(flags).encode() in once
        assay("run", "--model", out, *CPU, "--batch", "1,8", "--threads", "1",
              "--min-time", "0.01", "--repetitions", "2")
        for record in assay.records():
            assert record["status"] == "ok", record


def test_in_place_and_table():
    assay = Assay(PROGRAM)
    model = assay.folder / "m.onnx"
    whole = (ZOO / "mlp.onnx").read_bytes()
    model.write_bytes(whole)
    out = assay("compress", model, "-o", model, "--share", "16").stdout
    assert "/1/Gemm" in out and "share" in out, out
    assert out.splitlines()[-1].startswith(f"file {len(whole)} -> "), out
    assert list(assay.folder.glob("m.onnx*")) == [model]


def test_larger_files_are_said_to_be():
    assay = Assay(PROGRAM)
    for model, flags, words in [
            ("mlp", ["--prune", "0.3"],
             ["bytes larger: nodes", "2/3 of a layer's floats"]),
            ("mlp-p90", ["--half", "--dense"],
             ["bytes larger: weights", "'/1/Gemm', 275968 instead of 166140",
              "--dense"]),
            ("mlp-p90", ["--half"], []), ("mlp", ["--prune", "0.9"], [])]:
        source = ZOO / f"{model}.onnx"
        said = assay("compress", source, "-o", "out.onnx", *flags).stderr
        grown = (assay.folder / "out.onnx").stat().st_size - \
            source.stat().st_size
        assert (grown > 0) == bool(words) == bool(said), (model, flags, said)
        if words:
            assert f"warning: the file became {grown} bytes" in said, said
            assert len(said.splitlines()) == 1, said
        assert all(word in said for word in words), said


def test_counts_add_up():
    assay = Assay(PROGRAM)
    for model, flags, last in [
            ("vit", ["--channels", "0.5"], None),
            ("dscnn", ["--channels", "0.2", "--pattern", "2:4"], None),
            ("mlp", ["--low-rank", "60"], "2 of 3 layers changed, 1 left as "
             "they are")]:
        if "--low-rank" in flags and without_lapack():
            continue
        report, _ = compress(assay, model, "count", flags)
        check_report("count", flags, report)
        out = assay("compress", ZOO / f"{model}.onnx", "-o", "out.onnx",
                    *flags).stdout
        want = last or f"{report['changed']} of {len(report['layers'])} " \
            f"layers changed, {report['left']} left as they are" + (
                f"; {report['partly_left']} of the changed were left in part"
                if report["partly_left"] else "")
        assert want in out.splitlines(), (want, out)


def test_nothing_to_change():
    """Every layer with its reason, and no file."""
    assay = Assay(PROGRAM)
    to = ["-o", "out.onnx"]
    for model, flags, n, says in [
            ("mlp", ["--low-rank", "100000"], 3, "rank 100000 saves nothing"),
            ("mlp-int8-channel", ["--prune", "0.5"], 3,
             "its weights are quantized already"),
            ("mlp-int8-channel", ["--half"], 3, "its weights are quantized already"),
            ("mlp-half", ["--int8"], 3, "int8: its weights are float16"),
            ("mlp-half", ["--half"], 3, "half: its weights are that already"),
            ("mlp-p90", ["--prune", "0.5"], 3, "none of its weights had to"),
            ("vit", ["--channels", "0.001"], 35, "channels: ")]:
        lines = refused(assay, 2, ZOO / f"{model}.onnx", *to, *flags,
                        lines=1 + min(n, 20) + (n > 20),
                        says=[f"{model}.onnx: no layer could be changed",
                              "nothing was written"])
        if n > 20:
            assert lines.pop() == f"  and {n - 20} more", lines
        for line in lines[1:]:
            assert line.startswith("  /") and ": " in line, line
        assert sum(says in line for line in lines) >= 3, lines


def refused(assay, code, *args, says=(), lines=1):
    """So many lines, the exit code, and no file."""
    before = set(assay.folder.rglob("*"))
    done = assay("compress", *args, code=code)
    assert len(done.stderr.splitlines()) == lines, done.stderr
    assert not done.stdout
    for word in says:
        assert word in done.stderr, f"{args}: '{word}' not in {done.stderr}"
    assert set(assay.folder.rglob("*")) == before, "something was left"
    return done.stderr.splitlines()


def test_bad_usage():
    assay = Assay(PROGRAM)
    mlp, to = ZOO / "mlp.onnx", ["-o", "out.onnx"]
    refused(assay, 2, mlp, *to, says=["nothing to do"])
    refused(assay, 2, mlp, "--half", says=["-o"])
    refused(assay, 2, *to, "--half", says=["model"])
    refused(assay, 2, mlp, *to, "--frob", says=["--frob"])
    for value in ("0", "1", "1.5", "-0.1", "nan", "x", ""):
        for flag in ("--prune", "--channels"):
            refused(assay, 2, mlp, *to, flag, value, says=[
                f"{flag}: '{value}' is not a number above 0 and below 1"])
    refused(assay, 2, mlp, *to, "--prune", "0.5", "--pattern", "3:4",
            says=["3:4", "block16"])
    refused(assay, 2, mlp, *to, "--pattern", "block16", says=["--prune"])
    refused(assay, 2, mlp, *to, "--pattern", "2:4", "--prune", "0.7",
            says=["2:4"])
    refused(assay, 2, mlp, *to, "--low-rank", "0", says=["--low-rank"])
    refused(assay, 2, mlp, *to, "--low-rank", "4", "--energy", "0.9",
            says=["--energy"])
    refused(assay, 2, mlp, *to, "--share", "257", says=["256"])
    refused(assay, 2, mlp, *to, "--int8", "--half", says=["half"])
    refused(assay, 2, mlp, *to, "--int8", "--share", "8", says=["share"])
    refused(assay, 2, mlp, *to, "--images", "64", says=["--int8"])
    refused(assay, 2, mlp, *to, "--half", "--scope", "layer", says=["--prune"])
    refused(assay, 2, mlp, *to, "--half", "--format", "xml", says=["json"])
    for out in ("", "-"):
        refused(assay, 2, mlp, "-o", out, "--half", says=["-o, the file"])
    refused(assay, 3, mlp, "-o", "gone/out.onnx", "--half",
            says=["gone/out.onnx"])
    assert assay("compress", "--help").stdout.startswith(
        "Usage: assay compress")


def test_what_is_left_out_is_said():
    """Layers that became zeros alone, and inputs beyond fours."""
    assay = Assay(PROGRAM)
    done = assay("compress", ZOO / "mlp.onnx", "-o", "out.onnx", "--prune",
                 "0.999999")
    assert ("every weight of '/1/Gemm' and of 2 more became 0" in done.stderr
            ), done.stderr
    done = assay("compress", ZOO / "mlp.onnx", "-o", "out.onnx", "--prune",
                 "0.9")
    assert "became 0" not in done.stderr, done.stderr
    out = assay("compress", HERE.parent / "foreign" / "lenet5.onnx", "-o",
                "out.onnx", "--pattern", "2:4").stdout
    assert "its last 2 of 6 inputs are fewer than 4" in out, out
    assert "left in part" in out, out


def test_a_limit_of_sizes_leaves_nothing():
    assay = Assay(PROGRAM)
    done = subprocess.run(
        [Path(PROGRAM).resolve(), "compress", ZOO / "mlp.onnx", "-o",
         "out.onnx", "--half"], cwd=assay.folder, capture_output=True,
        text=True, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (100000, 100000)))
    assert done.returncode == 3 and "File too large" in done.stderr, done
    assert not list(assay.folder.glob("out.onnx*"))


def idx(path, sizes, data):
    path.write_bytes(struct.pack(f">BBBB{len(sizes)}I", 0, 0, 8, len(sizes),
                                 *sizes) + data)


def images_of(folder, n, side=28):
    """A folder of 5000 + n training images."""
    folder.mkdir()
    n += 5000
    idx(folder / "train-images-idx3-ubyte", [n, side, side],
        bytes(n * side * side))
    return folder


def test_calibration_is_named():
    """What the images are, and that they are few; labels are not needed."""
    assay = Assay(PROGRAM)
    own = assay.folder / "shirts"
    own.mkdir()
    idx(own / "i-ubyte", [40, 28, 28], bytes(range(256)) * 122 + bytes(128))
    (own / "data.yaml").write_text("images: i-ubyte\nlayout: nhwc\n"
                                   "scale: 0.0039\n")
    few = images_of(assay.folder / "few", 50)
    args = [ZOO / "mlp.onnx", "-o", "out.onnx", "--int8"]
    for folder, says in [
            (own, "only 40 images of shirts (the same that --data scores on); "
             "1024 or more are recommended"),
            (few, "only 50 training images of few; 1024 or more are "
             "recommended"),
            (DATA, "1024 training images of fashion-mnist")]:
        out = assay("compress", *args, "--calibrate", folder).stdout
        assert f"calibrated with {says}" in out.splitlines(), out
    out = assay("compress", *args, "--calibrate", own, "--format", "json")
    assert "shirts" in strict(out.stdout)["calibrated_with"]


def test_bad_calibration():
    assay = Assay(PROGRAM)
    args = [ZOO / "cnn.onnx", "-o", "out.onnx", "--int8", "--calibrate"]
    few = images_of(assay.folder / "few", 20)
    refused(assay, 2, *args, few, says=["20 training images", "32", "1024"])
    large = images_of(assay.folder / "large", 40, 32)
    refused(assay, 2, *args, large, says=["32x32", "28x28"])
    refused(assay, 2, *args, "/nonexistent", says=[
        "/nonexistent: there is no such folder; --calibrate DIR"])
    (assay.folder / "empty").mkdir()
    refused(assay, 2, *args, "empty", says=[
        "empty: holds no images: neither data.yaml nor train-images"])
    refused(assay, 2, *args, large, "--images", "8", says=["8", "32"])
    refused(assay, 2, *args, large, "--images", "50", says=["50", "40"])


def test_bad_models():
    assay = Assay(PROGRAM)
    whole = (ZOO / "cnn.onnx").read_bytes()
    cut = assay.folder / "cut.onnx"
    for keep in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:keep])
        refused(assay, 2, cut, "-o", "out.onnx", "--half", says=["cut.onnx"])
        assert cut.read_bytes() == whole[:keep]
    refused(assay, 2, "gone.onnx", "-o", "out.onnx", "--half",
            says=["gone.onnx"])
    crc = 0
    for i in range(60):  # whatever becomes of it, no crash
        crc = zlib.crc32(bytes([i]), crc)
        bad = bytearray(whole)
        for j in range(3):
            bad[(crc >> 5 * j) % (1500 if i % 2 else len(bad))] ^= 1 << i % 8
        cut.write_bytes(bad)
        done = assay("compress", cut, "-o", "out.onnx", "--channels", "0.2",
                     "--prune", "0.5", "--int8", "--images", "32", code=None)
        assert done.returncode in (0, 2, 3), (i, done.returncode)
        out = assay.folder / "out.onnx"
        assert out.exists() == (done.returncode == 0)
        out.unlink(missing_ok=True)


# -- In a Python with onnx and onnxruntime --

def without_sparse(model):
    """The same with dense initializers, which onnx knows better."""
    import numpy
    from onnx import numpy_helper
    for sparse in model.graph.sparse_initializer:
        dense = numpy.zeros(list(sparse.dims), numpy_helper.to_array(
            sparse.values).dtype)
        places = numpy_helper.to_array(sparse.indices)
        assert (numpy.diff(places) > 0).all(), "places do not ascend"
        dense.reshape(-1)[places] = numpy_helper.to_array(sparse.values)
        model.graph.initializer.append(
            numpy_helper.from_array(dense, sparse.values.name))
    del model.graph.sparse_initializer[:]
    return model


def compare_with_onnx():
    import numpy
    import onnx
    import onnx.reference
    import onnxruntime
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    assay = Assay(PROGRAM)
    images = pixels()
    flat = numpy.frombuffer(images, numpy.float32).reshape(-1, 1, 28, 28)
    failed = count_sparse = count_told = 0
    known = cases()
    for model in MODELS:
        count = 300 if model == "resnet" else 1000
        for name, flags, _, _ in known:
            _, out = compress(assay, model, name, flags)
            whole = onnx.load(str(out))
            count_sparse += len(whole.graph.sparse_initializer)
            onnx.checker.check_model(str(out))
            # Neither its inference of shapes nor its reference knows sparse
            # initializers.
            dense = without_sparse(whole)
            onnx.checker.check_model(dense, full_check=True)
            session = onnxruntime.InferenceSession(
                str(out), providers=["CPUExecutionProvider"])
            assert [i.name for i in session.get_inputs()] == ["image"]
            assert [o.name for o in session.get_outputs()] == ["logits"]
            theirs = numpy.concatenate(
                [session.run(None, {"image": flat[i:i + 100]})[0]
                 for i in range(0, count, 100)])
            ours = numpy.frombuffer(
                outputs(out, images[:count * 784]),
                numpy.float32).reshape(-1, 10)
            error = abs(ours - theirs).max() / abs(theirs).max()
            same = (ours.argmax(1) == theirs.argmax(1)).mean()
            exact = "--int8" not in flags and "--half" not in flags
            good = error <= 1e-4 if exact else same >= 0.99
            # Nor does the reference know QuantizeLinear of opset 13, and
            # normalizations of before 14 it takes to be in training.
            ops = {node.op_type for node in dense.graph.node}
            if "sparse" in name and not ops & {"QuantizeLinear",
                                               "BatchNormalization"}:
                count_told += 1
                told = onnx.reference.ReferenceEvaluator(dense).run(
                    None, {"image": flat[:10]})[0]
                off = abs(told - theirs[:10]).max() / abs(theirs).max()
                good = good and off <= (1e-4 if exact else 0.02)
                print(f"  the reference differs by {off:.1e}")
            failed += not good
            print(f"{model} {name}: largest difference {error:.1e}, the same "
                  f"class {100 * same:.2f} %{'' if good else ' FAILED'}",
                  flush=True)
    print(f"{count_sparse} sparse initializers; {count_told} files were "
          "compared with the reference, too")
    return 1 if failed or not count_sparse or not count_told else 0


def onnx_main():
    python = os.environ.get("ASSAY_ONNX_PYTHON")
    if python and os.environ.get("ASSAY_ONNX_INSIDE") is None:
        os.execve(python, [python, *sys.argv],
                  dict(os.environ, ASSAY_ONNX_INSIDE="1"))
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError as error:
        print(f"SKIPPED: {error}; set ASSAY_ONNX_PYTHON to a Python with onnx "
              "and onnxruntime")
        sys.exit(77)
    sys.exit(compare_with_onnx())


if not (DATA / "train-images-idx3-ubyte.gz").exists():
    print("SKIPPED: dataset-fashion-mnist is not installed")
    sys.exit(77)
if sys.argv[3:] == ["onnx"]:
    onnx_main()
run_all(globals())

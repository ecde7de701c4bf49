# SPDX-License-Identifier: Apache-2.0
"""own_data.py ASSAY TARGETS [slow]: a user's model, scored on a user's images;
slow: models of other makers, compressed with them."""

import gzip
import hashlib
import math
import random
import re
import struct
import sys
from pathlib import Path

from common import HERE, Assay, run_all

PROGRAM, TARGETS = sys.argv[1:3]
ZOO = HERE.parent.parent / "suites" / "zoo"
MLP = ZOO / "mlp.onnx"
FASHION = Path("/usr/share/datasets/fashion-mnist")
IMAGES = 1000
CPU = ["--target", "cpu"]
FAST = ["--min-time", "0.001"]
YAML = """name: shirts
images: i.npy
labels: l.npy
layout: nhwc
classes: 10
scale: 0.00392156862745098
"""
SCORES = ["accuracy", "accuracy_low", "accuracy_high", "images", "nll", "ece",
          "macro_f1", "per_class", "confusion"]


def npy(kind, shape, data):
    """A file of NumPy, version 1.0, without NumPy."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + \
        header.encode() + data


def idx(name, head):
    raw = gzip.open(FASHION / f"t10k-{name}-ubyte.gz").read()
    return raw[head:head + IMAGES * (784 if head == 16 else 1)]


PIXELS, LABELS = idx("images-idx3", 16), idx("labels-idx1", 8)


def data_folder(assay, name="data", kind="|u1", shape=(IMAGES, 28, 28, 1),
                pixels=PIXELS, yaml=YAML, count=IMAGES, classes=10):
    folder = assay.folder / name
    folder.mkdir()
    (folder / "i.npy").write_bytes(npy(kind, shape, pixels))
    (folder / "l.npy").write_bytes(npy("<i8", (count,), struct.pack(
        f"<{count}q", *(v % classes for v in LABELS[:count]))))
    (folder / "data.yaml").write_text(yaml)
    return folder


def run(assay, *args):
    number = assay("run", *args, *FAST).stdout.splitlines()[-1]
    records = assay.records(number)
    for r in records:
        assert r["status"] == "ok", (r["case"], r["status"], r["reason"])
    return records


def same(a, b, fields):
    for field in fields:
        assert a[field] == b[field], (field, a[field], b[field])


def test_own_images_score_as_the_zoo_does():
    assay = Assay(PROGRAM)
    suite = assay.folder / "zoo.yaml"
    suite.write_text("name: zoo\nmodels:\n  - model: mlp\n    batch: 64\n"
                     f"    images: {IMAGES}\n")
    folder = data_folder(assay)
    zoo = run(assay, suite, "--target", TARGETS)
    own = run(assay, "--model", MLP, "--data", folder, "--target", TARGETS,
              "--batch", "64")
    assert len(zoo) == len(own) == len(TARGETS.split(","))
    for a, b in zip(zoo, own):
        same(a, b, SCORES + ["target", "outputs_crc32"])
        assert b["variant"] == "file" and b["dataset"] == "shirts"
        assert a["dataset"] == "fashion-mnist"
        assert b["images"] == IMAGES and 0.85 < b["accuracy"] < 0.95
        assert len(b["confusion"]) == len(b["per_class"]) == 10
        assert sum(map(sum, b["confusion"])) == IMAGES
        assert sum(b["confusion"][i][i] for i in range(10)) == \
            round(b["accuracy"] * IMAGES)
        for k, row in enumerate(b["per_class"]):
            assert row["images"] == sum(b["confusion"][k])
        if b["target"] != "cpu":
            assert b["agreement_targets"] >= 0.999
        assert "stored predictions" in b["absent"]["agreement"]


def test_other_sets_in_the_same_files_are_no_fashion_mnist():
    """MNIST's files have the same names: only the labels tell."""
    assay = Assay(PROGRAM)
    folders = [assay.folder / name for name in ("real", "changed")]
    labels = gzip.open(FASHION / "t10k-labels-idx1-ubyte.gz").read()
    for folder in folders:
        folder.mkdir()
        (folder / "t10k-images-idx3-ubyte.gz").write_bytes(
            (FASHION / "t10k-images-idx3-ubyte.gz").read_bytes())
        (folder / "t10k-labels-idx1-ubyte").write_bytes(labels)
        labels = labels[:-1] + bytes([9 - labels[-1]])
    for folder, name in zip(folders, ("fashion-mnist", "changed")):
        r = run(assay, "--model", "mlp", *CPU, "--data", folder)[0]
        assert r["dataset"] == name, r["dataset"]
        assert 0.9 < r["accuracy"] < 0.92, r["accuracy"]
        if name == "fashion-mnist":
            assert r["agreement"] > 0.999, r["agreement"]
        else:
            assert r["agreement"] is None
            assert "Fashion-MNIST" in r["absent"]["agreement"]


def test_types_and_layouts_are_one():
    assay = Assay(PROGRAM)
    floats = struct.pack(f"<{len(PIXELS)}f", *(p / 255 for p in PIXELS))
    u1 = run(assay, "--model", MLP, *CPU, "--batch", "100",
             "--data", data_folder(assay, "u1"))
    f4 = run(assay, "--model", MLP, *CPU, "--batch", "37", "--data",
             data_folder(assay, "f4", "<f4", (IMAGES, 28, 28), floats,
                         YAML.replace("scale: 0.00392156862745098\n", "")
                         .replace("nhwc", "nchw")))
    nc = run(assay, "--model", MLP, *CPU, "--data",
             data_folder(assay, "nc", "|u1", (IMAGES, 784), PIXELS,
                         YAML.replace("nhwc", "nc")))
    same(u1[0], f4[0], ["accuracy", "confusion"])
    same(u1[0], nc[0], ["accuracy", "confusion"])
    assert u1[0]["dataset_crc32"] != f4[0]["dataset_crc32"]


def check_variants(assay, records, base, variants):
    """What is told of a bundled model's variants is told of files."""
    assert {r["model"] for r in records} == {base}, records
    assert [r["variant"] for r in records] == ["fp32"] + variants, records
    for r in records[1:]:
        right = round((r["accuracy"] - records[0]["accuracy"]) * r["images"])
        assert r["mcnemar_b"] - r["mcnemar_c"] == right, r["case"]
        assert 0 <= r["mcnemar_p"] <= 1
    told = assay("report", "--format", "summary").stdout
    assert f"Of {len(variants)} comparison" in told, told
    section = assay("report", "--format", "markdown").stdout.split(
        "## Variants against fp32")[1]
    for variant in variants:
        assert re.search(rf"^{base} +{variant} +cpu", told, re.M), told
        assert f"| {base} | {variant} | cpu |" in section, section


def test_a_file_is_compared_with_its_original():
    assay = Assay(PROGRAM)
    data = data_folder(assay)
    (assay.folder / "my.onnx").write_bytes(MLP.read_bytes())
    for out, base, flags in [("my-p30", "my", ["--prune", "0.3"]),
                             ("my-p30-half", "my-p30", ["--half"]),
                             ("other", "my", ["--half"])]:
        assay("compress", f"{base}.onnx", "-o", f"{out}.onnx", *flags)
    with_data = [*CPU, "--data", data, "--threads", "1"]
    # By what compress wrote, also of what was compressed in two steps.
    found = run(assay, "--model", "my.onnx", "--model", "my-p30-half.onnx",
                "--model", "other.onnx", *with_data)
    check_variants(assay, found, "my", ["p30-half", "other"])
    # A file that says nothing, by the flag, which also adds the base.
    plain = ZOO / "mlp-p90.onnx"
    alone = run(assay, "--model", "my.onnx", "--model", plain, *with_data)
    assert [r["variant"] for r in alone] == ["file", "file"]
    assert alone[1]["mcnemar_p"] is None
    found = run(assay, "--base", "my.onnx", "--model", plain, *with_data)
    check_variants(assay, found, "my", ["mlp-p90"])
    # By a suite, which names it in its own folder.
    suite = assay.folder / "s" / "suite.yaml"
    suite.parent.mkdir()
    suite.write_text("name: s\nmodels:\n  - model: ../my-p30.onnx\n"
                     "    base: ../my.onnx\n    data: ../data\n")
    found = {r["variant"]: r for r in run(assay, suite, *CPU)}
    assert sorted(found) == ["fp32", "p30"], found
    assert found["p30"]["mcnemar_p"] is not None


def test_a_replaced_file_is_told():
    assay = Assay(PROGRAM)
    data = data_folder(assay)
    for model in ["mlp", "mlp-p95"]:
        (assay.folder / "my.onnx").write_bytes(
            (ZOO / f"{model}.onnx").read_bytes())
        r = run(assay, "--model", "my.onnx", "--data", data, *CPU)[0]
        assert r["model_sha256"] == hashlib.sha256(
            (assay.folder / "my.onnx").read_bytes()).hexdigest()
    for command in [["compare", "1", "2"], ["gate", "--baseline", "1", "2"]]:
        done = assay(*command, code=None)
        assert "different files under the model's name" in done.stderr, done
        assert "the model's file is another one" in done.stdout, done.stdout
        assert " %    1000 " in done.stdout, done.stdout


def test_the_original_may_be_of_the_zoo():
    assay = Assay(PROGRAM)
    assay("compress", MLP, "-o", "mlp-thin.onnx", "--channels", "0.05")
    found = run(assay, "--model", "mlp", "--model", "mlp-thin.onnx", *CPU,
                "--threads", "1")
    assert [r["case"].split("/")[:2] for r in found] == \
        [["mlp", "fp32"], ["mlp", "thin"]], found
    assert found[1]["images"] == 10000 and found[1]["mcnemar_p"] is not None
    told = assay("report", "--format", "summary").stdout
    assert "Of 1 comparison of a variant's time" in told, told
    assert re.search(r"^mlp +thin +cpu", told, re.M), told


def test_without_data_there_is_latency_only():
    r = run(Assay(PROGRAM), "--model", MLP, *CPU)[0]
    for field in ["accuracy", "nll", "ece", "confusion"]:
        assert r[field] is None and "--data" in r["absent"][field], field
    assert r["latency_ns_median"] > 0


def test_a_suite_names_models_with_their_data():
    assay = Assay(PROGRAM)
    data_folder(assay)
    (assay.folder / "net.onnx").write_bytes(MLP.read_bytes())
    suite = assay.folder / "mine.yaml"
    suite.write_text("name: mine\nmodels:\n  - model: net.onnx\n"
                     "    data: data\n    images: 100\n    batch: [1, 8]\n")
    records = run(assay, suite, *CPU)
    assert len(records) == 2
    for r in records:
        assert r["images"] == 100 and r["dataset"] == "shirts"
    checked = assay("check", suite, *CPU).stdout
    assert "2 checked, 0 wrong, 0 failed" in checked, checked
    suite.write_text("name: mine\nmodels:\n  - model: net.onnx\n"
                     "    data: [data]\n")
    done = assay("run", suite, *CPU, code=2)
    assert "mine.yaml:4" in done.stderr and "data" in done.stderr


def test_zoo_models_take_own_data_too():
    assay = Assay(PROGRAM)
    r = run(assay, "--model", "mlp", *CPU, "--data", data_folder(assay))[0]
    assert r["variant"] == "fp32" and r["dataset"] == "shirts"
    assert "not of this data set" in r["absent"]["agreement"]


def test_a_fixed_batch_is_filled_up():
    assay = Assay(PROGRAM)
    folder = data_folder(assay)
    model = assay.folder / "seven.onnx"
    # The batch N becomes 7, as a number of two bytes that keeps all lengths.
    model.write_bytes(MLP.read_bytes().replace(b"\x12\x01N", b"\x08\x87\x00"))
    free = run(assay, "--model", MLP, *CPU, "--data", folder)[0]
    fixed = run(assay, "--model", model, "--target", TARGETS, "--data", folder)
    for r in fixed:
        assert r["batch"] == 7 and r["case"].startswith("seven/file/b7/"), r
        same(r, free, ["images", "confusion"])
    number = assay("run", "--model", model, *CPU, "--data", folder, "--batch",
                   "1,7", *FAST, code=None).stdout.splitlines()[-1]
    one, seven = assay.records(number)
    assert one["status"] == "skipped" and "fixed to 7" in one["reason"]
    same(seven, free, ["confusion"])
    none = assay("run", "--model", model, *CPU, "--batch", "1,2", code=2)
    assert "seven.onnx: a batch of 1, but" in none.stderr, none.stderr
    assert "fixed to 7" in none.stderr, none.stderr


def test_faults_end_the_run_before_it_starts():
    assay = Assay(PROGRAM)
    folder = data_folder(assay)
    args = ["run", "--model", MLP, *CPU, "--data", folder]

    def refused(*words):
        done = assay(*args, code=2)
        for word in words:
            assert word in done.stderr, (word, done.stderr)
        assert len(done.stderr.splitlines()) == 1, done.stderr

    (folder / "i.npy").write_bytes(
        npy("|u1", (IMAGES, 14, 28, 2), PIXELS))
    refused("mlp.onnx takes 1x28x28 an image", "14x28x2")
    (folder / "i.npy").write_bytes(
        npy("|u1", (IMAGES, 28, 28), PIXELS).replace(b"False", b"True "))
    refused("i.npy: byte ", "Fortran order", "numpy.ascontiguousarray")
    (folder / "i.npy").write_bytes(
        npy("|u1", (IMAGES - 1, 28, 28), PIXELS))
    refused("i.npy: byte ", "bytes follow")
    (folder / "i.npy").write_bytes(
        npy("|u1", (IMAGES - 1, 28, 28), PIXELS[:-784]))
    refused("data.yaml:3: key 'labels': l.npy has 1000 labels, but i.npy has 999 "
            "images")
    (folder / "i.npy").write_bytes(npy("|u1", (IMAGES, 28, 28), PIXELS))
    (folder / "data.yaml").write_text(YAML.replace("10", "11"))
    refused("mlp.onnx gives 10 values an image", "11 classes")
    (folder / "data.yaml").write_text(YAML.replace("10", "9"))
    refused("l.npy: byte", "label 0 is 9, not within 0 to 8")
    (folder / "data.yaml").write_text(YAML + "std: 0\n")
    refused("data.yaml:7", "'std'", "not above 0")
    (folder / "data.yaml").write_text(YAML + "std: 1e-39\n")
    refused("data.yaml:7", "'std'", "infinite once normalized")
    (folder / "data.yaml").write_text(YAML)
    (folder / "i.npy").unlink()
    refused("i.npy", "no such regular file")
    (folder / "data.yaml").unlink()
    refused("t10k-images", "data.yaml")
    assert not (assay.folder / "assay.db").exists(), "a store was made"


if not FASHION.exists():
    print("dataset-fashion-mnist is not installed")
    sys.exit(77)
def slow_foreign_models_compress_by_own_images():
    """Models that PyTorch exported, with images of their own shapes."""
    assay = Assay(PROGRAM)
    rng, n = random.Random(1), 64
    shapes = {"lenet5": ("nchw", (n, 1, 32, 32), 10),
              "resnet8": ("nchw", (n, 3, 32, 32), 10),
              "bertlayer": ("nc", (n, 1280), 3),
              "encoder": ("nc", (n, 640), 3)}
    for name, (layout, shape, classes) in shapes.items():
        folder = data_folder(
            assay, name, "|u1", shape, rng.randbytes(math.prod(shape)),
            f"images: i.npy\nlabels: l.npy\nlayout: {layout}\n"
            f"classes: {classes}\nscale: 0.01\nmean: 1.25\n", n, classes)
        for flags in (["--int8", "--calibrate", folder], ["--prune", "0.5"],
                      ["--share", "16"], ["--half"],
                      ["--channels", "0.2", "--int8", "--calibrate", folder]):
            assay("compress", HERE.parent / "foreign" / f"{name}.onnx", "-o",
                  "small.onnx", *flags)
            records = run(assay, "--model", "small.onnx", "--data", folder,
                          "--target", TARGETS, "--batch", "4")
            assert all(r["images"] == n for r in records)
            # Of one file, every target says the same (but for ties).
            assert all(r["agreement_targets"] is None
                       or r["agreement_targets"] >= 0.95 for r in records)
    wrong = assay("compress", HERE.parent / "foreign" / "lenet5.onnx", "-o",
                  "small.onnx", "--int8", "--calibrate",
                  assay.folder / "resnet8", code=2).stderr
    assert "1x32x32" in wrong and "3x32x32" in wrong, wrong


run_all(globals(), "slow_" if sys.argv[3:] == ["slow"] else "test_")

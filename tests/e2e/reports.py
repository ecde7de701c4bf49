# SPDX-License-Identifier: Apache-2.0
"""reports.py ASSAY TARGETS: one small run, told in every format."""

import csv
import html.parser
import io
import re
import sys
import xml.etree.ElementTree as ElementTree

from common import SMALL, Assay, run_all, strict

PROGRAM, TARGETS = sys.argv[1:3]
assay = Assay(PROGRAM)
HOSTILE = "</script><img src=x onerror=alert(1)>"
CASES = 6 * len(TARGETS.split(","))


def test_the_run():
    out = assay("run", SMALL, "--target", TARGETS, "--label",
                "note=" + HOSTILE).stdout
    assert out.splitlines()[-1] == "1", out


def check_scores(r):
    """What a scored model has beside its accuracy, and that it adds up."""
    matrix, classes = r["confusion"], r["per_class"]
    assert len(matrix) == len(classes) == 10
    assert sum(map(sum, matrix)) == r["images"]
    assert sum(matrix[k][k] for k in range(10)) == round(
        r["accuracy"] * r["images"])
    f1 = []
    for k, c in enumerate(classes):
        images = sum(matrix[k])
        predicted = sum(row[k] for row in matrix)
        assert (c["class"], c["images"], c["predicted"]) == (
            k, images, predicted)
        for name, whole in [("precision", predicted), ("recall", images)]:
            assert c[name] is None if not whole else abs(
                c[name] - matrix[k][k] / whole) < 1e-12
        f1.append(2 * matrix[k][k] / (images + predicted))
    assert abs(r["macro_f1"] - sum(f1) / 10) < 1e-12
    assert 0 < r["nll"] < 1 and 0 <= r["ece"] < 0.2
    assert r["dataset"] == "fashion-mnist" and len(r["dataset_crc32"]) == 8
    # fp32 has no base, and the cpu no other target to agree with.
    assert r["mcnemar_p"] is None
    assert "variants are compared with" in r["absent"]["mcnemar_p"]
    if r["target"] == "cpu":
        assert r["agreement_targets"] is None
        assert "others are compared" in r["absent"]["agreement_targets"]
    elif "cpu" in TARGETS.split(","):
        assert r["agreement_targets"] >= 0.995


def test_json():
    whole = strict(assay("report", "--format", "json").stdout)
    assert whole["schema_version"] == 1
    assert len(whole["runs"]) == 1 and len(whole["records"]) == CASES
    for r in whole["records"]:
        assert r["status"] == "ok", (r["case"], r["status"], r["reason"])
        assert r["latency_ns_median"] > 0 and r["samples"] >= 20
        assert r["max_error"] <= r["tolerance"]
        assert r["latency_ns_low"] <= r["latency_ns_median"]
        assert r["latency_ns_median"] <= r["latency_ns_high"]
        for field, reason in r["absent"].items():
            assert r[field] is None and reason, (field, reason)
        for field, value in r.items():
            assert value is not None or field in r["absent"], field
        if r["samples"] < 662:
            assert r["latency_ns_p99"] is None
            assert "662" in r["absent"]["latency_ns_p99"]
        assert r["device_peak_bytes"] > 0
        if r["kind"] == "kernel":
            assert "models only" in r["absent"]["host_peak_bytes"]
        else:
            assert r["host_peak_bytes"] > 0
            assert 0.85 < r["accuracy"] <= 1 and r["images"] == 200
            assert r["accuracy_low"] < r["accuracy"] < r["accuracy_high"]
            assert r["agreement"] >= 0.999
            assert r["model_bytes"] > r["parameters"]
            check_scores(r)
    samples = strict(assay("report", "--format", "json", "--samples").stdout)
    for r in samples["records"]:
        assert len(r["samples_ns"]) == r["samples"]
        if r["kind"] == "model":
            assert len(r["predictions"]) == r["images"]
            assert sum(p % 2 for p in r["predictions"]) == round(
                r["accuracy"] * r["images"])
        else:
            assert "predictions" not in r


def test_csv():
    rows = list(csv.DictReader(
        io.StringIO(assay("report", "--format", "csv").stdout)))
    records = assay.records()
    assert len(rows) == len(records)
    for row, record in zip(rows, records):
        for field in record:
            if field in ("absent", "run", "samples_ns"):
                continue
            text = row[field]
            if record[field] is None:
                assert text == "", (field, text)
            elif isinstance(record[field], list):
                assert strict(text) == record[field], (field, text)
            elif isinstance(record[field], str):
                assert text.lstrip("'") == record[field], (field, text)
            else:
                assert abs(float(text) - record[field]) <= 1e-9 * abs(
                    record[field]), (field, text)


def test_gbench():
    whole = strict(assay("report", "--format", "gbench").stdout)
    for field in ["date", "host_name", "executable", "num_cpus",
                  "mhz_per_cpu", "cpu_scaling_enabled", "caches", "load_avg",
                  "library_build_type"]:
        assert field in whole["context"], field
    assert isinstance(whole["context"]["num_cpus"], int)
    names = set()
    for b in whole["benchmarks"]:
        for field, kind in [("name", str), ("run_name", str),
                            ("run_type", str), ("repetitions", int),
                            ("threads", int), ("family_index", int),
                            ("per_family_instance_index", int)]:
            assert isinstance(b[field], kind), (field, b)
        assert b["run_type"] in ("iteration", "aggregate")
        if b["run_type"] == "iteration":
            assert isinstance(b["repetition_index"], int)
            assert isinstance(b["iterations"], int) and b["iterations"] > 0
        else:
            assert b["aggregate_name"]
        assert b["time_unit"] in ("ns", "us", "ms", "s")
        assert b["real_time"] > 0
        # Spread is known of the wall time alone.
        if b.get("aggregate_name") not in ("stddev", "cv"):
            assert b["cpu_time"] > 0
        names.add(b["run_name"])
    assert names == {r["case"] for r in assay.records()}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_html():
    text = assay("report", "--format", "html").stdout
    page = Page()
    page.feed(text)
    for tag, attributes in page.tags:
        for name in ("src", "href"):
            link = attributes.get(name) or ""
            assert not link.startswith(("http", "//")), (tag, link)
        assert "onerror" not in attributes, "a label became markup"
        assert tag != "img" or (attributes.get("src") or "").startswith("data:")
    data = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', text, re.S)
    whole = strict(data[1])
    assert len(whole["records"]) == CASES and whole["summary"]
    scored = [r for r in whole["records"] if r["kind"] == "model"]
    assert 0 < len(whole["scores"]) <= len(scored)
    for s in whole["scores"]:
        assert s["case"] in {r["case"] for r in scored} and s["text"] is None
    assert whole["runs"][0]["labels"]["note"] == HOSTILE


def test_markdown_and_summary():
    text = assay("report", "--format", "markdown").stdout
    assert "mlp" in text and "front" in text.lower() and HOSTILE not in text
    assert "## Accuracy, run 1" in text and ": by class</summary>" in text
    assert "mlp" in assay("report", "--format", "summary").stdout


def test_selection():
    target = TARGETS.split(",")[0]
    flags = ["--target", target, "--batch", "1", "--filter", "mlp"]
    records = strict(assay("report", "--format", "json", *flags).stdout)[
        "records"]
    assert records and len(records) < CASES
    for r in records:
        assert r["target"] == target and r["batch"] == 1, r["case"]
        assert "mlp" in r["case"]
    rows = assay("report", "--format", "csv", *flags).stdout
    assert len(list(csv.DictReader(io.StringIO(rows)))) == len(records)
    words = assay("report", "--format", "summary", *flags).stdout
    assert f"{CASES} cases, of which {len(records)}" in words, words
    for bad in (["--target", "gpu"], ["--batch", "0"], ["--filter", "("],
                ["--filter", "no such case"]):
        assay("report", *bad, code=2)


def test_svg():
    target = assay.folder / "pareto.svg"
    assay("report", "-o", target)
    root = ElementTree.parse(target).getroot()
    assert root.tag.endswith("svg")
    assert "mlp" in target.read_text()


def test_runs_and_lists():
    runs = strict(assay("runs", "--format", "json").stdout)
    assert len(runs) == 1
    rows = strict(assay("list", "kernels", "--format", "json").stdout)
    assert {"op", "dtype", "backend", "variant", "symbol", "available",
            "reason"} <= set(rows[0])
    assert all(r["available"] or r["reason"] for r in rows)
    targets = strict(assay("targets", "--format", "json").stdout)
    assert {t["target"] for t in targets} >= set(TARGETS.split(","))
    for t in targets:
        assert t["available"] or t["reason"], t
    assert "mlp" in assay("list", "models").stdout
    assert "quickstart" in assay("list", "suites").stdout


def test_check():
    out = assay("check", SMALL, "--target", TARGETS).stdout
    assert f"{CASES} checked, 0 wrong" in out, out


def test_compare_with_itself():
    out = assay("compare", "1", "1").stdout
    assert "slower" not in out.split("mlp")[1].split("\n")[0], out
    junit = assay.folder / "junit.xml"
    # So short a run may leave a case undecided, but never convict one.
    gate = assay("gate", "--baseline", "1", "1", "-o", junit, code=None)
    assert gate.returncode in (0, 4), gate.stdout + gate.stderr
    cases = list(ElementTree.parse(junit).getroot().iter("testcase"))
    assert len(cases) == CASES, len(cases)


run_all(globals())

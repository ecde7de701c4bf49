# SPDX-License-Identifier: Apache-2.0
"""memory.py ASSAY TARGETS: peaks of one model at one batch, and nothing else."""

import sys

from common import Assay, run_all

PROGRAM, TARGETS = sys.argv[1:3]
assay = Assay(PROGRAM)
MIB = 1 << 20


def peaks(models, batches, target):
    """(host, device) by (model, batch), of a run in that order."""
    suite = assay.folder / "order.yaml"
    suite.write_text("name: order\nmin_time: 0.01\nmodels:\n" + "".join(
        f"  - model: {m}\n    batch: {batches}\n    images: 100\n"
        for m in models))
    assay("run", suite, "--target", target, "--threads", "1", "--quiet")
    return {(r["model"], r["batch"]):
            (r["host_peak_bytes"], r["device_peak_bytes"])
            for r in assay.records()}


def test_peaks_are_those_of_the_batch():
    found = peaks(["cnn", "mlp"], [256, 1], "cpu")
    for model in ["cnn", "mlp"]:
        small, large = found[model, 1], found[model, 256]
        # The arena's tensors grow with the batch, all but their alignment.
        assert large[1] > 100 * small[1], (small, large)
        assert large[0] > small[0] + 0.9 * (large[1] - small[1]), (small, large)
    # Of single images mlp's weights, the larger ones, weigh as much.
    assert found["mlp", 1][1] < found["cnn", 1][1], found
    assert found["mlp", 256][0] < found["cnn", 256][0] / 2, found
    assert found["mlp", 256][1] < found["cnn", 256][1] / 2, found


def test_the_order_of_cases_does_not_matter():
    for target in TARGETS.split(","):
        first = peaks(["cnn", "mlp"], [64, 1], target)
        then = peaks(["mlp", "cnn"], [1, 64], target)
        assert first.keys() == then.keys() and len(first) == 4
        for case in first:
            assert first[case][1] == then[case][1], (case, first, then)
            # Pages are counted in batches, and compilers vary.
            apart = abs(first[case][0] - then[case][0])
            assert apart < 3 * MIB, (target, case, first, then)


def test_memory_is_an_objective():
    peaks(["cnn", "mlp"], [64], "cpu")
    text = assay("report", "--format", "summary", "--objective",
                 "accuracy,memory").stdout
    on_front = [line for line in text.splitlines() if "On the front" in line]
    assert len(on_front) == 2 and "mlp" in on_front[1], text


run_all(globals())

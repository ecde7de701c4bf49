# SPDX-License-Identifier: Apache-2.0
"""fault.py wrong|slow FAULTY SOUND: a faulty build is found out.

FAULTY was built with -Dfault=…, SOUND was not.
"""

import sys

from common import Assay, run_all

KIND, FAULTY, SOUND = sys.argv[1:4]
# Long enough for a fifth to stand out of the noise of a shared machine.
ARGS = ["run", "kernels", "--target", "cpu", "--threads", "1", "--filter",
        "dense/f32/512x512x512/|conv2d/f32/1x28x28x64-64k3x3p1",
        "--min-time", "2"]


def wrong():
    assay = Assay(FAULTY)
    done = assay(*ARGS, code=1)
    assert "wrong" in done.stderr, done.stderr
    for r in assay.records():
        if r["op"] == "dense":
            assert r["status"] == "wrong", r["status"]
            assert r["latency_ns_median"] is None and r["samples"] is None
            assert r["max_error"] > r["tolerance"]
        else:
            assert r["status"] == "ok", (r["case"], r["status"])
    assert "wrong" in assay("check", "--target", "cpu", "--filter", "dense",
                            code=1).stdout


def slow():
    sound = Assay(SOUND)
    faulty = Assay(FAULTY, sound.folder)
    # In turn, so that a drift of the machine meets all alike.
    sound(*ARGS)
    faulty(*ARGS)
    sound(*ARGS)
    gate = sound("gate", "--baseline", "1", "2", code=1)
    assert "dense/f32/512x512x512" in gate.stderr, gate.stderr
    assert "conv2d" not in gate.stderr, gate.stderr
    same = sound("gate", "--baseline", "1", "3", code=None)
    assert same.returncode != 1, same.stdout + same.stderr


def test_the_fault_is_found():
    {"wrong": wrong, "slow": slow}[KIND]()


run_all(globals())

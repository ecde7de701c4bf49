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


def gates(sound, faulty):
    """A baseline, the faulty build and the sound one again, measured in turn,
    so that a drift of the machine meets all alike; both gates' results."""
    runs = [program(*ARGS).stdout.split()[-1]
            for program in (sound, faulty, sound)]
    return [sound("gate", "--baseline", runs[0], new, code=None)
            for new in runs[1:]]


def slow():
    """A neighbour on a shared machine can hide a fault in one measurement, or
    look like one; in each of three it can not."""
    sound = Assay(SOUND)
    faulty = Assay(FAULTY, sound.folder)
    found = sound_passed = False
    for _ in range(3):
        slower, same = gates(sound, faulty)
        found |= (slower.returncode == 1
                  and "dense/f32/512x512x512" in slower.stderr
                  and "conv2d" not in slower.stderr)
        sound_passed |= same.returncode != 1
        if found and sound_passed:
            return
    assert found, slower.stdout + slower.stderr
    assert sound_passed, same.stdout + same.stderr


def test_the_fault_is_found():
    {"wrong": wrong, "slow": slow}[KIND]()


run_all(globals())

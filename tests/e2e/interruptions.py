# SPDX-License-Identifier: Apache-2.0
"""interruptions.py ASSAY: workers and runs that are killed or interrupted."""

import os
import signal
import sys

from common import SMALL, Assay, children, run_all, wait_for

PROGRAM = sys.argv[1]
LONG = ["--target", "cpu", "--min-time", "1.5", "--filter", "dense|mlp"]


def started_records(assay):
    """Records of the newest run so far, or none yet."""
    done = assay("report", "--format", "json", code=None)
    return assay.records() if done.returncode == 0 else []


def test_a_killed_worker_costs_one_record():
    assay = Assay(PROGRAM)
    run = assay.start("run", SMALL, *LONG)
    wait_for(lambda: started_records(assay))
    worker = wait_for(lambda: children(run.pid))[0]
    os.kill(worker, signal.SIGKILL)
    out, err = run.communicate(timeout=300)
    assert run.returncode == 3, f"exit {run.returncode}: {err}"
    records = assay.records()
    assert len(records) == 4, f"{len(records)} records"
    crashed = [r for r in records if r["status"] == "crashed"]
    assert len(crashed) == 1, [r["status"] for r in records]
    assert "signal 9" in crashed[0]["reason"], crashed[0]["reason"]
    assert crashed[0]["latency_ns_median"] is None
    assert crashed[0]["absent"]["latency_ns_median"] == "crashed"
    assert out.split()[-1] == "1", "the run's id is the last word"


def test_ctrl_c_keeps_what_there_is_and_resume_ends_it():
    assay = Assay(PROGRAM)
    run = assay.start("run", SMALL, *LONG)
    wait_for(lambda: started_records(assay))
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130, f"exit {run.returncode}: {err}"
    assert "--resume 1" in err, err
    kept = [r["case"] for r in assay.records()]
    assert 0 < len(kept) < 4, kept
    assert all(r["status"] == "ok" for r in assay.records())
    assay("run", "--resume", "1")
    names = [r["case"] for r in assay.records("1")]
    assert names[:len(kept)] == kept, "what was kept stays"
    assert len(names) == len(set(names)) == 4, names


def test_kill_9_of_everything_loses_no_record():
    assay = Assay(PROGRAM)
    run = assay.start("run", SMALL, *LONG)
    wait_for(lambda: len(started_records(assay)) >= 2)
    workers = children(run.pid)
    run.kill()
    run.communicate()
    wait_for(lambda: not any(os.path.exists(f"/proc/{w}") for w in workers))
    kept = [r["case"] for r in assay.records()]
    assert len(kept) >= 2, kept
    assay("run", "--resume", "1")
    assert len(assay.records("1")) == 4


def test_a_hang_is_a_timeout():
    assay = Assay(PROGRAM)
    run = assay.start("run", SMALL, *LONG, "--timeout", "5", "--quiet")
    worker = wait_for(lambda: [w for w in children(run.pid)
                               if started_records(assay)])[0]
    os.kill(worker, signal.SIGSTOP)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 3, f"exit {run.returncode}: {err}"
    statuses = [r["status"] for r in assay.records()]
    assert statuses.count("timeout") == 1 and len(statuses) == 4, statuses


run_all(globals())

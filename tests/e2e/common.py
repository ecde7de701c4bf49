# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: a program under test, a folder, checks."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SMALL = str(HERE / "small.yaml")


class Assay:
    """The program at `path`, run in a temporary folder with its own store."""

    def __init__(self, path, folder=None):
        self.path = str(Path(path).resolve())
        self.folder = Path(folder or tempfile.mkdtemp(prefix="assay-e2e-"))
        self.env = dict(os.environ, ASSAY_STORE=str(self.folder / "assay.db"))

    def __call__(self, *args, code=0, env=None):
        done = subprocess.run([self.path, *map(str, args)], text=True,
                              capture_output=True, cwd=self.folder,
                              env={**self.env, **(env or {})}, timeout=900)
        if code is not None and done.returncode != code:
            raise AssertionError(
                f"assay {' '.join(map(str, args))}: exit {done.returncode}, "
                f"not {code}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done

    def start(self, *args):
        return subprocess.Popen([self.path, *map(str, args)], text=True,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.folder,
                                env=self.env)

    def records(self, *args):
        return strict(self("report", *args, "--format", "json").stdout)[
            "records"]


def strict(text):
    """JSON without NaN, Infinity or a member that stands twice."""
    def no_constant(name):
        raise AssertionError(f"not JSON: {name}")

    def once(pairs):
        keys = [k for k, _ in pairs]
        assert len(keys) == len(set(keys)), f"repeated member in {keys}"
        return dict(pairs)
    return json.loads(text, parse_constant=no_constant, object_pairs_hook=once)


def children(pid):
    """Process ids of the children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def wait_for(condition, seconds=60):
    """The condition's value as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def run_all(module, prefix="test_"):
    """Call every function of that prefix; exit code 1 if one fails."""
    failed = 0
    for name, test in list(module.items()):
        if not name.startswith(prefix):
            continue
        start = time.monotonic()
        try:
            test()
            verdict = "ok"
        except AssertionError as error:
            failed += 1
            verdict = f"FAILED: {error}"
        print(f"{name} ({time.monotonic() - start:.1f} s): {verdict}",
              flush=True)
    sys.exit(1 if failed else 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ONNX's own node tests on one target, against the list of those that pass.

    nodes.py ASSAY TARGET           fails if a listed test does not pass
    nodes.py ASSAY TARGET --write   puts what passes into the list

A line of nodes.txt is a test's name, `core` for the tests of the operators
that Assay is built for, and the backends on which it passes. Exit code 77:
the data (Debian's libonnx-testdata) or the device is not there.
"""

import json
import os
import pathlib
import subprocess
import sys

DATA = os.environ.get("ASSAY_ONNX_NODE_TESTS",
                      "/usr/share/libonnx-testdata/data/node")
LIST = pathlib.Path(__file__).with_name("nodes.txt")
# Of the 154 core tests; four need the random numbers of NumPy.
LEAST = {"cpu": 150, "opencl": 150, "vulkan": 150}


def read_list():
    lines = [line.split() for line in LIST.read_text().splitlines()
             if line and not line.startswith("#")]
    return {words[0]: set(words[1:]) for words in lines}


def write_list(entries):
    head = [line for line in LIST.read_text().splitlines()
            if line.startswith("#")]
    order = ["core", "cpu", "opencl", "vulkan"]
    body = [" ".join([name] + [w for w in order if w in words])
            for name, words in sorted(entries.items()) if words]
    LIST.write_text("\n".join(head + body) + "\n")


def main():
    assay, target = sys.argv[1:3]
    backend = target.split(":")[0]
    if not os.path.isdir(DATA):
        print(f"{DATA}: not there; install libonnx-testdata")
        return 77
    done = subprocess.run(
        [assay, "check", "--onnx-node-tests", DATA, "--target", target,
         "--format", "json"], stdout=subprocess.PIPE)
    if done.returncode == 3:
        return 77
    result = json.loads(done.stdout)
    entries = read_list()
    tests = {t["test"]: t for t in result["tests"]}
    passed = {n for n, t in tests.items() if t["status"] == "pass"}
    if "--write" in sys.argv:
        for name in tests:
            entries.setdefault(name, set()).discard(backend)
            if name in passed:
                entries[name].add(backend)
        write_list(entries)
        return 0
    bad = 0
    for name, words in sorted(entries.items()):
        if backend in words and name not in passed:
            print(f"{name}: listed, but {tests[name]['status']}: "
                  f"{tests[name]['reason']}")
            bad += 1
    for name, t in sorted(tests.items()):
        if t["status"] == "fail" and backend not in entries.get(name, ()):
            print(f"{name}: {t['reason']}")
            bad += 1
    core = [n for n, words in entries.items() if "core" in words]
    right = [n for n in core if n in passed]
    still = [n for n in right if tests[n]["steps"] == 0]
    print(f"{target}: {len(passed)} of {len(tests)} pass; of the {len(core)} "
          f"core tests {len(right)}, {len(still)} of these without a kernel")
    if len(right) < LEAST[backend]:
        print(f"fewer than {LEAST[backend]}")
        bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

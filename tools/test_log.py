#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tell what test logs of meson hold: what was skipped, the end of the output
of what failed, and how long the tests took; then, alone on the last line, how
many passed, failed and were skipped."""
import json
import sys

LINES = 40


def main():
    tests = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as log:
            tests += [json.loads(line) for line in log]
    if not tests:
        sys.exit("no test")
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for test in tests:
        result = test["result"]
        kind = ("passed" if result in ("OK", "EXPECTEDFAIL")
                else "skipped" if result == "SKIP" else "failed")
        counts[kind] += 1
        if kind != "passed":
            print(f"{result} {test['name']} ({test['duration']:.0f} s)")
        if kind == "failed":
            output = test.get("stdout", "") + test.get("stderr", "")
            print("\n".join("    " + line
                            for line in output.splitlines()[-LINES:]))
    slowest = sorted(tests, key=lambda test: -test["duration"])[:3]
    print(f"{len(tests)} tests, longest: " +
          ", ".join(f"{test['name']} {test['duration']:.0f} s"
                    for test in slowest))
    print(*counts.values())


if __name__ == "__main__":
    main()

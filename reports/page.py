#!/usr/bin/env python3
"""Make one page of the report's template, style, script and Chart.js, and
write it as a C file that defines struct assay_page, cut where the data belong.

    page.py OUTPUT report.html report.css values.js accuracy.js
            report.js [chart.min.js]
"""
import re
import sys
from pathlib import Path


def script(text):
    """JavaScript that no string in it can end the element early."""
    return re.sub(r"<(/script|!--)", r"<\\\1", text, flags=re.I)


def array(name, data):
    rows = [", ".join(str(b) for b in data[i:i + 16])
            for i in range(0, len(data), 16)]
    return (f"static const unsigned char {name}[] = {{\n    "
            + ",\n    ".join(rows) + "};\n")


def main():
    output, *names = sys.argv[1:]
    page, css, values, accuracy, js, *chart = (
        Path(n).read_text(encoding="utf-8") for n in names)
    for name, text in (("css", css), ("js", script(values + accuracy + js)),
                       ("chart", script("".join(chart)))):
        mark = "{{" + name + "}}"
        assert page.count(mark) == 1, mark
        page = page.replace(mark, text.rstrip("\n"))
    head, tail = page.split("{{data}}")
    Path(output).write_text(
        '#include "reports/html.h"\n'
        + array("head", head.encode()) + array("tail", tail.encode())
        + "const struct assay_page assay_page = {\n"
          "    head, tail, sizeof head, sizeof tail,\n};\n",
        encoding="utf-8")


if __name__ == "__main__":
    main()

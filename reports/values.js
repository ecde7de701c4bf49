/* SPDX-License-Identifier: Apache-2.0
 *
 * Values for people; units.c does the same for the other reports.
 */
/* exported human */
const human = (function () {
  "use strict";
  function digits(v, unit) {
    const x = Math.abs(v);
    const tail = unit ? " " + unit : "";
    if (x !== 0 && (x < 0.01 || x >= 1e7)) return v.toExponential(2) + tail;
    return v.toFixed(x >= 100 ? 0 : x >= 10 ? 1 : x >= 1 ? 2 : 3) + tail;
  }
  function scaled(v, step, names) {
    let i = 0;
    for (; i + 1 < names.length && Math.abs(v) >= step; i++) v /= step;
    return digits(v, names[i]);
  }
  function human(unit, v) {
    switch (unit) {
    case "ns": return scaled(v, 1000, ["ns", "µs", "ms", "s"]);
    case "B": return v < 1024 ? v.toFixed(0) + " B"
      : scaled(v, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
    case "1/s": return scaled(v, 1000, ["/s", "k/s", "M/s", "G/s"]);
    case "FLOP": return scaled(v, 1000, ["FLOP", "kFLOP", "MFLOP", "GFLOP"]);
    case "share": return (100 * v).toFixed(2) + " %";
    default: return digits(v, unit);
    }
  }
  return human;
})();

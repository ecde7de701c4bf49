/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections on accuracy and on variants; report.js calls them with what it
 * has: { data, records, el, human, byId, addTable, passes, redraw }. What comes
 * from records enters as textContent or as an attribute's value.
 */
/* exported accuracySections */
function accuracySections(page) {
  "use strict";
  const { data, records, el, human, byId } = page;
  const find = (run, name) =>
    records.find((r) => r.run === run && r.case === name);
  const isMatrix = (m) => Array.isArray(m) && m.length > 0 &&
    m.every((row) => Array.isArray(row) && row.length === m.length &&
      row.every((n) => Number.isInteger(n) && n >= 0));
  const percent = (v) => (typeof v === "number" ? human("share", v) : "–");
  const names = (r) => `${r.model} ${r.variant}`;

  /* A row belongs to no batch size, so that filter does not apply. */
  const variants = [];
  for (const row of data.variant_rows) {
    const r = find(row.run, row.case);
    if (r) variants.push({ ...r, row, batch: null });
  }
  const told = [];
  for (const s of data.scores) {
    const r = find(s.run, s.case);
    if (!r) continue;
    /* A score belongs to no batch size, so that filter does not apply. */
    told.push({ ...r, difference: s.text, batch: null });
  }

  /* One group for targets with the same figures. */
  function groups() {
    const list = [];
    for (const r of told) {
      const figures = JSON.stringify([r.run, r.model, r.variant, r.per_class,
        r.confusion]);
      const known = list.find((g) => g.figures === figures);
      if (known) known.records.push(r);
      else list.push({ figures, records: [r] });
    }
    return list;
  }
  const places = (group) => [...new Set(group.records.map((r) => r.target))]
    .join(", ");

  function heatTable(group) {
    const m = group.records[0].confusion;
    if (!isMatrix(m)) {
      const why = group.records[0].absent.confusion;
      return el("p", { class: "hint" }, "No confusion matrix" +
        (why ? ": " + why : "") + ".");
    }
    const head = el("tr", {}, el("th", { scope: "col" }, "label"),
      ...m.map((_, k) => el("th", { scope: "col" }, k)));
    const body = el("tbody", {});
    m.forEach((row, label) => {
      const sum = row.reduce((a, b) => a + b, 0);
      const tr = el("tr", {}, el("th", { scope: "row" }, label));
      row.forEach((n, predicted) => {
        const share = sum ? n / sum : 0;
        const td = el("td", { class: n === 0 ? "zero"
          : predicted === label ? "hit" : "miss",
        title: `label ${label}, predicted ${predicted}: ${n} of ${sum} images` +
          (sum ? ` (${percent(share)})` : "") }, n);
        /* Few mistakes are to be seen beside many right answers. */
        td.style.setProperty("--share", Math.sqrt(share).toFixed(3));
        tr.append(td);
      });
      body.append(tr);
    });
    return el("table", { class: "heat" },
      el("caption", {}, "Confusion matrix. Rows: the label; columns: the " +
        "class that was predicted; stronger: a larger share of the row."),
      el("thead", {}, head), body);
  }
  function classTable(group) {
    const list = group.records[0].per_class;
    if (!Array.isArray(list)) return null;
    const body = el("tbody", {});
    for (const c of list) {
      if (!c || typeof c !== "object") continue;
      body.append(el("tr", {}, el("th", { scope: "row", class: "number" }, c.class),
        el("td", { class: "number" }, c.images),
        el("td", { class: "number" }, c.predicted),
        ...["precision", "recall", "f1"].map((name) =>
          el("td", { class: "number",
            title: typeof c[name] === "number" ? c[name] : "no such image" },
          percent(c[name])))));
    }
    const titles = ["class", "images", "predicted", "precision", "recall", "F1"];
    return el("table", { class: "classes" },
      el("caption", {}, "By class"),
      el("thead", {}, el("tr", {}, ...titles.map((t) =>
        el("th", { scope: "col", class: "number" }, t)))), body);
  }
  function figures(group) {
    const r = group.records[0];
    const one = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
    const list = el("dl", { class: "scores" },
      one("accuracy", `${percent(r.accuracy)} (${percent(r.accuracy_low)} to ` +
        `${percent(r.accuracy_high)})`),
      one("images", `${r.images} of ${r.dataset === null ? "?" : r.dataset}`),
      one("macro F1", percent(r.macro_f1)),
      one("confidences", r.confidences === null
        ? "– " + (r.absent.confidences || "") : r.confidences),
      one("ECE", percent(r.ece)),
      one("NLL", r.nll === null ? "– " + (r.absent.nll || "") : human("nat", r.nll)));
    if (r.difference) list.append(one("against its base", r.difference));
    return list;
  }
  function addDetails() {
    const host = byId("accuracy");
    let first = true;
    for (const group of groups()) {
      const r = group.records[0];
      const classes = classTable(group);
      const box = el("details", {},
        el("summary", {}, `${names(r)} on ${places(group)}` +
          (data.runs.length > 1 ? `, run ${r.run}` : "")),
        figures(group),
        el("div", { class: "pair" },
          el("div", { class: "scroll", tabindex: "0" }, heatTable(group)),
          ...(classes ? [el("div", { class: "scroll", tabindex: "0" }, classes)] : [])));
      box.open = first;
      first = false;
      host.append(box);
      page.redraw(() => { box.hidden = !group.records.some(page.passes); });
    }
  }

  const batches = [...new Set(variants.flatMap((r) =>
    r.row.times.map((t) => t.batch)))].sort((a, b) => a - b);
  /* Told only where a target has been measured with several. */
  const threads = (list) => (list.some((r) => list.some((q) =>
    q.target === r.target && q.threads !== r.threads)) ? ["threads"] : []);
  const timeAt = (r, batch) => r.row && r.row.times.find((t) => t.batch === batch);
  const points = (v) => (v > 0 ? "+" : "") + (100 * v).toFixed(2);
  const short = (v) => (100 * v).toFixed(v < 0.1 ? 1 : 0) + "\u00a0%";
  const share = (name, title, text) => [name, { title, text,
    get: (r) => (r.row ? r.row[name] : null), show: short, exact: String }];
  const columns = Object.fromEntries([
    ["change", { title: "accuracy, pp",
      text: "The variant's accuracy less its base's, in percentage points, and the 95 % interval of the paired difference",
      get: (r) => (r.row ? r.row.accuracy_change : null),
      show: (v, r) => `${points(v)} (${points(r.row.accuracy_change_low)}\u00a0to` +
        `\u00a0${points(r.row.accuracy_change_high)})`,
      exact: (v, r) => `${r.row.better} images better, ${r.row.worse} worse of ` +
        r.row.images }],
    ["p_adjusted", { title: "adjusted p",
      text: "McNemar's exact test, adjusted (Holm) over all such tests of the report",
      get: (r) => (r.row ? r.row.p_adjusted : null),
      show: (v) => (v < 1e-4 ? "< 0.0001" : v.toPrecision(3)), exact: String }],
    ...batches.map((batch) => ["time_b" + batch, { title: "time, b" + batch,
      text: "Median time at batch " + batch + " in percent of what its base takes: below 100 %, the variant takes less",
      get: (r) => { const t = timeAt(r, batch); return t ? t.share : null; },
      show: short,
      exact: (v, r) => { const t = timeAt(r, batch);
        return v + (t.same_kernels ? ", on the same kernels" : ", " + t.speed); } }]),
    share("file_share", "file", "The variant's file in percent of its base's"),
    share("memory_share", "memory", "The variant's constants in percent of its base's"),
    ["words", { title: "verdict", isText: true, text: "All of it in words",
      get: (r) => (r.row ? r.row.verdict : null), show: (v) => v, exact: (v) => v }],
    ["interval", { title: "95 % interval", text: "Wilson's, of the accuracy",
      get: (r) => r.accuracy_low,
      show: (v, r) => `${(100 * v).toFixed(2)} to ${percent(r.accuracy_high)}`,
      exact: (v, r) => `${v} to ${r.accuracy_high}` }],
    ["on_cpu", { title: "as on cpu",
      text: "Share of images classified as on the cpu target",
      get: (r) => r.agreement_targets, show: percent, exact: String }],
  ]);
  return {
    columns,
    add() {
      page.addTable("variants", variants,
        ["model", "variant", "target", ...threads(variants), "change", "p_adjusted",
          ...batches.map((batch) => "time_b" + batch), "file_share",
          "memory_share", "words"], false);
      page.addTable("accuracy", told,
        ["model", "variant", "target", ...threads(told), "images", "accuracy", "interval",
          "macro_f1", "ece", "nll", "on_cpu"], false);
      if (told.length) addDetails();
    },
  };
}

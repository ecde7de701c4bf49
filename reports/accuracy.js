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

  for (const v of data.variants) {
    const r = find(v.run, v.case);
    if (r) r.against = v;
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
      one("macro F1", percent(r.macro_f1)), one("ECE", percent(r.ece)),
      one("NLL", r.nll === null ? "– " + (r.absent.nll || "") : human("nat", r.nll)));
    if (r.difference) list.append(one("against fp32", r.difference));
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

  const verdicts = { faster: "faster", slower: "slower",
    same: "as fast within noise", unknown: "too few samples to tell" };
  const ratio = (name, title, text) => [name, { title, text,
    get: (r) => (r.against ? r.against[name] : null),
    show: (v) => v.toPrecision(3), exact: (v) => String(v) }];
  const columns = Object.fromEntries([
    ["speed", { title: "speed", isText: true,
      text: "By the 95 % intervals of both medians",
      get: (r) => (r.against ? r.against.speed : null),
      show: (v) => verdicts[v] || v, exact: (v, r) => r.against.text }],
    ratio("ratio", "time", "fp32's median time over the variant's: above 1, the variant is faster"),
    ratio("file_ratio", "file", "fp32's file over the variant's: above 1, the variant is smaller"),
    ratio("weights_ratio", "in memory", "fp32's constants over the variant's"),
    ["interval", { title: "95 % interval", text: "Wilson's, of the accuracy",
      get: (r) => r.accuracy_low,
      show: (v, r) => `${(100 * v).toFixed(2)} to ${percent(r.accuracy_high)}`,
      exact: (v, r) => `${v} to ${r.accuracy_high}` }],
    ["on_cpu", { title: "as on cpu",
      text: "Share of images classified as on the cpu target",
      get: (r) => r.agreement_targets, show: percent, exact: String }],
    ["difference", { title: "against fp32", isText: true,
      text: "McNemar's exact test, image by image",
      get: (r) => r.difference || null,
      show: (v, r) => v.replace(` from ${r.model}/fp32`, ""), exact: (v) => v }],
  ]);
  return {
    columns,
    add() {
      page.addTable("variants", records.filter((r) => r.against),
        ["model", "variant", "target", "batch", "threads", "speed", "ratio",
          "file_ratio", "weights_ratio"], false);
      page.addTable("accuracy", told,
        ["model", "variant", "target", "images", "accuracy", "interval",
          "difference", "macro_f1", "ece", "nll", "on_cpu"], false);
      if (told.length) addDetails();
    },
  };
}

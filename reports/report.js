/* SPDX-License-Identifier: Apache-2.0
 *
 * Fills the page from the JSON in #data. Everything that comes from records
 * enters the page as textContent or as an attribute's value, never as markup.
 */
/* global human */
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const fields = new Map(data.fields.map((f) => [f.name, f]));
  const records = data.records;
  const several = data.runs.length > 1;
  const SVG = "http://www.w3.org/2000/svg";
  const colours = {
    light: ["#0072b2", "#d55e00", "#00845f", "#b4559a", "#1b95c9", "#b57d00"],
    dark: ["#5ab4f0", "#ff9447", "#3fcf9f", "#e79bcb", "#9bd7f5", "#f0c34a"],
  };
  const shapes = ["circle", "rect", "triangle", "rectRot", "star", "cross",
    "crossRot"];
  const byId = (id) => document.getElementById(id);

  function el(tag, attributes, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
    e.append(...children.map((c) => (c instanceof Node ? c : String(c))));
    return e;
  }
  function svg(tag, attributes, text) {
    const e = document.createElementNS(SVG, tag);
    for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
    if (text !== undefined) e.textContent = text;
    return e;
  }

  /* ---- values of records ---- */
  function shown(record, name) {
    const f = fields.get(name), v = record[name];
    if (v === null || v === undefined) return null;
    if (typeof v === "string") return v;
    if (typeof v === "object") return JSON.stringify(v);
    return f && (f.kind === "real" || f.unit) ? human(f.unit, v) : String(v);
  }
  function exact(record, name) {
    const f = fields.get(name);
    return record[name] + (f && f.unit ? " " + f.unit : "");
  }
  const perImage = (r, name) =>
    (r[name] === null ? null : r[name] / (r.batch || 1));

  /* ---- points and verdicts ---- */
  records.forEach((r, i) => { r.index = i; r.point = null; });
  for (const p of data.front.points) records[p.record].point = p;
  function label(r) {
    const variant = r.variant && r.variant !== "fp32" ? " (" + r.variant + ")" : "";
    return (r.model || r.case || "?") + variant + " on " + (r.target || "?") +
      (r.batch === null ? "" : ", batch " + r.batch) +
      (several ? ", run " + r.run : "");
  }
  function verdict(r) {
    const p = r.point;
    if (!p) return "";
    if (p.subset) return `not compared: over ${r.images} images only`;
    const doubt = p.noise_of !== null;
    if (p.front)
      return doubt ? "front; within noise of " + label(records[p.noise_of])
        : "front";
    return (doubt ? "within noise of " : "beaten by ") +
      label(records[doubt ? p.noise_of : p.beaten_by]);
  }
  function place(r) {
    const p = r.point;
    if (!p) return null;
    if (p.subset) return "not compared";
    const doubt = p.noise_of !== null;
    return p.front ? (doubt ? "front, within noise" : "front")
      : doubt ? "within noise" : "beaten";
  }
  const points = records.filter((r) => r.kind === "model" && r.status === "ok" &&
    r.accuracy !== null && r.latency_ns_median > 0).map((r) => ({
    record: r,
    x: perImage(r, "latency_ns_median") / 1e3,
    y: 100 * r.accuracy,
    xLow: (perImage(r, "latency_ns_low") || perImage(r, "latency_ns_median")) / 1e3,
    xHigh: (perImage(r, "latency_ns_high") || perImage(r, "latency_ns_median")) / 1e3,
    yLow: 100 * (r.accuracy_low === null ? r.accuracy : r.accuracy_low),
    yHigh: 100 * (r.accuracy_high === null ? r.accuracy : r.accuracy_high),
  }));
  /* The data sets, within which accuracies compare, by checksum. */
  const setOf = (r) => r.dataset_crc32;
  const sets = [...new Set(points.map((p) => setOf(p.record)))];
  /* By latency; a point belongs if it is more accurate than all before it.
   * Accuracies over fewer images than the most do not compare. */
  function staircase(list) {
    const most = Math.max(...list.map((p) => p.record.images || 0));
    let best = -Infinity;
    return list.filter((p) => !p.record.images || p.record.images === most)
      .sort((a, b) => a.x - b.x || b.y - a.y)
      .filter((p) => p.y > best && ((best = p.y), true));
  }
  const staircases = (list) => sets.map((set) =>
    staircase(list.filter((p) => setOf(p.record) === set))).filter((s) => s.length);

  /* ---- filters, which are the legend too ---- */
  const distinct = (name) => {
    const set = new Set(records.filter((r) => r.kind === "model" ||
      name === "target" || name === "run").map((r) => r[name]));
    set.delete(null);
    return [...set].sort((a, b) => (typeof a === "number" ? a - b : 0));
  };
  const filters = ["target", "model", "batch"]
    .concat(sets.length > 1 ? ["dataset"] : [], several ? ["run"] : [])
    .map((name) => ({ name, values: distinct(name), off: new Set() }));
  const valuesOf = (name) => filters.find((f) => f.name === name).values;
  const passes = (r) => filters.every((f) => !f.off.has(r[f.name]) ||
    (f.name !== "target" && r.kind !== "model"));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;
  const palette = () => colours[dark.matches && !printing ? "dark" : "light"];
  const colourOf = (r) => {
    const p = palette();
    return p[valuesOf("target").indexOf(r.target) % p.length];
  };
  const shapeOf = (r) =>
    shapes[valuesOf("model").indexOf(r.model) % shapes.length];

  /* A mark of the plain chart and of the legend, in the shapes of Chart.js. */
  function mark(shape, x, y, r, colour, hollow) {
    const style = { stroke: colour, "stroke-width": 2, fill: hollow ? "var(--back)" : colour };
    const path = (d) => svg("path", { ...style, d });
    const a = r * 0.9;
    switch (shape) {
    case "circle": return svg("circle", { ...style, cx: x, cy: y, r });
    case "rect": return svg("rect", { ...style, x: x - a, y: y - a, width: 2 * a, height: 2 * a });
    case "triangle": return path(`M${x} ${y - r} L${x + r} ${y + a} L${x - r} ${y + a} Z`);
    case "rectRot": return path(`M${x} ${y - r} L${x + r} ${y} L${x} ${y + r} L${x - r} ${y} Z`);
    case "cross": return path(`M${x - r} ${y} H${x + r} M${x} ${y - r} V${y + r}`);
    case "crossRot": return path(`M${x - a} ${y - a} L${x + a} ${y + a} M${x - a} ${y + a} L${x + a} ${y - a}`);
    default: return path(`M${x - r} ${y} H${x + r} M${x} ${y - r} V${y + r} ` +
      `M${x - a} ${y - a} L${x + a} ${y + a} M${x - a} ${y + a} L${x + a} ${y - a}`);
    }
  }
  function legendMark(name, value) {
    const box = svg("svg", { class: "mark", viewBox: "0 0 14 14", "aria-hidden": "true" });
    if (name === "target")
      box.append(svg("rect", { width: 14, height: 14, rx: 3,
        fill: colourOf({ target: value }) }));
    else if (name === "model")
      box.append(mark(shapeOf({ model: value }), 7, 7, 4.5, "currentColor", false));
    else
      return null;
    return box;
  }
  function buildFilters() {
    const form = byId("filters");
    form.replaceChildren();
    for (const f of filters) {
      if (!f.values.length) continue;
      const set = el("fieldset", {}, el("legend", {}, f.name));
      for (const value of f.values) {
        const input = el("input", { type: "checkbox" });
        input.checked = !f.off.has(value);
        input.addEventListener("change", () => {
          if (input.checked) f.off.delete(value); else f.off.add(value);
          update();
        });
        const m = legendMark(f.name, value);
        set.append(el("label", {}, input, ...(m ? [m] : []),
          el("span", {}, f.name === "run" ? "run " + value : value)));
      }
      form.append(set);
    }
  }

  /* ---- one record in full ---- */
  let chosen = -1;
  /* Under the chart, or under the table whose name was pressed. */
  function choose(r, host) {
    const box = byId("record"), list = box.querySelector("dl");
    if (chosen === r.index && box.parentNode === host) return;
    chosen = r.index;
    host.append(box);
    box.hidden = false;
    box.querySelector("h3").textContent = r.case || label(r);
    list.replaceChildren();
    const add = (name, value, title, wide, none) => {
      const dd = el("dd", { title }, value);
      if (none) dd.className = "none";
      list.append(el("div", wide ? { class: "wide" } : {},
        el("dt", { title: fields.has(name) ? fields.get(name).text : "" }, name), dd));
    };
    if (r.point) add("verdict", verdict(r), "", true);
    if (r.kind === "model" && r.latency_ns_median !== null)
      add("time per image", human("ns", perImage(r, "latency_ns_median")),
        perImage(r, "latency_ns_median") + " ns");
    for (const f of data.fields) {
      const text = shown(r, f.name), why = r.absent[f.name];
      if (f.kind === "json" && text !== null)
        add(f.name, "see Accuracy", text);
      else if (text !== null)
        add(f.name, text, exact(r, f.name), text.length > 22);
      else if (why && !/^of (models|kernels) only/.test(why))
        add(f.name, "– " + why, why, why.length > 14, true);
    }
    document.querySelectorAll("tr.chosen").forEach((t) => t.classList.remove("chosen"));
    document.querySelectorAll(`tr[data-index="${r.index}"]`)
      .forEach((t) => t.classList.add("chosen"));
    if (host.id !== "scatter") box.scrollIntoView({ block: "nearest" });
  }

  /* ---- the scatter, by Chart.js ---- */
  let chart = null;
  const css = (name) => printing && name === "--text" ? "#000000"
    : getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const bars = {
    id: "bars",
    beforeDatasetsDraw(c) {
      const { ctx, scales: { x, y }, chartArea: a } = c;
      ctx.save();
      ctx.beginPath();
      ctx.rect(a.left, a.top, a.width, a.height);
      ctx.clip();
      ctx.lineWidth = 1.3;
      for (const p of points.filter((q) => passes(q.record))) {
        const px = x.getPixelForValue(p.x), py = y.getPixelForValue(p.y);
        ctx.strokeStyle = colourOf(p.record);
        ctx.globalAlpha = 0.55;
        ctx.beginPath();
        ctx.moveTo(x.getPixelForValue(p.xLow), py);
        ctx.lineTo(x.getPixelForValue(p.xHigh), py);
        ctx.moveTo(px, y.getPixelForValue(p.yLow));
        ctx.lineTo(px, y.getPixelForValue(p.yHigh));
        ctx.stroke();
      }
      ctx.restore();
    },
    afterDatasetsDraw(c) {
      const { ctx, scales: { x, y } } = c;
      ctx.save();
      ctx.fillStyle = css("--text");
      ctx.font = "12px system-ui, sans-serif";
      ctx.textAlign = "right";
      for (const p of staircases(points.filter((q) => passes(q.record))).flat())
        ctx.fillText(p.record.model || "", x.getPixelForValue(p.x) - 9,
          y.getPixelForValue(p.y) - 7);
      ctx.restore();
    },
  };
  function datasets() {
    const list = [];
    const visible = points.filter((p) => passes(p.record));
    for (const target of valuesOf("target"))
      for (const model of valuesOf("model")) {
        const own = visible.filter((p) => p.record.target === target &&
          p.record.model === model);
        if (!own.length) continue;
        list.push({
          data: own,
          pointStyle: shapeOf({ model }),
          pointRadius: 6, pointHoverRadius: 8, pointBorderWidth: 2,
          pointHoverBorderWidth: 2,
          pointBorderColor: colourOf({ target }),
          pointBackgroundColor: own.map((p) => (p.record.batch === 1
            ? css("--back") : colourOf({ target }))),
        });
      }
    for (const data of staircases(visible))
      list.push({
        type: "line", data, stepped: "before",
        borderColor: css("--soft"), borderWidth: 2, pointRadius: 0,
        pointHitRadius: 0, pointHoverRadius: 0, order: 1,
      });
    return list;
  }
  /* The first digit of 2e-3 is 2. */
  const lead = (v) =>
    Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9) * 1e6) / 1e6;
  const tick = (v) => human("ns", v * 1e3).replace(/\.?0+(?= )/, (z) =>
    (z.startsWith(".") ? "" : z));
  function tooltipLines(r) {
    const span = (unit, low, high) => (low === null || high === null ? ""
      : ` (${human(unit, low)} to ${human(unit, high)})`);
    return [
      "accuracy " + human("share", r.accuracy) +
        span("share", r.accuracy_low, r.accuracy_high),
      human("ns", perImage(r, "latency_ns_median")) + " per image" +
        span("ns", perImage(r, "latency_ns_low"), perImage(r, "latency_ns_high")),
      ...(verdict(r) ? [verdict(r)] : []),
    ];
  }
  function limits() {
    const low = Math.min(...points.map((p) => p.xLow));
    const high = Math.max(...points.map((p) => p.xHigh));
    return { min: low / 1.5, max: high * 1.5 };
  }
  function heights() {
    return { suggestedMin: Math.min(...points.map((p) => p.yLow)),
      suggestedMax: Math.max(...points.map((p) => p.yHigh)) };
  }
  /* As many of them as there is room for. */
  function thin(axis) {
    const decades = Math.log10(axis.max / axis.min);
    const keep = decades < 4 ? [1, 2, 5] : [1];
    axis.ticks = axis.ticks.filter((t) => keep.includes(lead(t.value)));
  }
  function axes() {
    const grid = { color: css("--line") };
    const ticks = { color: css("--soft") };
    const title = (text) => ({ display: true, text, color: css("--text") });
    return {
      x: { type: "logarithmic", ...limits(), grid, afterBuildTicks: thin,
        ticks: { ...ticks, callback: tick, autoSkip: false, maxRotation: 0 },
        title: title("Time per image (median, log scale)") },
      y: { type: "linear", ...heights(), grid,
        ticks: { ...ticks, callback: (v) => +v.toFixed(2) + " %" },
        title: title("Accuracy") },
    };
  }
  function buildChart() {
    const canvas = el("canvas", { role: "img", "aria-label":
      "Scatter of accuracy against time per image; the table below holds the same values" });
    byId("chart").replaceChildren(canvas);
    chart = new window.Chart(canvas, {
      type: "scatter",
      data: { datasets: datasets() },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: { mode: "nearest", intersect: true },
        scales: axes(),
        onHover: (event, hit) => {
          const p = hit.length ? hit[0].element.$context.raw : null;
          if (p) choose(p.record, byId("scatter"));
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false,
            callbacks: {
              title: (items) => (items.length ? label(items[0].raw.record) : ""),
              label: (item) => tooltipLines(item.raw.record),
            },
          },
        },
      },
      plugins: [bars],
    });
  }

  /* ---- the scatter without Chart.js ---- */
  function plainChart() {
    const W = 960, H = 480, L = 70, R = 20, T = 14, B = 56;
    const box = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img",
      "aria-label": "Scatter of accuracy against time per image" });
    const visible = points.filter((p) => passes(p.record));
    const { min, max } = limits();
    const yLow = Math.min(...points.map((p) => p.yLow)) - 0.5;
    const yHigh = Math.max(...points.map((p) => p.yHigh)) + 0.5;
    const X = (v) => L + (W - L - R) * Math.log(v / min) / Math.log(max / min);
    const Y = (v) => H - B - (H - T - B) * (v - yLow) / (yHigh - yLow);
    const line = (x1, y1, x2, y2, stroke, width) => box.append(svg("line",
      { x1, y1, x2, y2, stroke, "stroke-width": width }));
    const words = (x, y, text, anchor) => box.append(svg("text",
      { x, y, "text-anchor": anchor, "font-size": 13, fill: css("--text") }, text));
    for (let e = Math.floor(Math.log10(min)); e <= Math.log10(max); e++)
      for (const digit of [1, 2, 5]) {
        const v = digit * 10 ** e;
        if (v < min || v > max) continue;
        line(X(v), T, X(v), H - B, css("--line"), 1);
        words(X(v), H - B + 18, tick(v), "middle");
      }
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].find((s) => (yHigh - yLow) / s <= 8) || 50;
    for (let v = Math.ceil(yLow / step) * step; v <= yHigh; v += step) {
      line(L, Y(v), W - R, Y(v), css("--line"), 1);
      words(L - 8, Y(v) + 4, +v.toFixed(2) + " %", "end");
    }
    words((L + W - R) / 2, H - 8, "Time per image (median, log scale)", "middle");
    const stairs = staircases(visible);
    for (const one of stairs)
      box.append(svg("path", { fill: "none", stroke: css("--soft"), "stroke-width": 2,
        d: one.map((p, i) => (i ? `H${X(p.x)} V${Y(p.y)}` : `M${X(p.x)} ${Y(p.y)}`)).join(" ") }));
    for (const p of visible) {
      const c = colourOf(p.record);
      line(X(p.xLow), Y(p.y), X(p.xHigh), Y(p.y), c, 1);
      line(X(p.x), Y(p.yLow), X(p.x), Y(p.yHigh), c, 1);
      const m = mark(shapeOf(p.record), X(p.x), Y(p.y), 6, c, p.record.batch === 1);
      m.append(svg("title", {}, [label(p.record), ...tooltipLines(p.record)].join("\n")));
      m.addEventListener("mouseenter", () => choose(p.record, byId("scatter")));
      box.append(m);
    }
    for (const p of stairs.flat())
      words(X(p.x) - 9, Y(p.y) - 7, p.record.model || "", "end");
    byId("chart").replaceChildren(box);
  }

  /* ---- tables ---- */
  const computed = {
    per_image: { title: "per image", text: "Median time of a call divided by its batch size",
      get: (r) => perImage(r, "latency_ns_median"),
      show: (v) => human("ns", v), exact: (v) => v + " ns" },
    peer: { title: "peer / ours",
      text: "Median time of the fastest library's kernel over ours: above 1, ours is faster",
      get: (r) => r.peer ? r.peer.ratio : null, show: (v) => v.toFixed(2),
      exact: (v, r) => v.toFixed(3) + " of " + (records[r.peer.peer].library || "a library") },
    verdict: { title: "verdict", text: "Place among all points of its data set",
      get: place, show: (v) => v, exact: (v, r) => verdict(r), isText: true },
  };
  function column(name) {
    if (computed[name]) return { name, ...computed[name] };
    const f = fields.get(name);
    return {
      name, title: name.replace(/_(ns|bytes|per_s|j)(?=_|$)/, "").replace(/_/g, " "),
      text: name + (f ? ": " + f.text : ""), isText: f && f.kind === "text",
      get: (r) => r[name],
      show: (v, r) => shown(r, name), exact: (v, r) => exact(r, name),
    };
  }
  function compare(a, b, sign) {
    /* What is absent stays at the end, whichever way the rest is sorted. */
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "string" || typeof b === "string")
      return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
    return sign * (a - b);
  }
  function cell(r, c, first) {
    const v = c.get(r);
    const td = el("td", { class: !c.isText ? "number"
      : c.name === "verdict" ? "name" : "text" });
    if (v === null || v === undefined) {
      const why = r.absent[c.name];
      td.append(el("span", { class: "none", title: why || "does not apply" }, "–"));
    } else if (first) {
      td.classList.add("name");
      const button = el("button", { type: "button", title: "Show the whole record" }, c.show(v, r));
      button.addEventListener("click", () => choose(records[r.index], td.closest("section")));
      td.append(button);
    } else {
      td.title = c.exact(v, r);
      td.textContent = c.show(v, r);
      if (c.name === "status" && v !== "ok") td.classList.add(v === "skipped" ? "none" : "bad");
    }
    return td;
  }
  const tables = [];
  function addTable(id, list, names, everything) {
    const section = byId(id);
    if (!list.length) return;
    section.hidden = false;
    const state = { list, sort: null, sign: 1, all: false };
    const box = el("div", { class: "scroll", tabindex: "0", role: "region",
      "aria-labelledby": "h-" + id });
    const count = el("span", {});
    const tools = el("p", { class: "tools" }, count);
    if (everything) {
      const input = el("input", { type: "checkbox" });
      input.addEventListener("change", () => { state.all = input.checked; draw(); });
      tools.append(" ", el("label", {}, input, el("span", {}, "all columns")));
    }
    function columns() {
      const own = (several ? ["run"] : []).concat(names);
      const more = state.all ? data.fields.filter((f) => f.kind !== "json")
        .map((f) => f.name).filter((n) => !own.includes(n)) : [];
      return own.concat(more).filter((n) => computed[n]
        ? list.some((r) => computed[n].get(r) !== null)
        : list.some((r) => r[n] !== null)).map(column);
    }
    function draw() {
      const cols = columns();
      const head = el("tr", {});
      const nameAt = several ? 1 : 0;
      for (const c of cols) {
        const button = el("button", { type: "button", title: c.text }, c.title);
        const th = el("th", { scope: "col", class: c.isText ? "" : "number",
          "aria-sort": state.sort === c.name
            ? (state.sign > 0 ? "ascending" : "descending") : "none" }, button);
        button.addEventListener("click", () => {
          state.sign = state.sort === c.name ? -state.sign : 1;
          state.sort = c.name;
          draw();
          const again = [...box.querySelectorAll("th button")]
            .find((b) => b.textContent === c.title);
          if (again) again.focus();
        });
        head.append(th);
      }
      const rows = list.filter(passes);
      const by = cols.find((c) => c.name === state.sort);
      if (by) rows.sort((a, b) => compare(by.get(a), by.get(b), state.sign));
      const body = el("tbody", {});
      for (const r of rows) {
        const tr = el("tr", { "data-index": r.index });
        if (r.point && r.point.front) tr.classList.add("front");
        if (r.index === chosen) tr.classList.add("chosen");
        cols.forEach((c, i) => tr.append(cell(r, c, i === nameAt)));
        body.append(tr);
      }
      count.textContent = rows.length === list.length
        ? `${list.length} ${list.length === 1 ? "case" : "cases"}`
        : `${rows.length} of ${list.length} cases (filtered)`;
      box.replaceChildren(el("table", {}, el("thead", {}, head), body));
    }
    section.append(tools, box);
    tables.push(draw);
    draw();
  }
  function facts(rows) {
    const body = el("tbody", {});
    for (const [name, value] of rows)
      body.append(el("tr", {}, el("td", {}, name), el("td", { class: "text" }, value)));
    return el("div", { class: "scroll" }, el("table", { class: "facts" }, body));
  }
  function plain(name, value) {
    if (value === null) return "not known";
    if (name === "memory_bytes") return human("B", value);
    if (name === "caches" && Array.isArray(value))
      return value.map((c) => `L${c.level} ${c.type} ${c.size}`).join(", ");
    if (Array.isArray(value)) return value.map((v) => plain("", v)).join(name === "command" ? " " : ", ");
    if (typeof value === "object")
      return Object.entries(value).map(([k, v]) => `${k}: ${plain(k, v)}`).join(", ") || "none";
    return String(value);
  }
  function addAbsent() {
    if (!data.lacking.length) return;
    byId("absent").hidden = false;
    byId("absent").append(facts(data.lacking.map((g) => [g.reason, g.fields])));
  }
  function addRuns() {
    for (const run of data.runs) {
      const rows = [];
      for (const name of ["suite", "started", "finished", "commit", "labels", "command"])
        if (run[name] !== null || name === "finished")
          rows.push([name, run[name] === null ? "not finished, or cut off"
            : plain(name, run[name])]);
      if (Array.isArray(run.plan)) rows.push(["planned cases", run.plan.length]);
      byId("runs").append(el("h3", {}, "Run " + run.id), facts(rows));
      if (run.machine && typeof run.machine === "object")
        byId("runs").append(el("h3", {}, "Machine of run " + run.id),
          facts(Object.entries(run.machine).map(([k, v]) => [k, plain(k, v)])));
    }
  }

  function draw() {
    if (!points.length) return;
    if (!window.Chart) {
      plainChart();
      return;
    }
    if (!chart) buildChart();
    chart.data.datasets = datasets();
    chart.options.scales = axes();
    chart.update("none");
  }
  function update() {
    draw();
    for (const t of tables) t();
  }
  function theme() {
    buildFilters();
    draw();
  }

  const first = data.runs[0];
  byId("subtitle").textContent = data.runs.map((r) => "Run " + r.id +
    (r.suite ? " of " + r.suite : "") + ", " + r.started +
    (r.machine && r.machine.cpu ? ", " + r.machine.cpu : "")).join(" · ");
  if (first) document.title = "Assay report: run " + data.runs.map((r) => r.id).join(", ");
  byId("summary").querySelector("ul").append(...data.summary.map((s) => el("li", {}, s)));
  byId("scatter").hidden = !points.length;
  byId("plain").hidden = Boolean(window.Chart);
  buildFilters();
  for (const p of data.peers)
    if (!records[p.ours].peer || p.ratio < records[p.ours].peer.ratio)
      records[p.ours].peer = p;
  const ok = records.filter((r) => r.status === "ok");
  addTable("models", ok.filter((r) => r.kind === "model"),
    ["model", "variant", "target", "batch", "threads", "accuracy", "images",
      ...(sets.length > 1 ? ["dataset"] : []), "per_image", "verdict", "latency_ns_median", "latency_ns_p90",
      "latency_ns_p99", "throughput_per_s", "prepare_ns", "host_peak_bytes",
      "device_peak_bytes", "weights_bytes", "energy_j"], true);
  const accuracy = accuracySections({ data, records, el, human, byId, addTable,
    passes, redraw: (f) => tables.push(f) });
  Object.assign(computed, accuracy.columns);
  accuracy.add();
  addTable("kernels", ok.filter((r) => r.kind !== "model"),
    ["case", "target", "threads", "latency_ns_median", "peer", "gflops", "roof_fraction",
      "gbytes_per_s", "latency_ns_mad", "max_error", "dtype", "shape", "impl"], true);
  addTable("unmeasured", records.filter((r) => r.status !== "ok"),
    ["case", "target", "status", "reason", "max_error"], false);
  addAbsent();
  addRuns();
  draw();
  dark.addEventListener("change", theme);
  addEventListener("beforeprint", () => { printing = true; theme(); });
  addEventListener("afterprint", () => { printing = false; theme(); });
})();

// Draws a figure and lets its sliders answer. `host` holds the controls, `spec` says what there is to see, `at`
// and `along` are the printed programs: the numbers at the sliders' setting, and those of a point of a curve.
((host, spec, at, along) => {
  "use strict";
  if (!host) return;
  const live = document.createElement("div");
  live.className = "answering-live";
  live.setAttribute("role", "group");
  live.setAttribute("aria-label", `${spec.title}: a figure with sliders`);
  live.innerHTML = spec.controls;
  host.append(live);
  const all = (selector) => [...live.querySelectorAll(selector)];
  // In JupyterLab the arrow keys belong to the slider, not to the cells.
  for (const control of all("input, select, button")) control.dataset.lmSuppressShortcuts = "true";

  // -- the sliders --------------------------------------------------------------------------------------------

  const inputs = new Map(all("input[type=range]").map((input) => [input.name, input]));
  const stops = new Map(spec.sliders.map((slider) => [slider.code, slider]));
  const chosen = live.querySelector("select");

  function values() {
    const found = { ...spec.fixed };
    for (const [code, input] of inputs) found[code] = stops.get(code).stops[Number(input.value)];
    return found;
  }

  function reset() {
    for (const [code, input] of inputs) input.value = stops.get(code).start;
    if (chosen) chosen.selectedIndex = 0;
    update();
  }

  // -- numbers ------------------------------------------------------------------------------------------------

  const raised = (n) => String(n).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

  function show(x) {
    if (Number.isNaN(x)) return "none";
    const sign = x < 0 ? "−" : "", size = Math.abs(x);
    if (size === Infinity) return sign + "∞";
    if (size !== 0 && (size >= 999950 || size < 0.99995e-4)) {
      const [digits, power] = size.toExponential(3).split("e");
      const factor = Number(digits) === 1 ? "" : `${Number(digits)}×`;
      return `${sign}${factor}10${raised(Number(power))}`;
    }
    if (size >= 1000) return sign + Math.round(size).toLocaleString("en-US");
    return sign + Number(size.toPrecision(4));
  }

  // -- drawing ------------------------------------------------------------------------------------------------

  const make = (name, attributes = {}, text = null) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== null) node.textContent = text;
    return node;
  };

  // Text in which "_x" stands for an index.
  function words(text, attributes) {
    const node = make("text", attributes);
    let lowered = 0;
    for (const part of text.split(/(_[\p{L}\d]+)/u)) {
      const index = part.startsWith("_");
      if (!part) continue;
      const span = make("tspan", index ? { dy: 4, "font-size": "0.78em" } : { dy: -lowered }, index ? part.slice(1) : part);
      lowered = index ? 4 : 0;
      node.append(span);
    }
    return node;
  }

  function scaleOf(kind, low, high, from, to) {
    const place = kind === "log" ? Math.log10 : (x) => x;
    const a = place(low), b = place(high);
    return (x) => from + ((place(x) - a) / (b - a)) * (to - from);
  }

  function ticksOf(kind, low, high, wanted) {
    if (kind === "log") {
      const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
      const every = Math.max(1, Math.ceil((last - first + 1) / wanted));
      const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
      if (powers.length < 2) return ticksOf("linear", low, high, wanted);
      return powers.filter((k) => (k - first) % every === 0)
        .map((k) => [Number(`1e${k}`), Math.abs(k) > 3 ? `10${raised(k)}` : show(Number(`1e${k}`))]);
    }
    const rough = (high - low) / wanted, unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * unit).find((s) => s >= rough * 0.999);
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
      const x = Number((k * step).toPrecision(10));
      found.push([x, show(x)]);
    }
    return found;
  }

  function pointsOf(axis, setting, lines) {
    const xs = axis.points ? [...axis.points] : [];
    if (!axis.points) {
      const scale = scaleOf(axis.scale, axis.low, axis.high, 0, 1), n = 160;
      for (let k = 0; k <= n; k++) {
        xs.push(axis.scale === "log" ? axis.low * (axis.high / axis.low) ** (k / n) : axis.low + ((axis.high - axis.low) * k) / n);
      }
      // Towards a pole the points lie closer and closer.
      for (const x of lines) {
        for (let k = 4; k <= 24; k++) xs.push(x * (1 - 2 ** -k), x * (1 + 2 ** -k));
      }
      if (setting[axis.code] !== undefined) xs.push(setting[axis.code]);
      return xs.filter((x) => scale(x) >= 0 && scale(x) <= 1).sort((a, b) => a - b);
    }
    return xs;
  }

  function rangeOf(y, curves, marked) {
    if (y.scale !== "log") return [y.low, y.high];
    const positive = (list) => list.filter((v) => v > 0 && Number.isFinite(v));
    const anchors = positive(curves.filter((c) => !spec.anchor || spec.anchor.includes(c.key)).flatMap((c) => c.ys));
    const tops = positive(curves.flatMap((c) => c.ys).concat(marked));
    if (!anchors.length) return [0.01, 1];
    const low = Math.floor(Math.log10(anchors.reduce((a, b) => Math.min(a, b))) + 1e-9);
    const high = Math.ceil(Math.log10(tops.reduce((a, b) => Math.max(a, b))) - 1e-9);
    return [Number(`1e${low}`), Number(`1e${Math.min(Math.max(high, low + 1), low + y.span)}`)];
  }

  const SHAPES = ["M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0", "M-5,-5h10v10h-10z", "M0,-6.5L6,4.5H-6z", "M0,-7L6,0L0,7L-6,0z"];

  function draw(setting, found) {
    const svg = live.querySelector(".answering-chart svg");
    const width = Math.max(260, Math.round(svg.parentElement.clientWidth));
    const height = Math.round(Math.min(360, Math.max(250, width * 0.52)));
    const narrow = width < 500; // then the vertical axis's name stands above it
    const box = { left: narrow ? 52 : 66, right: width - 22, top: narrow ? 42 : 24, bottom: height - 44 };
    const axis = spec.axes[chosen ? chosen.selectedIndex : 0];
    const lines = axis.lines.map((line) => ({ ...line, x: found[line.at] }))
      .filter((line) => line.x >= axis.low && line.x <= axis.high);
    const xs = pointsOf(axis, setting, lines.map((line) => line.x));
    const rows = xs.map((x) => along({ ...setting, [axis.code]: x }));
    const curves = spec.curves.map((curve) => ({ ...curve, ys: rows.map((row) => row[curve.key]) }));
    const markers = spec.markers.map((marker) => ({ ...marker, at: [found[marker.x || axis.code], found[marker.y]] }));
    const [low, high] = rangeOf(spec.y, curves, markers.map((marker) => marker.at[1]));
    const toX = scaleOf(axis.scale, axis.low, axis.high, box.left, box.right);
    const toY = scaleOf(spec.y.scale, low, high, box.bottom, box.top);

    svg.replaceChildren();
    for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(key, value);
    const grid = svg.appendChild(make("g", { class: "grid" }));
    const text = svg.appendChild(make("g", { class: "text" }));
    const xTicks = axis.ticks ?? ticksOf(axis.scale, axis.low, axis.high, narrow ? 5 : 9);
    for (const [k, [x, label]] of xTicks.entries()) {
      grid.append(make("path", { d: `M${toX(x)},${box.top}V${box.bottom}` }));
      if (narrow && xTicks.length > 7 && k % 2) continue;
      const last = toX(x) + 4 * label.length > width; // centred, it would be cut off
      text.append(make("text", { x: last ? width - 1 : toX(x), y: box.bottom + 17, "text-anchor": last ? "end" : "middle" }, label));
    }
    for (const [y, label] of ticksOf(spec.y.scale, low, high, 6)) {
      grid.append(make("path", { d: `M${box.left},${toY(y)}H${box.right}` }));
      text.append(make("text", { x: box.left - 7, y: toY(y) + 4, "text-anchor": "end" }, label));
    }
    text.append(words(axis.label, { x: (box.left + box.right) / 2, y: height - 8, "text-anchor": "middle" }));
    const middle = `translate(13,${(box.top + box.bottom) / 2}) rotate(-90)`;
    text.append(words(spec.y.label, narrow ? { x: 2, y: 13 } : { transform: middle, "text-anchor": "middle" }));

    // What lies inside the axes is cut off at them.
    const inside = svg.appendChild(make("svg", {
      x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top,
      viewBox: `${box.left} ${box.top} ${box.right - box.left} ${box.bottom - box.top}`,
    }));
    Object.assign(inside.style, { width: `${box.right - box.left}px`, height: `${box.bottom - box.top}px`, maxWidth: "none" });
    for (const line of lines) {
      const x = toX(line.x);
      if (line.shade) inside.append(make("rect", { class: "beyond", x, y: box.top, width: box.right - x, height: box.bottom - box.top }));
      inside.append(make("path", { class: "line", d: `M${x},${box.top}V${box.bottom}` }));
      const anchor = x > box.right - 60 ? "end" : x < box.left + 60 ? "start" : "middle";
      text.append(words(line.label, { x, y: box.top - 8, "text-anchor": anchor }));
    }
    for (const level of spec.levels) {
      const y = toY(level.at);
      inside.append(make("path", { class: "line", d: `M${box.left},${y}H${box.right}` }));
      text.append(words(level.label, { x: box.left + 8, y: y - 6 }));
    }
    for (const curve of curves) {
      let path = "", open = false;
      curve.ys.forEach((y, k) => {
        const visible = spec.y.scale === "log" ? y > 0 : !Number.isNaN(y);
        if (visible) {
          const height = Math.min(5e3, Math.max(-5e3, y === Infinity ? -5e3 : toY(y)));
          path += `${open ? "L" : "M"}${toX(xs[k]).toFixed(2)},${height.toFixed(2)}`;
        }
        open = visible;
      });
      inside.append(make("path", { class: `curve c${curve.style}`, "data-curve": curve.key, d: path }));
    }
    svg.append(make("path", { class: "frame", d: `M${box.left},${box.top}V${box.bottom}H${box.right}` }));
    for (const marker of markers) {
      const [x, y] = marker.at;
      if (!(x >= axis.low && x <= axis.high) || Number.isNaN(y) || (spec.y.scale === "log" && !(y > 0))) continue;
      const above = y > high, below = y < low;
      const place = above ? box.top + 7 : below ? box.bottom - 7 : toY(y);
      // Out of sight above or below: an arrow at the edge.
      const shape = above ? "M0,-7L6,4H-6z" : below ? "M0,7L6,-4H-6z" : SHAPES[marker.style];
      svg.append(make("path", { class: `marker m${marker.style}`, "data-marker": marker.y, d: shape, transform: `translate(${toX(x).toFixed(2)},${place.toFixed(2)})` }));
    }
    svg.setAttribute("aria-label", `${spec.title}. ` + all("[data-row]").map((row) => row.dataset.said).join("; "));
  }

  // -- answering ----------------------------------------------------------------------------------------------

  function fill(setting, found) {
    for (const [code, input] of inputs) {
      const shown = show(setting[code]);
      input.setAttribute("aria-valuetext", shown);
      live.querySelector(`[data-number="${code}"]`).textContent = shown;
    }
    for (const slot of all("[data-slot]")) {
      const shown = show(found[slot.dataset.slot]);
      slot.textContent = slot.hasAttribute("data-base") && /[×−]/.test(shown) ? `(${shown})` : shown;
    }
    for (const row of all("[data-row]")) {
      const value = found[row.dataset.row], data = row.querySelector("data");
      const shown = Number.isNaN(value) ? row.dataset.none : show(value) + (row.dataset.unit ?? "");
      data.value = String(value);
      data.textContent = shown;
      row.classList.toggle("silent", Number.isNaN(value));
      row.dataset.said = `${row.dataset.name}: ${shown}`;
    }
    spec.notes.forEach((note, k) => {
      const value = found[note.key], node = all("[data-note]")[k];
      const text = Number.isNaN(value) ? note.none : note.texts[Math.min(note.texts.length - 1, Math.max(0, Math.round(value)))];
      const filled = text.replace(/\{(\w+)\}/g, (_, key) => show(found[key]));
      if (node.textContent !== filled) node.textContent = filled;
    });
    // What is wider than its place scrolls, and then the keyboard must reach it.
    for (const wide of all(".answering-formula")) {
      if (wide.scrollWidth > wide.clientWidth + 1) wide.tabIndex = 0;
      else wide.removeAttribute("tabindex");
    }
  }

  function update() {
    const setting = values(), found = at(setting);
    fill(setting, found);
    draw(setting, found);
  }

  host.figure = { at, along, values, update };
  host.dataset.live = "";
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      update();
    });
  };
  for (const input of inputs.values()) input.addEventListener("input", soon);
  chosen?.addEventListener("change", soon);
  live.querySelector("button").addEventListener("click", reset);
  reset();
  let width = 0; // drawing must not call for drawing
  new ResizeObserver(([entry]) => {
    if (Math.round(entry.contentRect.width) === width) return;
    width = Math.round(entry.contentRect.width);
    soon();
  }).observe(live.querySelector(".answering-chart"));
})

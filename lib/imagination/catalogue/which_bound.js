// Answers with every bound that the typed numbers allow. `host` holds the form and the places for the answer;
// the rest is printed from the claims: bounds, what stands in for an unknown input, what rewards alone allow.
((host, printed) => {
  "use strict";
  const { bounds, derived, otherSide, trivial, fields, words, presets } = printed;
  const find = (selector) => host.querySelector(selector);
  const form = find("form"), card = find("textarea"), copied = find(".copied");
  const control = (name) => form.elements[name];
  const codes = Object.keys(fields);

  // -- numbers ------------------------------------------------------------------------------------------------

  function show(x) {
    if (x === Infinity) return "∞";
    if (x !== 0 && (x >= 1e6 || x < 1e-4)) return x.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e");
    return String(Number(x.toPrecision(4)));
  }

  // What was typed: a number, NaN where nothing is, or a sentence that says what is wrong.
  function typed(code) {
    const text = control(code).value.trim().replace(",", "."), { whole, most, below } = fields[code];
    if (text === "") return NaN;
    const x = Number(text);
    if (!Number.isFinite(x) || x < 0) return "a number, 0 or more";
    if (whole && !Number.isInteger(x)) return "a whole number";
    if (most !== null && x > most) return `at most ${most}`;
    if (below !== null && !(1 - x >= 1e-5)) return "below 1, at most 0.99999";
    return x;
  }

  function setting() {
    const known = {}, problems = {}, standing = {};
    for (const code of codes) {
      const x = typed(code);
      if (typeof x === "string") problems[code] = x;
      else if (!Number.isNaN(x)) known[code] = x;
    }
    for (const [code, { needs, value, said }] of Object.entries(derived)) {
      if (code in known || code in problems || needs.some((need) => !(need in known))) continue;
      standing[code] = said;
    }
    for (const code of Object.keys(standing)) known[code] = derived[code].value(known);
    return { known, problems, standing, about: control("about").value, world: control("world").value };
  }

  // -- one bound: its value, or why it has none ------------------------------------------------------------------

  // Where a bound takes the smaller of two sides' constants, one that is known stands for one that is not.
  function readings(bound, known) {
    const learned = bound.inputs.filter((code) => code.endsWith("_hat"));
    const bothSides = learned.some((code) => code in known);
    return bound.inputs.map((code) => known[code] ?? (bothSides ? known[otherSide[code]] : undefined));
  }

  function ask(bound, { known, about, world }) {
    if (bound.about !== about) return { apart: true, why: `It speaks of ${words.about[bound.about]}.` };
    if (!bound.worlds.includes(world)) return { apart: true, why: `It is stated for ${words.world[bound.worlds[0]]} worlds.` };
    const values = readings(bound, known);
    const missing = bound.inputs.filter((_, k) => values[k] === undefined);
    if (missing.length) return { why: `It needs ${list(missing.map((code) => fields[code].letter))}.`, missing };
    const value = N.evaluate(bound.claim, ...values);
    if (!Number.isNaN(value)) return { value, values };
    const k = bound.claim.hypotheses.findIndex((each) => Number.isNaN(N.evaluate({ ...bound.claim, hypotheses: [each] }, ...values)));
    if (k < 0) return { why: "It has no value for numbers as extreme as these." };
    const failing = bound.claim.hypotheses[k];
    return { why: `It needs ${bound.conditions[k]}, and the left side is ${show(failing.low(...values))}.` };
  }

  function answer(now) {
    const asked = bounds.map((bound) => ({ bound, ...ask(bound, now) }));
    const speaking = asked.filter((each) => "value" in each).sort((a, b) => a.value - b.value);
    const rule = trivial[now.about];
    const most = rule && rule.needs.every((code) => code in now.known) ? rule.value(now.known) : NaN;
    return { speaking, silent: asked.filter((each) => "why" in each), most };
  }

  // -- in words ----------------------------------------------------------------------------------------------------

  const called = ({ number, name }) => `${number} (${name})`;
  const list = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);

  function verdict({ speaking: [best], most }) {
    if (!best) return "No bound applies yet: type what you know.";
    if (best.value === Infinity && Number.isNaN(most)) return "Every bound that applies exceeds the largest number.";
    if (best.value >= most) return `No bound says more than the rewards alone, which allow ${show(most)}.`;
    return `Smallest: ${show(best.value)} units of reward, by ${called(best.bound)}.`;
  }

  function reason({ speaking: [best, next], most }, standing) {
    const limit = Number.isNaN(most) ? "" : ` The rewards alone allow ${show(most)}, whatever the model.`;
    if (!best) return limit;
    let said = best.bound.why;
    if (next && best.value < Infinity) {
      const more = best.bound.inputs.filter((code) => !next.bound.inputs.includes(code) && !(code in standing));
      const ratio = next.value / best.value;
      said += next.value > best.value ? ` The next is ${called(next.bound)}, ` + (best.value > 0 ? `${show(ratio)} times as large` : show(next.value)) : ` As small is ${called(next.bound)}`;
      said += more.length ? `; it does not use ${list(more.map((code) => fields[code].letter))}.` : ".";
    }
    return said + limit;
  }

  function cardOf({ speaking, most }, { known, standing, about, world }) {
    if (!speaking.length) return "";
    const { bound, value, values } = speaking[0];
    const numbers = bound.inputs.map((code, k) => {
      const { letter, unit, words: meaning } = fields[code];
      const from = standing[code] ?? (code in known ? meaning : "the other side's, for want of its own");
      return `  ${letter} = ${show(values[k])}${unit === "no unit" ? "" : ` ${unit}`}  (${from})`;
    });
    return [
      `${bound.number}, ${bound.name} (On Training in Imagination)`,
      `Bounds ${words.about[about]}, for a ${words.world[world]} world.`,
      `Supposes: ${bound.supposes}.`,
      ...bound.conditions.filter((text) => /[<≤].*1$/.test(text)).map((text) => `Needs: ${text}.`),
      "Numbers put in:", ...numbers,
      `Result: at most ${show(value)} units of reward.`,
      ...(Number.isNaN(most) ? [] : [`The rewards alone allow ${show(most)}${value >= most ? ": the bound says nothing" : ""}.`]),
      ...(bound.theorem ? [`Proved in Coq: ${bound.theorem}.`] : []),
    ].join("\n");
  }

  // -- on the page ---------------------------------------------------------------------------------------------------

  // Text in which "_x" stands for an index, as nodes.
  const rich = (text) => text.split(/_(\p{L}+)/u).map((part, k) => {
    if (k % 2 === 0) return part;
    const index = document.createElement("sub");
    index.textContent = part;
    return index;
  });

  function item({ bound, value, why }, most) {
    const node = document.createElement("li"), link = document.createElement("a");
    link.href = bound.address;
    link.textContent = called(bound);
    node.append(link);
    if (why) node.append(". ", ...rich(why));
    else {
      const data = document.createElement("data");
      data.value = String(value);
      data.textContent = show(value);
      node.append(": ", data, value >= most ? ", no less than the rewards alone allow: says nothing." : "");
    }
    return node;
  }

  function update() {
    const now = setting(), found = answer(now);
    for (const code of codes) {
      const note = find(`#note-${code}`), wrong = now.problems[code];
      control(code).setAttribute("aria-invalid", String(Boolean(wrong)));
      note.textContent = wrong ? `must be ${wrong}` : fields[code].unit;
    }
    find(".best").textContent = verdict(found);
    find(".why").replaceChildren(...rich(reason(found, now.standing)));
    // What lacks least comes first.
    const lacks = found.silent.filter((each) => !each.apart).sort((a, b) => (a.missing?.length ?? 0) - (b.missing?.length ?? 0));
    const apart = found.silent.filter((each) => each.apart);
    find("ol").replaceChildren(...found.speaking.map((each) => item(each, found.most)));
    find(".lacks").replaceChildren(...lacks.map((each) => item(each, NaN)));
    find(".apart").replaceChildren(...apart.map((each) => item(each, NaN)));
    card.value = cardOf(found, now);
    copied.textContent = "";
    host.answer = { ...found, now };
  }

  // -- the address holds what was typed ----------------------------------------------------------------------------

  function fill(values) {
    for (const code of codes) control(code).value = values[code] ?? "";
    for (const name of Object.keys(words)) {
      control(name).value = values[name] in words[name] ? values[name] : Object.keys(words[name])[0];
    }
    update();
  }

  function remember() {
    const held = new URLSearchParams();
    for (const name of [...Object.keys(words), ...codes]) if (control(name).value) held.set(name, control(name).value.trim());
    history.replaceState(null, "", `#${held}`);
  }

  function recall() {
    const held = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (!codes.some((code) => code in held)) return false;
    fill(held);
    return true;
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "preset") {
      if (event.target.value !== "") fill(presets[event.target.value]);
    } else {
      control("preset").value = "";
      update();
    }
    remember();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    control("preset").value = "";
    fill({});
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", recall);
  find("section > button").addEventListener("click", async () => {
    card.select();
    try {
      await navigator.clipboard.writeText(card.value);
    } catch {
      document.execCommand("copy"); // pages from a folder have no clipboard
    }
    copied.textContent = "Copied.";
  });

  for (const node of [form, find("section")]) node.hidden = false;
  find(".still").hidden = true;
  if (!recall()) {
    control("preset").value = "0";
    fill(presets[0]);
  }
})

// Filters of the table before this script: an entry stays if it passes all of them.
((region) => {
  "use strict";
  const form = region.querySelector("form"), count = form.querySelector("output");
  const entries = [...region.querySelectorAll("tbody.entry")];
  const parts = [...region.querySelectorAll("tbody.part")];
  const words = new Map(entries.map((entry) => [entry, entry.textContent.toLowerCase()]));
  const wanted = (name) => form.elements[name].value;

  function passes(entry) {
    const { group, kind, chapter, status } = entry.dataset;
    return (!wanted("kind") || [group, kind].includes(wanted("kind")))
      && (!wanted("chapter") || chapter === wanted("chapter"))
      && (!wanted("status") || status.split("|").includes(wanted("status")))
      && wanted("text").toLowerCase().split(/\s+/).every((word) => words.get(entry).includes(word));
  }

  function update() {
    for (const entry of entries) entry.hidden = !passes(entry);
    const shown = entries.filter((entry) => !entry.hidden);
    for (const part of parts) part.hidden = !shown.some((entry) => entry.dataset.group === part.dataset.group);
    count.textContent = `${shown.length} of ${entries.length} shown`;
  }

  for (const control of form.elements) control.dataset.lmSuppressShortcuts = "true"; // in JupyterLab
  form.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(update));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  update();
})(document.currentScript.parentElement);

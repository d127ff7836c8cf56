// What is too wide scrolls in a box of its own. It says so, by its class: the style draws a shadow where there is more,
// and writes it above tables. It can be scrolled by keyboard too: it takes part in the order of tabs.
(() => {
  const wide = [
    ".bd-article pre",
    ".bd-article table",
    ".bd-article div.math",
    ".bd-article mjx-container",
    ".bd-article .results-table",
    ".bd-article .results-map",
    ".bd-article .cell_output",
    ".bd-article .output",
    ".bd-article .formula",
    ".bd-article .pst-scrollable-table-container",
    ".bd-article .table-container",
  ].join(", ");

  // A formula's box holds its text for screen readers too, which is not seen, and may be wider than the formula.
  const content = (node) =>
    node.querySelector(":scope > mjx-math")?.getBoundingClientRect().width ?? node.scrollWidth;

  const scrolls = (node) =>
    content(node) > node.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(node).overflowX);

  const shade = (node, wider) => {
    const left = Math.abs(node.scrollLeft);
    node.classList.toggle("more-before", wider && left > 1);
    node.classList.toggle("more-after", wider && left < content(node) - node.clientWidth - 1);
  };

  const update = () => {
    const nodes = [...document.querySelectorAll(wide)];
    const wider = nodes.map(scrolls);
    nodes.forEach((node, place) => {
      node.classList.toggle("scrolls", wider[place]);
      shade(node, wider[place]);
      if (wider[place]) {
        node.tabIndex = 0;
      } else if (node.tabIndex === 0 && node.localName !== "mjx-container") {
        node.removeAttribute("tabindex");
      }
    });
  };

  window.addEventListener("resize", update);
  document.addEventListener("scroll", ({ target }) => target.classList?.contains("scrolls") && shade(target, true), {
    capture: true,
    passive: true,
  });
  window.addEventListener("load", async () => {
    // A bibliography's entries have a role of their own, which a list may not hold.
    document.querySelectorAll(".citation-list[role='list']").forEach((list) => list.removeAttribute("role"));
    update();
    const article = document.querySelector(".bd-article");
    if (article) new ResizeObserver(update).observe(article);
    await window.MathJax?.startup?.promise;
    update();
  });
})();

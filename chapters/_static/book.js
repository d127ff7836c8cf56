// What can be scrolled can be scrolled by keyboard too: it takes part in the order of tabs while it is too wide.
(() => {
  const wide = [
    ".bd-article pre",
    ".bd-article table",
    ".bd-article div.math",
    ".bd-article .cell_output",
    ".bd-article .output",
    ".bd-article .formula",
    ".bd-article .pst-scrollable-table-container",
    ".bd-article .table-container",
  ].join(", ");

  const scrolls = (node) =>
    node.scrollWidth > node.clientWidth && ["auto", "scroll"].includes(getComputedStyle(node).overflowX);

  const update = () => {
    for (const node of document.querySelectorAll(wide)) {
      if (scrolls(node)) {
        node.tabIndex = 0;
      } else if (node.tabIndex === 0) {
        node.removeAttribute("tabindex");
      }
    }
  };

  window.addEventListener("resize", update);
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

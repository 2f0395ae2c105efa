// Tables that are wider than the page: on a phone each row becomes a block of its own, on paper the table becomes smaller.
(() => {
  "use strict";
  const paper = 640;
  const smallest = 0.62; // below it a table is not legible, and its sheet turns
  const comfortable = 0.8; // as small as a table gets on a screen before its rows become blocks
  const tables = [...document.querySelectorAll(".output table, .prose table")]
    .filter((table) => table.tHead?.rows.length === 1 && !table.querySelector("table, [colspan], [rowspan]"));

  for (const table of tables) {
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    table.setAttribute("role", "table");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      for (const cell of row.cells) {
        if (row.parentNode !== table.tHead) {
          cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
          cell.dataset.label = heads[cell.cellIndex] ?? "";
          if (cell.childNodes.length > 0) {
            const value = document.createElement("div");
            value.className = "value";
            value.append(...cell.childNodes);
            cell.append(value);
          }
        } else if (heads[cell.cellIndex]) cell.setAttribute("role", "columnheader");
      }
    }
  }

  // The width that a table cannot go below.
  function least(table) {
    const { width, display } = table.style;
    table.style.width = "min-content";
    table.style.display = "table";
    const result = table.offsetWidth;
    Object.assign(table.style, { width, display });
    return result;
  }

  function arrange() {
    const turned = new Set();
    for (const table of tables) {
      table.classList.remove("stacked", "fitted");
      const room = table.parentNode.clientWidth;
      const width = least(table);
      if (room === 0) continue;
      const isWide = width > room + 1;
      const isFitting = width * comfortable <= room;
      table.classList.toggle("fitted", isWide && isFitting);
      table.classList.toggle("stacked", isWide && !isFitting);
      table.style.setProperty("--shrunk", Math.min(1, room / (width + 2)).toFixed(3));
      const scale = Math.min(1, paper / width);
      table.style.setProperty("--fit", Math.max(scale, smallest).toFixed(3));
      if (scale < smallest) turned.add(table.closest(".output"));
    }
    for (const table of tables) table.closest(".output")?.classList.toggle("turned", turned.has(table.closest(".output")));
  }

  arrange();
  addEventListener("load", arrange);
  addEventListener("resize", arrange);
  document.addEventListener("toggle", arrange, true);
})();

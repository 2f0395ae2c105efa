// Tables that brought a script to sort themselves by: the page has taken it out, and sorts them.
(() => {
  "use strict";
  const empty = (text) => text === "" || text === "\u2013";
  const key = (row, column) => row.cells[column]?.dataset.sort ?? row.cells[column]?.textContent.trim() ?? "";

  function sort(table, head) {
    const body = table.tBodies[0];
    const column = head.cellIndex;
    const keys = new Map([...body.rows].map((row) => [row, key(row, column)]));
    const numbers = [...keys.values()].every((text) => empty(text) || !Number.isNaN(parseFloat(text)));
    const was = head.getAttribute("aria-sort");
    // Numbers begin with the largest, names with A; what is unknown comes last both ways.
    const sign = (was ? was === "ascending" : numbers) ? -1 : 1;
    for (const cell of head.parentNode.cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const compare = (a, b) => (numbers ? parseFloat(a) - parseFloat(b) : a.localeCompare(b, "en", { numeric: true }));
    body.append(...[...keys].sort(([, a], [, b]) => empty(a) - empty(b) || sign * compare(a, b) || 0).map(([row]) => row));
  }

  for (const head of document.querySelectorAll(".output table > thead.sortable")) {
    const table = head.parentNode;
    if (table.tBodies.length === 0) continue;
    for (const cell of head.querySelectorAll("th")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => sort(table, cell));
    }
  }
})();

(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const charts = [];

  // A figure keeps its data; ink, grid and paper are the page's, so that it reads in light, dark and print.
  function themed(layout, width, printing) {
    const ink = printing ? "#1c2128" : colour("--ink");
    const soft = printing ? "#5b6573" : colour("--soft");
    const rule = printing ? "#e3e6ea" : colour("--rule");
    const page = printing ? "#ffffff" : colour("--page");
    const clear = "rgba(0,0,0,0)";
    const result = structuredClone(layout || {});
    const title = (value) => {
      const object = typeof value === "string" ? { text: value } : value;
      return object && { ...object, font: { ...object.font, color: ink } };
    };
    delete result.width;
    result.autosize = true;
    result.height ??= 420;
    result.paper_bgcolor = clear;
    result.plot_bgcolor = clear;
    result.font = { size: 13, ...result.font, color: ink, family: getComputedStyle(document.body).fontFamily };
    result.colorway ??= dark.matches && !printing
      ? ["#8ab0ff", "#f0a877", "#7fd1a0", "#f48fbd", "#c79bf2", "#6cc7dd", "#e6d37a", "#a3adba"]
      : ["#2f5fd0", "#d9731a", "#1a8a55", "#c2337a", "#7c3aad", "#11809c", "#a98600", "#5b6573"];
    result.hoverlabel = { ...result.hoverlabel, bgcolor: page, bordercolor: rule, font: { ...result.hoverlabel?.font, color: ink } };
    result.margin = { t: result.title ? 64 : 28, r: 28, b: 52, l: 60, ...result.margin };
    result.modebar = { bgcolor: clear, color: soft, activecolor: ink };
    if (result.title) result.title = title(result.title);
    if (result.legend || result.showlegend !== false) {
      result.legend = { ...result.legend, bgcolor: clear, font: { ...result.legend?.font, color: ink } };
    }
    if (width < 560 && result.legend && result.legend.x === undefined) {
      Object.assign(result.legend, { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" });
    }
    for (const key of new Set(["xaxis", "yaxis", ...Object.keys(result)])) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      const axis = { ...result[key], gridcolor: rule, zerolinecolor: rule, linecolor: rule, tickcolor: rule };
      axis.tickfont = { ...axis.tickfont, color: soft };
      if (axis.title) axis.title = title(axis.title);
      result[key] = axis;
    }
    for (const note of result.annotations || []) note.font = { ...note.font, color: ink };
    return result;
  }

  function draw(chart, printing) {
    const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"], ...chart.figure.config };
    return Plotly.react(chart.place, structuredClone(chart.figure.data || []), themed(chart.figure.layout, chart.place.clientWidth, printing), config);
  }

  function drawAll(printing) {
    for (const chart of charts) draw(chart, printing);
  }

  for (const output of document.querySelectorAll(".output.chart")) {
    const figure = JSON.parse(output.querySelector("script").textContent);
    if (!figure || typeof Plotly === "undefined") continue;
    const chart = { place: output.querySelector(".plot"), figure };
    output.classList.add("drawn");
    draw(chart, false).then(() => charts.push(chart), () => output.classList.remove("drawn"));
  }

  dark.addEventListener("change", () => drawAll(false));
  addEventListener("beforeprint", () => drawAll(true));
  addEventListener("afterprint", () => drawAll(false));

  if (typeof mermaid !== "undefined") {
    mermaid.initialize({ startOnLoad: false, theme: dark.matches ? "dark" : "neutral" });
    mermaid.run({ nodes: [...document.querySelectorAll("pre.mermaid")].filter((node) => !node.closest("details:not([open])")) });
  }

  // What is folded has no width to be drawn in before it is opened.
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    for (const chart of charts) if (target.contains(chart.place)) draw(chart, false);
    if (typeof mermaid === "undefined") return;
    const nodes = [...target.querySelectorAll("pre.mermaid:not([data-processed])")].filter((node) => !node.closest("details:not([open])"));
    if (nodes.length > 0) mermaid.run({ nodes });
  }, true);

  if (navigator.clipboard) {
    for (const code of document.querySelectorAll(".code")) {
      const button = document.createElement("button");
      button.className = "copy";
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = "Copy"), 1200);
      });
      code.append(button);
    }
  }

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  if (links.size > 0 && "IntersectionObserver" in window) {
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.classList.remove("here");
        links.get(entry.target.id)?.classList.add("here");
      }
    }, { rootMargin: "0px 0px -75% 0px" });
    for (const id of links.keys()) watcher.observe(document.getElementById(id));
  }
})();

// Charts: each figure keeps its data; ink, grid, paper and arrangement are the page's, so that it reads in light, dark, print and on a phone.
(() => {
  "use strict";
  const narrow = 560;
  const paper = 600; // what a sheet of A4 and of Letter leave beside the page's margins
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const charts = [];

  const pen = document.createElement("canvas").getContext("2d");
  function measure(text, size, weight = 400) {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    return pen.measureText(text.replace(/<[^>]*>/g, "")).width;
  }

  // Plotly breaks no line of a title by itself.
  function wrap(text, size, width, weight) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (lines.at(-1) && measure(longer, size, weight) > width) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  // Panels that stand beside each other stand below each other.
  function stack(layout) {
    const panels = Object.keys(layout)
      .filter((key) => /^xaxis\d*$/.test(key) && layout[key].domain && !layout[key].overlaying)
      .map((key) => ({ x: layout[key], y: layout[key.replace("x", "y")] }))
      .filter((panel) => panel.y && !panel.y.domain)
      .sort((a, b) => a.x.domain[0] - b.x.domain[0]);
    if (panels.length < 2 || panels.some((panel, i) => i > 0 && panel.x.domain[0] < panels[i - 1].x.domain[1])) return;
    const gap = 0.32 / panels.length;
    const each = (1 - gap * (panels.length - 1)) / panels.length;
    panels.forEach((panel, i) => {
      const top = 1 - i * (each + gap);
      panel.x.domain = [0, 1];
      panel.y.domain = [Math.max(0, top - each), top];
    });
    layout.height = 230 * panels.length + 110;
  }

  // What a narrow page has room for: titles in several lines, the legend below all else.
  function fit(layout, traces, width) {
    const room = width - 24;
    const title = layout.title;
    let more = 0;
    if (title?.text) {
      Object.assign(title, { xref: "container", x: 12 / width, xanchor: "left" });
      const size = title.font?.size ?? 17;
      const lines = wrap(title.text, size, room, title.font?.weight);
      title.text = lines.join("<br>");
      more += (lines.length - 1) * size * 1.3;
      // Plotly stands the middle of several lines where it stands one.
      title.pad = { ...title.pad, t: (title.pad?.t ?? 0) + (lines.length - 1) * size * 0.65 };
      if (title.subtitle?.text) {
        const small = title.subtitle.font?.size ?? 12;
        const rows = wrap(title.subtitle.text, small, room);
        title.subtitle = { ...title.subtitle, text: rows.join("<br>") };
        more += (rows.length - 1) * small * 1.3;
      }
    }
    const names = traces.filter((trace) => trace.name && trace.showlegend !== false).map((trace) => trace.name);
    let below = 0;
    if (layout.showlegend !== false && (layout.showlegend || names.length > 1)) {
      const longest = Math.max(0, ...names.map((name) => measure(name, layout.legend?.font?.size ?? 12) + 50));
      below = 16 + 20 * Math.ceil(names.length / Math.max(1, Math.floor(room / longest)));
      layout.legend = { ...layout.legend, orientation: "h", xref: "container", x: 0.02, xanchor: "left", yref: "container", y: 0, yanchor: "bottom" };
    }
    const axes = Object.keys(layout).filter((key) => /^yaxis\d*$/.test(key) && layout[key].automargin === undefined);
    for (const key of axes) layout[key].automargin = true;
    for (const key of Object.keys(layout).filter((each) => /^xaxis\d*$/.test(each) && layout[each].title?.text)) {
      const [from, to] = layout[key].domain ?? [0, 1];
      const axis = layout[key].title;
      const size = axis.font?.size ?? 14;
      const lines = wrap(axis.text, size, (to - from) * (width - 40));
      layout[key].title = { ...axis, text: lines.join("<br>") };
      below = Math.max(below, below + (lines.length - 1) * size * 1.3);
    }
    layout.margin = { ...layout.margin, t: layout.margin.t + more, r: Math.min(layout.margin.r, 16), b: layout.margin.b + below };
    layout.height += more + below;
  }

  function themed({ data, layout }, width, printing) {
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
    if (printing) result.width = paper;
    result.autosize = !printing;
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
    if (result.title?.subtitle) result.title.subtitle = title(result.title.subtitle);
    if (result.legend || result.showlegend !== false) {
      result.legend = { ...result.legend, bgcolor: clear, font: { ...result.legend?.font, color: ink } };
    }
    for (const key of new Set(["xaxis", "yaxis", ...Object.keys(result)])) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      const axis = { ...result[key], gridcolor: rule, zerolinecolor: rule, linecolor: rule, tickcolor: rule };
      axis.tickfont = { ...axis.tickfont, color: soft };
      if (axis.title) axis.title = title(axis.title);
      result[key] = axis;
    }
    for (const note of result.annotations || []) note.font = { ...note.font, color: ink };
    if (width < narrow && !printing) {
      stack(result);
      fit(result, data || [], width);
    }
    return result;
  }

  // The tools do what works without a network, and stand where no title is.
  function configured({ config, layout }, width) {
    const title = layout?.title?.text ?? layout?.title ?? "";
    const beside = width - measure(typeof title === "string" ? title : "", 20) > 260;
    return {
      ...config,
      responsive: true,
      displaylogo: false,
      displayModeBar: beside && width >= narrow ? config?.displayModeBar ?? "hover" : false,
      showSendToCloud: false,
      showEditInChartStudio: false,
      showLink: false,
      modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud", "editInChartStudio", "select2d", "lasso2d", "autoScale2d"]
        .concat(config?.modeBarButtonsToRemove ?? []),
    };
  }

  // Whatever a figure has in the place of what Plotly takes fails it alone.
  async function draw(chart, printing) {
    const width = printing ? paper : chart.place.clientWidth;
    chart.narrow = width < narrow;
    const { figure } = chart;
    const layout = themed(figure, width, printing);
    await Plotly.react(chart.place, structuredClone(figure.data || []), layout, configured(figure, width));
    if (!printing && chart.narrow) await settle(chart.place);
  }

  // What stands beside a mark and out of a narrow chart gets room, and of labels on each other the first is left: a touch says the others.
  async function settle(place) {
    // A panel that has become narrower brings its labels in by less than it gave way.
    for (let pass = 0; pass < 3; pass++) {
      const box = place.getBoundingClientRect();
      const rects = [...place.querySelectorAll(".annotation-text, .bartext, .textpoint text")].map((label) => label.getBoundingClientRect());
      const left = Math.max(0, ...rects.map((rect) => box.left - rect.left));
      const right = Math.max(0, ...rects.map((rect) => rect.right - box.right));
      if (left + right === 0) break;
      const { l, r } = place._fullLayout._size;
      await Plotly.relayout(place, { "margin.l": left > 0 ? l + left + 6 : l, "margin.r": right > 0 ? r + right + 6 : r });
    }
    const kept = [];
    for (const label of place.querySelectorAll(".annotation-text, .textpoint text")) {
      const box = label.getBoundingClientRect();
      const clash = kept.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom - 2 && other.top < box.bottom - 2);
      if (clash) label.style.visibility = "hidden";
      else kept.push(box);
    }
  }

  // A chart that brought its picture is drawn when the reader comes near; until then, and once the page has changed, the picture stands there.
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const chart = charts.find(({ box }) => box === target);
      if (!chart) continue;
      chart.near = isIntersecting;
      if (isIntersecting && !chart.drawn) show(chart);
    }
  }, { rootMargin: "100% 0px" });

  function show(chart) {
    chart.drawn = true;
    chart.box.classList.add("drawn");
    draw(chart, false).catch(() => {
      near.unobserve(chart.box);
      charts.splice(charts.indexOf(chart), 1);
      chart.box.classList.remove("drawn");
    });
  }

  function hide(chart) {
    chart.drawn = false;
    chart.box.classList.remove("drawn");
    Plotly.purge(chart.place);
    chart.place.replaceChildren();
  }

  function redraw(printing, which = () => true) {
    for (const chart of charts.filter((each) => each.drawn && which(each))) {
      if (chart.near) draw(chart, printing).catch(() => {});
      else hide(chart);
    }
  }

  function add(place, box, figure) {
    const chart = { place, box, figure, near: bare({ place }), drawn: false };
    charts.push(chart);
    if (chart.near) show(chart);
    else near.observe(box);
  }

  function bare({ place }) {
    return !place.parentNode.querySelector(":scope > .fallback");
  }

  function parse(json) {
    try {
      const figure = JSON.parse(json.textContent);
      return typeof figure === "object" ? figure : null;
    } catch {
      return null;
    }
  }

  // An element whose id is the library's name is found by it too.
  if (typeof globalThis.Plotly?.react === "function") {
    for (const output of document.querySelectorAll(".output.chart")) {
      const figure = parse(output.querySelector("script"));
      if (figure) add(output.querySelector(".plot"), output, figure);
    }
    // Figures within HTML that brings its own picture of them.
    for (const json of document.querySelectorAll('.output.html script[type="application/vnd.plotly.v1+json"]')) {
      const box = json.parentNode;
      const picture = [...box.children].find((child) => child.matches("svg, img"));
      const figure = parse(json);
      if (!figure || !picture || "drawn" in box.dataset) continue;
      box.dataset.drawn = "";
      const fallback = document.createElement("div");
      const place = document.createElement("div");
      fallback.className = "fallback";
      place.className = "plot";
      picture.replaceWith(place, fallback);
      fallback.append(picture);
      add(place, box, figure);
    }
  }

  dark.addEventListener("change", () => redraw(false));
  addEventListener("resize", () => redraw(false, (chart) => chart.place.clientWidth > 0 && chart.narrow !== chart.place.clientWidth < narrow));
  // On paper a chart is its picture, which has any width; one that brought none is drawn as wide as a sheet.
  addEventListener("beforeprint", () => redraw(true, bare));
  addEventListener("afterprint", () => redraw(false, bare));

  // What is folded has no width to be drawn in before it is opened.
  document.addEventListener("toggle", ({ target }) => {
    if (target.open) redraw(false, (chart) => target.contains(chart.place));
  }, true);
})();

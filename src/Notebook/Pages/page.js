(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // An element whose id is the library's name is found by it too.
  const draws = typeof globalThis.mermaid?.initialize === "function";
  if (draws) {
    // What a diagram may not set for itself: beside mermaid's own list, on a sanitised page, styles that it would add.
    const secure = ["secure", "securityLevel", "startOnLoad", "maxTextSize", "suppressErrorRendering", "maxEdges"]
      .concat(document.body.classList.contains("sanitized") ? ["themeCSS", "fontFamily", "altFontFamily", "dompurifyConfig"] : []);
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", secure, theme: dark.matches ? "dark" : "neutral" });
    mermaid.run({ nodes: [...document.querySelectorAll("pre.mermaid")].filter((node) => !node.closest("details:not([open])")) });
  }

  // What is folded has no width to be drawn in before it is opened.
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open || !draws) return;
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

  // The contents say where the reader is: in the section whose heading was the last to pass the upper third.
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [document.getElementById(link.hash.slice(1)), link]));
  links.delete(null);
  function follow() {
    const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const here = [...links.keys()].filter((heading) => end || heading.getBoundingClientRect().top < innerHeight / 3).at(-1);
    for (const [heading, link] of links) {
      if (heading === here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  }
  if (links.size > 0) {
    follow();
    addEventListener("scroll", follow, { passive: true });
    addEventListener("resize", follow);
  }

  // What has to be scrolled is reached by the keyboard too.
  function reach() {
    for (const area of document.querySelectorAll("pre, .output, .output div")) {
      const scrolls = /auto|scroll/.test(getComputedStyle(area).overflowX) && area.scrollWidth > area.clientWidth + 1;
      if (scrolls) area.tabIndex = 0;
      else if (area.tabIndex === 0 && !area.matches("[contenteditable], summary")) area.removeAttribute("tabindex");
    }
  }
  addEventListener("load", () => setTimeout(reach));
  addEventListener("resize", reach);
})();

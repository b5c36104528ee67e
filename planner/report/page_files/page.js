/* Draws the charts, switches views, filters rows, and hands out tables as CSV. */
"use strict";
(() => {
  const root = document.documentElement;
  const { themes, figures } = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const INK = "#000000"; // in a figure: the colour of words, whatever that is here
  const LEGEND = { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" };
  const PAPER_WIDTH = 680; // pixels between the margins of a printed page
  const FILTERED = 20; // rows from which a table can be searched

  /* Charts. */

  async function unpack(text) {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const inflate = new DecompressionStream("deflate");
    return new Response(new Blob([packed]).stream().pipeThrough(inflate)).text();
  }

  async function load() {
    const holder = document.getElementById("plotly");
    const script = document.createElement("script");
    script.textContent = await unpack(holder.textContent);
    holder.remove();
    document.head.append(script);
  }

  function copied(value, ink) {
    if (value === INK) return ink;
    if (Array.isArray(value)) return value.map((each) => copied(each, ink));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, copied(each, ink)]),
    );
  }

  function draw(box) {
    const onPaper = root.dataset.paper === "yes";
    const theme = themes[dark.matches && !onPaper ? "dark" : "light"];
    const { data, layout } = copied(figures[box.dataset.chart], theme.font.color);
    const { height, ...rest } = layout;
    // On the box: Plotly forgets the height of a layout when its width changes.
    box.style.height = height ? `${height}px` : "";
    Plotly.react(
      box,
      data,
      {
        ...rest,
        legend: { ...LEGEND, ...rest.legend },
        template: { layout: structuredClone(theme) },
        margin: { l: 10, r: 10, t: 10, b: 10, ...rest.margin },
        width: onPaper ? PAPER_WIDTH : undefined,
      },
      { displayModeBar: false, responsive: true },
    );
  }

  const drawAll = () => {
    for (const box of document.querySelectorAll("figure:not([hidden]) .chart")) draw(box);
  };

  function show(section, name) {
    for (const figure of section.querySelectorAll("figure")) {
      figure.hidden = figure.dataset.view !== name;
      const box = figure.querySelector(".chart");
      if (box && !figure.hidden) draw(box);
    }
  }

  async function start() {
    try {
      await load();
    } catch {
      document.getElementById("no-charts").hidden = false;
      return;
    }
    drawAll();
    dark.addEventListener("change", drawAll);
    for (const input of document.querySelectorAll(".views input")) {
      const section = input.closest("section");
      input.addEventListener("change", () => show(section, input.value));
    }
    addEventListener("beforeprint", toPaper);
    addEventListener("afterprint", fromPaper);
    root.dataset.drawn = "yes";
  }

  /* Paper: light, as wide as a page, all tables open. */

  let closed = [];

  function toPaper() {
    root.dataset.paper = "yes";
    closed = [...document.querySelectorAll(".table details:not([open])")];
    for (const each of closed) each.open = true;
    drawAll();
  }

  function fromPaper() {
    delete root.dataset.paper;
    for (const each of closed) each.open = false;
    drawAll();
  }

  /* Tables. */

  function quoted(text) {
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function csvOf(table) {
    const lines = [...table.rows].map((row) =>
      [...row.cells].map((cell) => quoted(cell.dataset.value ?? cell.textContent)).join(","),
    );
    return lines.map((line) => `${line}\r\n`).join("");
  }

  function download(button) {
    const table = button.parentElement.querySelector("table");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csvOf(table)], { type: "text/csv" }));
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function addFilter(table) {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < FILTERED) return;
    const label = document.createElement("label");
    const input = document.createElement("input");
    label.className = "filter";
    input.type = "search";
    label.append("Rows with ", input);
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.parentElement.before(label);
  }

  for (const table of document.querySelectorAll(".table table")) addFilter(table);
  for (const button of document.querySelectorAll("button.csv")) {
    button.addEventListener("click", () => download(button));
  }
  start();
})();

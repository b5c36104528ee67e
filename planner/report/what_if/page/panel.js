/* The what-if panel: sliders, what the plan comes to, charts, and the command that does
   the same. The Worker solves; this only asks, draws, and never waits. */
"use strict";
(() => {
  const $ = (id) => document.getElementById(`what-if-${id}`);
  const root = document.documentElement;
  const panel = document.getElementById("what-if");
  const { sliders } = WHAT_IF;
  const factors = sliders.map(() => 1);
  const TITLES = {
    budget: "Budgets", power: "Power of the sites", demand: "Demand", supply: "Supply",
    price: "Prices of accelerators", lease: "Leases", energy: "Electricity", value: "Value of the work",
  };
  const PAUSE = 40; // ms from the first move to asking for a solve: others may follow
  const REST = 150; // ms without another move before the charts are drawn
  const STEPS = 100; // of a slider to each side
  const SAME = 1e-9;
  const NOISE = 1e-11; // of the objective: a gain below this is the rounding of duals
  const AGREES = 1e-6; // relative distance from the plan as written that rounding explains

  /* Words and numbers. */

  const PREFIXES = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

  function digits(number, significant = 4) {
    if (!Number.isFinite(number)) return "–";
    const rounded = Number(number.toPrecision(significant));
    return rounded.toLocaleString("en-US", { maximumSignificantDigits: significant });
  }

  function scaled(number, unit) {
    const [size, prefix] = PREFIXES.find(([each]) => Math.abs(number) >= each * 0.99995) ?? [1, ""];
    return `${digits(number / size)} ${prefix}${unit}`;
  }

  const count = (number) => digits(number, Math.abs(number) >= 1000 ? 15 : 4);
  const whole = (number) => (Math.abs(number) >= 100 ? count(Math.round(number)) : count(number));
  const money = (usd) => scaled(usd, "USD");
  const CARDS = [
    ["objective_usd", WHAT_IF.maximize ? "Profit, present value" : "Cost, present value", money, WHAT_IF.maximize ? 1 : -1],
    ["capex_usd", "Capex, nominal", money, 0],
    ["opex_usd", "Opex, nominal", money, 0],
    ["peak_power_mw", "Peak power", (mw) => scaled(mw * 1e6, "W"), 0],
    ["energy_mwh", "Energy", (mwh) => scaled(mwh * 1e6, "Wh"), 0],
    ["co2e_t", "CO2e", (t) => `${whole(t)} t`, 0],
    ["accelerators", "Accelerators, last period", whole, 0],
    ["h100_equivalents", "H100-equivalents", whole, 0],
    ["unserved_fraction", "Unmet demand", (share) => `${digits(share * 100, 4)} %`, -1],
    ["unfinished_runs", "Unfinished runs", String, -1],
  ];

  function element(name, properties = {}, ...content) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...content);
    return made;
  }

  /* Sliders. */

  const rows = [];

  /** Return the value that a slider shows at a factor: of its one input, or in percent. */
  const shownValue = ({ value }, factor) => Number(((value ?? 100) * factor).toPrecision(12));
  const factorOf = ({ value }, shown) => shown / (value ?? 100);

  /** A slider is as far to one side for half as much as to the other for twice as much. */
  const toPlace = ({ least, most }, factor) =>
    STEPS * (factor < 1 ? -Math.log(factor) / Math.log(least) : Math.log(factor) / Math.log(most));

  /** Return the factor at a place, of a value with few digits, so that what is set is
   *  short; enough of them that every place has its own. */
  function fromPlace(slider, place) {
    if (Number(place) === 0) return 1;
    const factor = (place < 0 ? slider.least : slider.most) ** (Math.abs(place) / STEPS);
    return factorOf(slider, Number(((slider.value ?? 100) * factor).toPrecision(4)));
  }

  function addSlider(slider, number) {
    const id = `what-if-${number}`;
    const range = element("input", { type: "range", id, min: -STEPS, max: STEPS, step: 1, value: 0 });
    const field = element("input", { type: "number", step: "any" });
    const ends = [slider.least, slider.most].map((factor) => shownValue(slider, factor)).sort((a, b) => a - b);
    [field.min, field.max] = ends;
    field.setAttribute("aria-label", `${slider.label} in ${slider.unit || "accelerators"}`);
    const reset = element("button", { type: "button", textContent: "↺", disabled: true });
    reset.setAttribute("aria-label", `Reset ${slider.label}`);
    reset.title = "Reset";
    const worth = element("p", { className: "worth" });
    const label = element("label", { htmlFor: id }, element("bdi", { textContent: slider.label }));
    const unit = element("span", { className: "number" }, field, slider.unit);
    const row = element("div", { className: "slider" }, label, unit, reset, range, worth);
    range.addEventListener("input", () => move(number, fromPlace(slider, range.value)));
    field.addEventListener("change", () => typed(number));
    reset.addEventListener("click", () => { move(number, 1); range.focus(); });
    rows.push({ row, range, field, reset, worth });
    show(number);
    return row;
  }

  function addSliders() {
    const form = $("sliders");
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const family of Object.keys(TITLES)) {
      const own = [...sliders.keys()].filter((number) => sliders[number].family === family);
      if (own.length) {
        const legend = element("legend", { textContent: TITLES[family] });
        const set = element("fieldset", {}, legend);
        for (const number of own) set.dataset.family = family;
        form.append(set);
      }
    }
    sliders.forEach((slider, number) => {
      form.querySelector(`[data-family="${slider.family}"]`).append(addSlider(slider, number));
    });
  }

  function show(number) {
    const [slider, factor, parts] = [sliders[number], factors[number], rows[number]];
    const value = shownValue(slider, factor);
    parts.range.value = toPlace(slider, factor);
    parts.range.setAttribute("aria-valuetext", `${digits(value, 6)} ${slider.unit}, ${digits(factor * 100)} % of what is written`);
    parts.field.value = value;
    parts.reset.disabled = factor === 1;
    parts.row.classList.toggle("moved", factor !== 1);
  }

  function typed(number) {
    const { field } = rows[number];
    const slider = sliders[number];
    if (!field.value || !field.checkValidity()) {
      field.reportValidity();
      return;
    }
    const factor = factorOf(slider, Number(field.value));
    move(number, Math.abs(factor - 1) < SAME ? 1 : factor);
  }

  function move(number, factor) {
    factors[number] = factor;
    show(number);
    changed();
  }

  function changed() {
    const any = factors.some((factor) => factor !== 1);
    if (any) root.dataset.changed = "yes";
    else delete root.dataset.changed;
    $("reset").disabled = !any;
    $("text").hidden = true;
    $("copied").textContent = "";
    panel.setAttribute("aria-busy", "true");
    clearTimeout(draw.timer);
    // Browsers refuse to change their history many times a second.
    clearTimeout(writeHash.timer);
    writeHash.timer = setTimeout(writeHash, REST);
    toAsk ??= setTimeout(() => {
      toAsk = null;
      ask();
    }, PAUSE);
  }

  /* The command, and the link that does the same. */

  /** Return what --set takes, of every slider that is not where it was. */
  const setTexts = () =>
    sliders.flatMap(({ settings }, number) =>
      factors[number] === 1 ? [] : settings.map((setting) => written(setting, factors[number])),
    );

  function written({ words, numbers }, factor) {
    const values = numbers.map((number) => String(Number((number * factor).toPrecision(12))));
    return words.map((word, i) => word + (values[i] ?? "")).join("").trimEnd();
  }

  const quoted = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;
  const command = () => [WHAT_IF.command, ...setTexts().map((text) => `--set ${quoted(text)}`)].join(" ");

  function writeHash() {
    const parts = setTexts().map((text) => `set=${encodeURIComponent(text)}`);
    const hash = parts.length ? `#what-if&${parts.join("&")}` : "#what-if";
    if (!parts.length && !location.hash.startsWith("#what-if&")) return;
    try {
      history.replaceState(null, "", hash);
    } catch {
      location.hash = hash; // where history is closed to pages from files
    }
  }

  /** Take the values that a link sets; return those that fit no slider. */
  function readHash() {
    const parts = location.hash.split("&").filter((part) => part.startsWith("set="));
    const texts = parts.map((part) => decoded(part.slice("set=".length)));
    factors.fill(1);
    const unknown = texts.filter((text) => !sliders.some((slider, number) => takes(slider, number, text)));
    factors.forEach((_, number) => show(number));
    return unknown;
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // cut off on its way
    }
  }

  function takes(slider, number, text) {
    return slider.settings.some(({ words, numbers }) => {
      if (!text.startsWith(words[0])) return false;
      const value = parseFloat(text.slice(words[0].length));
      const factor = Number((value / numbers[0]).toPrecision(12));
      const fits = factor >= slider.least * (1 - SAME) && factor <= slider.most * (1 + SAME);
      const same = fits && written({ words, numbers }, value / numbers[0]) === text;
      if (same) factors[number] = value / numbers[0];
      return same;
    });
  }

  async function copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      $("copied").textContent = `The ${what} is copied.`;
    } catch {
      // A page from a file may not write there: the text is shown, selected.
      const area = $("text").querySelector("textarea");
      $("text").hidden = false;
      area.value = text;
      area.focus();
      area.select();
      $("copied").textContent = `The browser does not let this page copy; the ${what} is selected below.`;
    }
  }

  const OTHER = "This browser finds another plan than the one as written: do not trust what the sliders say.";

  /* Asking the Worker: one question at a time, then the newest. */

  let worker = null;
  let asked = 0;
  let toAsk = null; // timer, while what has moved is not asked for yet
  let open = false;
  let waiting = false;
  let base = null; // figures of the plan as written
  let other = false; // whether it is another here

  function ask() {
    if (!worker) return;
    if (open) {
      waiting = true;
      return;
    }
    open = true;
    waiting = false;
    asked += 1;
    worker.postMessage({ id: asked, factors: [...factors] });
  }

  function answered({ data }) {
    open = false;
    if (data.id === 0) {
      base = data.metrics ?? null;
      other = isOther(data);
    }
    if (waiting) {
      ask(); // what was asked before is no longer where the sliders stand
      return;
    }
    panel.setAttribute("aria-busy", String(toAsk !== null));
    panel.dataset.answer = String(data.id);
    say(data);
    current = data.status === "optimal" ? data : null;
    showCards(data);
    showWorths(data);
    showConflict(data);
    draw();
  }

  function say(data) {
    const line = $("result");
    const time = data.seconds === undefined ? "" : ` Solved in ${digits(data.seconds * 1000, 3)} ms.`;
    line.classList.toggle("failed", other || data.status !== "optimal");
    if (other) line.textContent = OTHER;
    else if (data.status === "optimal") line.textContent = `${difference(data.metrics)}${time}`;
    else if (data.status === "infeasible") line.textContent = `No plan keeps every limit.${time}`;
    else line.textContent = `The plan could not be found: ${data.reason}.`;
  }

  /** Return whether the plan as written is another here: then nothing can be trusted. */
  function isOther(data) {
    const { status, objective_usd: written } = WHAT_IF.written;
    const decided = ["optimal", "infeasible"];
    if (!decided.includes(status) || !decided.includes(data.status)) return false;
    if (status !== data.status) return true;
    if (status === "infeasible") return false;
    return Math.abs(data.metrics.objective_usd - written) > AGREES * Math.max(Math.abs(written), 1);
  }

  function difference(metrics) {
    const kind = WHAT_IF.maximize ? "Profit" : "Cost";
    const text = `${kind} ${money(metrics.objective_usd)}`;
    if (base === null) return `${text}.`;
    const change = metrics.objective_usd - base.objective_usd;
    if (Math.abs(change) <= SAME * Math.abs(base.objective_usd)) return `${text}, as in the plan as written.`;
    return `${text}, ${money(Math.abs(change))} ${change > 0 ? "more" : "less"} than in the plan as written.`;
  }

  function showCards({ metrics }) {
    $("cards").replaceChildren(...CARDS.map(([name, label, text, better]) => card(name, label, text, better, metrics)));
  }

  function card(name, label, text, better, metrics) {
    const value = metrics?.[name] ?? null;
    const made = element("li", { className: "card" }, element("span", { className: "label", textContent: label }));
    made.dataset.metric = name;
    made.dataset.value = value === null ? "" : String(value);
    made.append(element("span", { className: "value", textContent: value === null ? "–" : text(value) }));
    const before = base?.[name] ?? null;
    if (value === null || before === null) return made;
    const change = value - before;
    if (Math.abs(change) <= SAME * Math.max(Math.abs(before), 1e-3)) return made;
    const verdict = better === 0 ? "" : change * better > 0 ? "better" : "worse";
    const size = name === "unserved_fraction" ? `${digits(Math.abs(change) * 100)} points` : text(Math.abs(change));
    const said = `${change > 0 ? "+" : "−"}${size}`;
    made.append(element("span", { className: `change ${verdict}`, textContent: verdict ? `${said} ${verdict}` : said }));
    return made;
  }

  /** Say what more of each input is worth at the margin, by the duals. */
  function showWorths({ gains }) {
    rows.forEach(({ worth }, number) => {
      worth.textContent = gains ? worthOf(sliders[number], gains[number], factors[number]) : "";
    });
  }

  function worthOf(slider, gain, factor) {
    if (Math.abs(gain) < Math.max(0.005, NOISE * Math.abs(current.metrics.objective_usd))) return "a little more changes nothing";
    const verb = gain > 0 ? "is worth" : "costs";
    const hundredth = `1 % more ${verb} ${money(Math.abs(gain))}`;
    if (slider.value === null) return hundredth;
    const one = Math.abs(gain / (slider.value * factor * 0.01));
    return `one more ${slider.unit || "accelerator"} ${verb} ${money(one)}; ${hundredth}`;
  }

  function showConflict({ conflict }) {
    const box = $("conflict");
    box.hidden = !conflict;
    if (!conflict) return;
    const items = conflict.limits.map((text) => element("li", {}, element("bdi", { textContent: text })));
    const none = element("p", { textContent: "The solver names no conflict; planner explain says more." });
    const title = element("p", { textContent: "These limits cannot hold together:" });
    box.replaceChildren(...(items.length ? [title, element("ul", {}, ...items)] : [none]));
    if (conflict.ties.length) box.append(element("p", { className: "note", textContent: `together with what ties accelerators: ${conflict.ties.join(", ")}` }));
  }

  /* Charts and tables. */

  let current = null;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  /** Return a kind of sums as name -> period -> number. */
  function byPeriod(kind) {
    const found = new Map();
    WHAT_IF.labels[kind].forEach(([name, period], i) => {
      if (!found.has(name)) found.set(name, new Map());
      found.get(name).set(period, current.sums[kind][i]);
    });
    return found;
  }

  const along = (periods, numbers) => periods.map((period) => numbers.get(period) ?? 0);
  const styled = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  /** Return a colour that all can tell apart; black is that of words, on dark pages, too. */
  function colour(number) {
    const found = WHAT_IF.colours[number % WHAT_IF.colours.length];
    return found === "#000000" ? styled("--ink") : found;
  }

  /** Return colour and pattern of an accelerator, those that it has in all charts of the page. */
  function look(name) {
    if (!looks.includes(name)) looks.push(name);
    const number = looks.indexOf(name);
    const shape = WHAT_IF.patterns[number % WHAT_IF.patterns.length];
    return { color: colour(number), pattern: { shape, fillmode: "overlay", fgopacity: 0.3, size: 7 } };
  }

  const looks = [...WHAT_IF.looks];
  const nonZero = (numbers) => [...numbers.values()].some((each) => Math.abs(each) > 1e-6);

  function fleetTraces() {
    const fleet = [...byPeriod("fleet")];
    const leased = [...byPeriod("leased")].map(([name, numbers]) => [`leased: ${name}`, numbers]);
    return [...fleet, ...leased].filter(([, numbers]) => nonZero(numbers)).map(([name, numbers]) => ({
      type: "bar", name, x: WHAT_IF.periods, y: along(WHAT_IF.periods, numbers), marker: look(name),
    }));
  }

  const limitLine = (name, x, y, dash) => ({ type: "scatter", mode: "lines+markers", name, x, y, line: { shape: "hvh", dash, color: colour(1) } });

  function powerTraces() {
    const { power_limit: budget, site_limit: sites } = current.limits;
    const used = { type: "bar", name: "provisioned", x: WHAT_IF.labels.power_mw.flat(), y: [...current.sums.power_mw], marker: { color: colour(0) } };
    const lines = [{ ...limitLine("sites as given", WHAT_IF.periods, [...sites], "dot"), line: { shape: "hvh", dash: "dot", color: colour(2) } }];
    if (budget.length) lines.push(limitLine("budget", WHAT_IF.power_periods, [...budget], "dash"));
    return [used, ...lines];
  }

  /** Return capex by the spans of its budget, else by period. */
  function capexBars() {
    const spent = new Map(WHAT_IF.labels.capex_usd.map(([period], i) => [period, current.sums.capex_usd[i]]));
    const spans = WHAT_IF.capex_spans.length ? WHAT_IF.capex_spans : WHAT_IF.periods.map((period) => ({ label: period, periods: [period] }));
    return [spans.map(({ label }) => label), spans.map(({ periods }) => along(periods, spent).reduce((sum, each) => sum + each, 0))];
  }

  function capexTraces() {
    const [x, y] = capexBars();
    const used = { type: "bar", name: "capex", x, y, marker: { color: colour(0) } };
    const budget = [...current.limits.capex_limit];
    return budget.length ? [used, { ...limitLine("budget", x, budget, "dash"), mode: "markers", marker: { symbol: "line-ew-open", size: 28, line: { width: 3 }, color: colour(1) } }] : [used];
  }

  function workTraces() {
    const served = [...byPeriod("served_by_period")].map(([name, numbers], i) => ({
      type: "scatter", mode: "lines+markers", name, x: [...numbers.keys()], y: [...numbers.values()],
      line: { color: colour(i) }, marker: { symbol: i % 20 },
    }));
    const runs = WHAT_IF.labels.completed.map(([name], i) => ({
      type: "bar", name: `${name} (completed)`, x: [WHAT_IF.periods[WHAT_IF.periods.length - 1]], y: [current.sums.completed[i]],
      marker: { color: colour(served.length + i) }, width: 0.3,
    }));
    return [...served, ...runs];
  }

  const CHARTS = {
    fleet: [fleetTraces, "accelerators", {}],
    power: [powerTraces, "MW", {}],
    capex: [capexTraces, "USD", {}],
    work: [workTraces, "share", { tickformat: ".0%", rangemode: "tozero" }],
  };

  /** Draw once the hand rests, and one thing after the other: it takes longer than to
   *  solve, and the page must take what is moved or typed meanwhile. What is no longer
   *  a plan goes at once. */
  function draw() {
    clearTimeout(draw.timer);
    if (panel.dataset.answer === undefined) return; // nothing is known yet
    // Plotly may not be unpacked yet; then the charts are drawn once it is.
    const boxes = window.Plotly ? [...panel.querySelectorAll("[data-what-if]")] : [];
    const next = () => {
      if (!boxes.length) return;
      drawOne(boxes.shift());
      draw.timer = setTimeout(next);
    };
    const first = () => {
      showTables();
      next();
    };
    if (current) draw.timer = setTimeout(first, REST);
    else first();
  }

  function drawOne(box) {
    const [traces, unit, more] = CHARTS[box.dataset.whatIf];
    const [ink, rule] = [styled("--ink"), styled("--rule")];
    const axis = { gridcolor: rule, zerolinecolor: rule, visible: current !== null };
    const none = { text: "There is no plan.", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5 };
    const layout = {
      annotations: current ? [] : [none], barmode: "stack", height: 240, margin: { l: 10, r: 10, t: 10, b: 10 }, showlegend: true,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: ink, size: 12 },
      xaxis: { type: "category", automargin: true, ...axis }, legend: { orientation: "h" },
      yaxis: { title: { text: unit }, automargin: true, ...axis, ...more },
    };
    const caption = box.previousElementSibling.textContent;
    box.setAttribute("aria-label", `${caption} of the changed plan; the numbers stand in the tables below`);
    window.Plotly.react(box, current ? traces() : [], layout, { displayModeBar: false, responsive: true });
  }

  function table(caption, head, lines) {
    const headed = (textContent, scope, className) => element("th", { textContent, scope, className });
    const top = head.map((text, i) => headed(text, "col", i ? "number" : ""));
    const body = lines.map(([name, ...texts]) =>
      element("tr", {}, headed(name, "row", ""), ...texts.map((textContent) => element("td", { textContent, className: "number" }))));
    return element("table", {}, element("caption", { textContent: caption }),
      element("thead", {}, element("tr", {}, ...top)), element("tbody", {}, ...body));
  }

  function showTables() {
    const bought = current ? [...byPeriod("bought")].filter(([, numbers]) => nonZero(numbers)) : [];
    const periods = WHAT_IF.periods;
    const lines = (found, text) => found.map(([name, numbers]) => [name, ...along(periods, numbers).map(text)]);
    const purchases = bought.length ? table("Deliveries", ["Accelerator", ...periods], lines(bought, whole)) : element("table", {}, element("caption", { textContent: current ? "Nothing is bought." : "There is no plan." }));
    purchases.id = "what-if-purchases";
    $("purchases").replaceWith(purchases);
    if (!current) {
      $("tables").replaceChildren();
      return;
    }
    const [spans, capex] = capexBars();
    const power = new Map(WHAT_IF.labels.power_mw.map(([period], i) => [period, current.sums.power_mw[i]]));
    $("tables").replaceChildren(
      table("Accelerators in service", ["Accelerator", ...periods], lines([...byPeriod("fleet"), ...byPeriod("leased")], whole)),
      table("Power [MW]", ["", ...periods], lines([["provisioned", power]], (mw) => digits(mw))),
      table("Capex [USD]", ["", ...spans], [["spent", ...capex.map((usd) => digits(usd, 6))]]),
      table("Served", ["Service", ...periods], lines([...byPeriod("served_by_period")], (share) => `${digits(share * 100)} %`)),
      table("Completed", ["Run", "Share"], WHAT_IF.labels.completed.map(([name], i) => [name, `${digits(current.sums.completed[i] * 100)} %`])),
    );
  }

  /* Start. */

  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  function unpacked(text) {
    const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream);
  }

  async function start() {
    const [highs, wasm, program] = await Promise.all([
      unpacked(WHAT_IF.highs).text(), unpacked(WHAT_IF.wasm).arrayBuffer(), unpacked(WHAT_IF.program).arrayBuffer(),
    ]);
    const source = new Blob([highs, "\n", WHAT_IF.worker], { type: "text/javascript" });
    worker = new Worker(URL.createObjectURL(source));
    worker.addEventListener("message", answered);
    worker.addEventListener("error", (event) => answered({ data: { status: "failed", reason: event.message || "its program did not start" } }));
    open = true;
    // As written first: what every change is compared with.
    worker.postMessage({ id: 0, wasm, program, factors: sliders.map(() => 1) }, [wasm, program]);
  }

  function fill() {
    addSliders();
    for (const [label, reason] of WHAT_IF.left_out) {
      $("missing").querySelector("ul").append(element("li", {}, element("bdi", { textContent: `${label}: ${reason}` })));
    }
    $("missing").hidden = !WHAT_IF.left_out.length;
    $("solver").textContent = `This page holds ${WHAT_IF.solver}, compiled to WebAssembly, under this licence:`;
    $("licence").textContent = WHAT_IF.licence;
    $("command").disabled = $("link").disabled = false;
    $("reset").addEventListener("click", () => {
      factors.fill(1);
      factors.forEach((_, number) => show(number));
      changed();
    });
    $("command").addEventListener("click", () => copy(command(), "command"));
    $("link").addEventListener("click", () => { writeHash(); copy(location.href, "link"); });
  }

  function fromLink() {
    if (!location.hash.startsWith("#what-if&")) return; // a place in the page
    const unknown = readHash();
    if (factors.some((factor) => factor !== 1)) changed();
    if (unknown.length) $("copied").textContent = `The link also sets what no slider of this page takes: ${unknown.join(", ")}`;
  }

  fill();
  start().catch((error) => answered({ data: { status: "failed", reason: error.message } })).then(fromLink);
  addEventListener("hashchange", fromLink);
  dark.addEventListener("change", draw);
  // The page unpacks Plotly by itself, and says when it has.
  new MutationObserver(draw).observe(root, { attributeFilter: ["data-drawn"] });
})();

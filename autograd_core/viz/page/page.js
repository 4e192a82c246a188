"use strict";
// The interactive page of a graph: levels of detail, details of a value, search, zoom, and the replay of both passes.
// Everything that is shown was computed when the page was written; text only ever enters by textContent.
(() => {
  const root = document.querySelector(".agp");
  const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const $ = (selector) => root.querySelector(selector);
  const levels = [...root.querySelectorAll(".level")];
  const slider = $("input[type=range]"), status = $("footer"), panel = $("aside"), stage = $("main");
  const SVG = "http://www.w3.org/2000/svg";
  let level = data.start, step = data.events.length, pinned = null, playing = null;
  let view = { x: 0, y: 0, scale: 1 };

  const element = (id, at = level) => levels[at].querySelector(`[id="${data.levels[at].prefix}${id}"]`);
  const boxOf = (birth, at = level) => data.levels[at].places[birth];
  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // Detail: three or four layouts of one graph, of which one is shown

  function show(at) {
    level = Math.max(0, Math.min(levels.length - 1, at));
    levels.forEach((one, i) => { one.hidden = i !== level; });
    root.querySelectorAll("[data-level]").forEach((button) =>
      button.setAttribute("aria-pressed", String(Number(button.dataset.level) === level)));
    fit();
    replay();
    search($("input[type=search]").value);
    if (pinned) pin(pinned.birth !== undefined ? boxOf(pinned.birth) : null);
  }

  // What is known of one box

  function describe(id) {
    const box = data.levels[level].boxes[id];
    panel.replaceChildren();
    if (!box) { panel.append(make("p", data.caption), make("p", "Point at a card for details, click to keep them.", "hint")); return; }
    panel.append(make("h2", box.title));
    const list = make("dl");
    for (const [name, value] of box.facts) list.append(make("dt", name), make("dd", value));
    panel.append(list);
    for (const [name, bins] of Object.entries(box.histograms)) {
      panel.append(make("h3", `${name}: how often`, name === "gradient" ? "gradient" : ""));
      const bars = make("div", undefined, name === "gradient" ? "bars of-gradient" : "bars");
      bars.setAttribute("role", "img");
      bars.setAttribute("aria-label", `histogram of the ${name} from ${bins.low} to ${bins.high}`);
      const most = Math.max(...bins.counts, 1);
      for (const count of bins.counts) {
        const bar = make("span");
        bar.style.height = `${(100 * count) / most}%`;
        bar.title = String(count);
        bars.append(bar);
      }
      const ends = make("div", undefined, "ends");
      ends.append(make("span", bins.low), make("span", bins.high));
      panel.append(bars, ends);
    }
    const terms = data.events.filter((e) => e.kind === "backward" && boxOf(e.target) === id);
    if (terms.length) {
      panel.append(make("h3", terms.length > 1 ? "its gradient is the sum of" : "its gradient", "gradient"));
      for (const term of terms) panel.append(make("div", `${term.text}   ${term.figure}`));
    }
  }

  function pin(id) {
    levels[level].querySelectorAll(".pinned").forEach((one) => one.classList.remove("pinned"));
    if (!id) { pinned = null; describe(null); return; }
    const birth = Object.keys(data.levels[level].places).find((b) => data.levels[level].places[b] === id);
    pinned = { id, birth };
    element(id).classList.add("pinned");
    describe(id);
  }

  function activate(id) {
    if (data.levels[level].boxes[id].role === "module" && level < levels.length - 1) show(level + 1);
    else pin(pinned && pinned.id === id ? null : id);
  }

  levels.forEach((one, at) => {
    one.querySelectorAll("g.node").forEach((node) => {
      const id = node.id.slice(data.levels[at].prefix.length);
      const box = data.levels[at].boxes[id];
      if (!box) return;
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", box.sentence);
      node.addEventListener("pointerenter", () => { if (!pinned) describe(id); });
      node.addEventListener("focus", () => { if (!pinned) describe(id); });
      node.addEventListener("click", (event) => { event.stopPropagation(); if (!moved) activate(id); });
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter") { event.preventDefault(); activate(id); }
      });
      node.querySelectorAll("text, tspan").forEach((text) => {
        if (text.textContent.startsWith("∇")) text.classList.add("nabla");
      });
    });
    one.querySelectorAll("g.cluster").forEach((group) => {
      group.addEventListener("dblclick", (event) => { event.stopPropagation(); show(level - 1); });
    });
  });

  // The replay: forward step by step, then every cotangent as it arrives

  function replay() {
    slider.value = String(step);
    const seen = new Set(), reached = new Set(data.seeds), current = data.events[step - 1];
    const forward = data.events.filter((e) => e.kind === "forward").length;
    data.events.slice(0, step).forEach((e) => (e.kind === "forward" ? seen.add(e.node) : reached.add(e.target)));
    const whole = step === data.events.length, backward = step > forward;
    const later = new Set(data.events.slice(step).filter((e) => e.kind === "forward").map((e) => boxOf(e.node)));
    for (const id of Object.keys(data.levels[level].boxes)) {
      const node = element(id);
      if (!node) continue;
      const births = Object.keys(data.levels[level].places).filter((b) => data.levels[level].places[b] === id).map(Number);
      node.classList.toggle("future", later.has(id) && !births.some((b) => seen.has(b)));
      node.classList.remove("now");
      const known = whole || (backward && births.some((b) => reached.has(b)));
      node.querySelectorAll(".nabla").forEach((text) => text.classList.toggle("later", !known));
    }
    levels[level].querySelectorAll("g.edge.now").forEach((one) => one.classList.remove("now", "back"));
    if (whole || step === 0) {
      status.textContent = step === 0 ? "Nothing is computed yet. Press play, or the arrow keys." : data.caption;
    } else {
      tell(current, step, forward);
    }
    for (const [name, off] of [["first", step === 0], ["back", step === 0], ["next", whole], ["last", whole]])
      $(`[data-do=${name}]`).disabled = off;
  }

  function tell(event, at, forward) {
    const backward = event.kind === "backward";
    const now = element(boxOf(backward ? event.target : event.node));
    if (now) now.classList.add("now");
    const from = boxOf(event.target), to = boxOf(event.node);
    if (backward && from && to) {
      levels[level].querySelectorAll(`g.edge[id^="${data.levels[level].prefix}${from}-${to}-"]`).forEach((edge) =>
        edge.classList.add("now", "back"));
    }
    const count = data.events.length - forward;
    status.replaceChildren(
      make("b", backward ? `backward ${at - forward} of ${count}  ` : `forward ${at} of ${forward}  `),
      make("code", event.text), document.createTextNode(`  →  ${event.figure}`));
  }

  function go(to) {
    step = Math.max(0, Math.min(data.events.length, to));
    replay();
  }

  function play(on) {
    clearInterval(playing);
    playing = null;
    if (on) {
      if (step === data.events.length) go(0);
      playing = setInterval(() => { go(step + 1); if (step === data.events.length) play(false); }, 900);
    }
    $("[data-do=play]").textContent = on ? "❚❚ pause" : "▶ play";
    $("[data-do=play]").setAttribute("aria-pressed", String(on));
  }

  // Search, zoom and pan

  function search(words) {
    const wanted = words.trim().toLowerCase();
    let hits = 0;
    for (const [id, box] of Object.entries(data.levels[level].boxes)) {
      const node = element(id);
      if (!node) continue;
      const hit = wanted !== "" && box.sentence.toLowerCase().includes(wanted);
      node.classList.toggle("found", hit);
      node.classList.toggle("dim", wanted !== "" && !hit);
      hits += hit;
    }
    $("output").textContent = wanted === "" ? "" : `${hits} found`;
  }

  function place() {
    levels[level].style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }

  function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const scale = Math.max(0.1, Math.min(8, view.scale * factor)), k = scale / view.scale;
    view = { x: x - (x - view.x) * k, y: y - (y - view.y) * k, scale };
    place();
  }

  function fit() {
    view = { x: 0, y: 0, scale: 1 };
    place();
    const { offsetWidth: w, offsetHeight: h } = levels[level];
    if (!w || !h) return;
    view.scale = Math.min(1.6, stage.clientWidth / w, stage.clientHeight / h);
    view.x = Math.max(0, (stage.clientWidth - w * view.scale) / 2);
    place();
  }

  let grip = null, moved = false;
  stage.addEventListener("pointerdown", (event) => { grip = { x: event.clientX - view.x, y: event.clientY - view.y, at: event }; moved = false; });
  addEventListener("pointermove", (event) => {
    if (!grip) return;
    if (Math.hypot(event.clientX - grip.at.clientX, event.clientY - grip.at.clientY) > 4) moved = true;
    if (!moved) return;
    stage.classList.add("dragging");
    view.x = event.clientX - grip.x;
    view.y = event.clientY - grip.y;
    place();
  });
  addEventListener("pointerup", () => { grip = null; stage.classList.remove("dragging"); });
  stage.addEventListener("click", () => { if (!moved) pin(null); });
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // plain scrolling belongs to the page around
    event.preventDefault();
    const at = stage.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });

  const actions = {
    first: () => go(0), back: () => go(step - 1), play: () => play(!playing), next: () => go(step + 1),
    last: () => go(data.events.length), in: () => zoom(1.25), out: () => zoom(0.8), fit,
    theme: () => theme(!root.classList.contains("dark")),
  };
  root.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.do !== "play" && playing && !["in", "out", "fit", "theme"].includes(button.dataset.do)) play(false);
    actions[button.dataset.do]();
  }));
  root.querySelectorAll("[data-level]").forEach((button) =>
    button.addEventListener("click", () => show(Number(button.dataset.level))));
  slider.addEventListener("input", () => { play(false); go(Number(slider.value)); });
  $("input[type=search]").addEventListener("input", (event) => search(event.target.value));
  addEventListener("keydown", (event) => {
    if (event.target.matches("input[type=search]")) { if (event.key === "Escape") { event.target.value = ""; search(""); } return; }
    const keys = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", "+": "in", "-": "out", 0: "fit" };
    if (event.key === " " && !event.target.matches("button")) { event.preventDefault(); play(!playing); }
    else if (event.key === "Escape") pin(null);
    else if (event.key === "/") { event.preventDefault(); $("input[type=search]").focus(); }
    else if (keys[event.key] && !event.target.matches("input[type=range]")) { event.preventDefault(); actions[keys[event.key]](); }
  });

  // Colours: those of the system, or the other ones

  function theme(dark) {
    root.classList.toggle("dark", dark);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }

  theme(data.theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : data.theme === "dark");
  slider.max = String(data.events.length);
  $("header").hidden = false;
  addEventListener("resize", fit);
  show(level);
  describe(null);
})();

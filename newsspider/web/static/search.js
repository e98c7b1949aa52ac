// What the search page can do beyond HTML: brushing the chart, and suggestions while typing. Everything else works without it.
"use strict";

for (const chart of document.querySelectorAll("figure[data-brush]")) brushable(chart);
for (const form of document.querySelectorAll("form.search, form.compare")) {
  form.addEventListener("formdata", ({ formData }) => { // an address has only what was chosen
    for (const [name, value] of [...formData]) if (name !== "q" && ["", "auto"].includes(value)) formData.delete(name);
  });
}
const box = document.querySelector("form.search input[name=q]");
if (box) suggesting(box, document.getElementById("suggestions"));

function brushable(chart) {
  if (!chart.dataset.brush) return;
  const svg = chart.querySelector("svg");
  const columns = [...svg.querySelectorAll("g[data-from]")];
  const brush = document.createElementNS(svg.namespaceURI, "rect");
  brush.setAttribute("class", "brush");
  brush.setAttribute("y", "0");
  brush.setAttribute("height", "100");
  chart.querySelector(".brush-hint").hidden = false;
  let first = null;
  let last = null;

  const columnAt = (event) => {
    const bounds = svg.getBoundingClientRect();
    const x = Math.min(Math.max(0, event.clientX - bounds.left), bounds.width - 1) * 1000 / bounds.width;
    return columns.find((column) => {
      const area = column.querySelector("rect");
      return x >= +area.getAttribute("x") && x < +area.getAttribute("x") + +area.getAttribute("width");
    });
  };
  const chosen = () => {
    const [a, b] = [columns.indexOf(first), columns.indexOf(last)];
    return columns.slice(Math.min(a, b), Math.max(a, b) + 1);
  };
  const draw = () => {
    const areas = chosen().map((column) => column.querySelector("rect"));
    const left = Math.min(...areas.map((area) => +area.getAttribute("x")));
    const right = Math.max(...areas.map((area) => +area.getAttribute("x") + +area.getAttribute("width")));
    brush.setAttribute("x", left);
    brush.setAttribute("width", right - left);
    svg.append(brush);
  };
  const stop = () => { first = last = null; brush.remove(); };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    first = last = columnAt(event) ?? null;
    if (!first) return;
    svg.setPointerCapture(event.pointerId);
    draw();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!first) return;
    last = columnAt(event) ?? last;
    draw();
  });
  svg.addEventListener("pointercancel", stop);
  addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });
  svg.addEventListener("pointerup", () => {
    if (!first) return;
    const days = chosen();
    const target = new URL(chart.dataset.brush, location.href);
    target.searchParams.set("from", days[0].dataset.from);
    target.searchParams.set("to", days[days.length - 1].dataset.to);
    stop();
    location.assign(target);
  });
}

function suggesting(input, list) {
  let timer = 0;
  let asked = 0;
  let at = -1;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");

  const options = () => [...list.children];
  const hide = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const stay = () => { clearTimeout(timer); ++asked; }; // what is asked for now would come under the reader's hand
  const choose = (option) => {
    if (option.dataset.article) {
      location.assign(`/article/${option.dataset.article}${list.dataset.preferring}`);
      return;
    }
    input.value = option.dataset.text;
    hide();
    input.form.requestSubmit();
  };
  const mark = (index) => {
    options().forEach((option, number) => option.setAttribute("aria-selected", String(number === index)));
    at = index;
    if (at >= 0) input.setAttribute("aria-activedescendant", options()[at].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, number) => {
      const option = document.createElement("li");
      option.id = `suggestion-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = suggestion.text;
      if (suggestion.article_id) option.dataset.article = suggestion.article_id;
      const text = document.createElement("bdi");
      text.dir = "auto";
      text.textContent = suggestion.text;
      option.append(text);
      if (suggestion.count > 1) {
        const count = document.createElement("span");
        count.className = "count";
        count.textContent = suggestion.count.toLocaleString(list.dataset.locale);
        option.append(count);
      }
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(option); });
      return option;
    }));
    list.hidden = !suggestions.length;
    at = -1;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    const number = ++asked;
    const text = input.value.trim();
    if (text.length < 2) { hide(); return; }
    const response = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: text })}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const { suggestions } = await response.json();
    if (number === asked && document.activeElement === input) show(suggestions);
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  input.addEventListener("blur", () => { stay(); hide(); });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape") stay();
    if (list.hidden || !count) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stay();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((at + step + count + (at < 0 && step < 0 ? 1 : 0)) % count);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(options()[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      hide();
    }
  });
  if (document.activeElement === input && input.value !== input.defaultValue) ask(); // typed before this script had arrived
}

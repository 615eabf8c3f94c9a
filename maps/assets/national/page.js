/* The national page: one type of crime at a time, on the map and in the league; a force that is picked tells its story. */
"use strict";

beatplan.national = (map, densities, settings) => {
  const { state, drawn } = beatplan;
  const calm = { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches };
  const { types } = settings;
  const table = document.querySelector(".league");
  const heads = [...table.tHead.rows[0].cells];
  const numbers = heads.map((head) => head.classList.contains("n"));
  const order = { by: null, down: false };
  const place = document.querySelector("#offence");
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Map of forces. Arrow keys move it, plus and minus change the scale.");
  L.control.scale({ maxWidth: 140, position: "bottomleft" }).addTo(map);

  let due = 0;
  state.tidyLater = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => beatplan.tidy(map));
  };
  map.on("zoomend resize", state.tidyLater);
  const whole = (how) => map.fitBounds(settings.bounds, { padding: [12, 12], ...how });
  document.querySelector("[data-whole]").addEventListener("click", () => whole(calm));

  const now = () => types[Number(place.value)];
  const shown = () => document.querySelector("[name=shown]:checked").value;

  /* What is not known comes last, whichever way the rest is turned. */
  function sorted(rows) {
    const { by, down } = order;
    if (by === null) return rows;
    const turn = down ? -1 : 1;
    const compare = (a, b) => {
      if (!numbers[by]) return turn * a.cells[by].localeCompare(b.cells[by], "en-GB");
      if (a.by[by] === null || b.by[by] === null) return (a.by[by] === null) - (b.by[by] === null);
      return turn * (a.by[by] - b.by[by]);
    };
    return [...rows].sort(compare);
  }

  function fill() {
    const body = document.createElement("tbody");
    for (const row of sorted(now().rows)) {
      const line = body.insertRow();
      line.classList.toggle("picked", row.key === state.picked);
      const head = document.createElement("th");
      head.scope = "row";
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "link", textContent: row.cells[0] });
      button.dataset.key = row.key;
      head.append(button);
      line.append(head);
      row.cells.slice(1).forEach((text, at) => {
        const cell = line.insertCell();
        cell.textContent = text;
        cell.classList.toggle("n", numbers[at + 1]);
      });
    }
    table.replaceChild(body, table.tBodies[0]);
    heads.forEach((head, at) => {
      if (at === order.by) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  function colour() {
    const rates = shown() === "rate";
    const tip = (row) => () => {
      const text = document.createElement("span");
      text.textContent = `${row.cells[0]}: ${row.cells[2]}`;
      return text;
    };
    for (const row of now().rows) {
      for (const layer of drawn.get(row.key) || []) {
        layer.setTooltipContent(tip(row));
        const element = layer.getElement();
        if (!element) continue;
        for (let tone = 1; tone < 6; tone += 1) element.classList.toggle(`tone-${tone}`, rates && row.shade === tone);
        element.classList.toggle("plain", !rates);
      }
    }
    densities.forEach((layer, at) => {
      if (!layer) return;
      if (!rates && at === Number(place.value)) map.addLayer(layer);
      else map.removeLayer(layer);
    });
    for (const part of document.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== shown();
    for (const [name, ranges] of [["rate", now().key], ["dense", now().dense]]) {
      document.querySelectorAll(`[data-key-of=${name}] [data-range]`).forEach((item, at) => {
        item.textContent = ranges[at] || "none";
      });
    }
  }

  function apply() {
    document.querySelector("[data-offence]").textContent = now().name;
    fill();
    colour();
    beatplan.paint();
    state.tidyLater();
  }

  state.pick = (key) => {
    state.picked = key === state.picked ? null : key;
    for (const card of document.querySelectorAll("[data-card]")) card.hidden = card.dataset.card !== state.picked;
    for (const line of table.tBodies[0].rows) {
      line.classList.toggle("picked", line.querySelector("[data-key]").dataset.key === state.picked);
    }
    beatplan.paint();
    state.tidyLater();
    if (state.picked) document.querySelector(`[data-card="${CSS.escape(state.picked)}"]`).focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key], [data-close]");
    if (button) state.pick(button.dataset.key || state.picked);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.picked) state.pick(state.picked);
  });
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sort]");
    if (!button) return;
    const by = Number(button.dataset.sort);
    order.down = order.by === by ? !order.down : numbers[by];
    order.by = by;
    fill();
    beatplan.paint();
    document.querySelector("[data-sorted]").textContent =
      `Sorted by ${button.textContent}, ${order.down ? "highest" : "lowest"} first.`;
  });
  place.addEventListener("change", apply);
  for (const input of document.querySelectorAll("[name=shown]")) input.addEventListener("change", colour);

  whole({ animate: false });
  if (!map.getSize().x) map.once("resize", () => whole({ animate: false }));
  if (types.length) apply();
};

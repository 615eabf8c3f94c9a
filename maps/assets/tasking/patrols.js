/* Who goes: the patrols of a shift, or the one that is picked, from stop to stop by the clock. */
"use strict";

beatplan.patrols = (page) => {
  const MOST_NAMED = 2;
  const root = document.getElementById("stops");
  if (!root) return;
  const line = beatplan.timeline(root);
  const walkers = L.layerGroup();
  let asked = null;

  const stopAt = (unit, time) => unit.stops.filter((stop) => stop.from <= time).pop();

  function words(units, time) {
    const coming = units.filter((unit) => unit.stops.some((stop) => stop.from === time));
    const named = coming.slice(0, MOST_NAMED).map((unit) => {
      const stop = stopAt(unit, time);
      return `${unit.name} comes ${stop.way} to ${stop.place}, until ${stop.leave}`;
    });
    const more = coming.length - named.length;
    const clock = stopAt(coming[0], time).arrive;
    return `${clock}: ${named.join("; ")}${more ? `; and ${more} more` : ""}`;
  }

  function place(units, time) {
    walkers.clearLayers();
    for (const unit of units) {
      const stop = stopAt(unit, time);
      const here = stop && time < stop.to;
      const look = `walker route-${unit.colour} ${here ? "here" : "away"}`;
      const marker = beatplan.placed(stop ? stop.at : unit.home, look, "<span></span>", { zIndexOffset: 2e7 });
      const tip = document.createElement("span");
      tip.textContent = stop ? `${unit.name}: ${stop.place}, ${stop.arrive} to ${stop.leave}` : `${unit.name}: ${unit.base}`;
      marker.bindTooltip(tip, { direction: "top", className: "tip" });
      walkers.addLayer(marker);
    }
    if (units.length > 1) return;
    const now = units[0].stops.indexOf(stopAt(units[0], time));
    document.querySelectorAll("#story [data-stop]").forEach((row, at) => {
      row.classList.toggle("now", at === now);
    });
    if (now >= 0) page.map.panInside(units[0].stops[now].at, { padding: [120, 120], ...page.calm });
  }

  function begin() {
    const all = (page.settings.steps[asked] || []).filter((unit) => unit.stops.length);
    const one = all.filter((unit) => unit.key === beatplan.state.picked);
    const units = one.length ? one : all;
    root.hidden = !units.length;
    walkers.clearLayers();
    line.stop();
    if (!units.length) return walkers.remove();
    walkers.addTo(page.map);
    const times = [...new Set(units.flatMap((unit) => unit.stops.map((stop) => stop.from)))].sort((a, b) => a - b);
    line.set({
      heights: times.map((time) => units.filter((unit) => unit.stops.some((stop) => stop.from === time)).length),
      say: (at) => words(units, times[at]),
      step: (at) => place(units, times[at]),
    });
  }

  page.whenAsked.push((wanted) => {
    asked = wanted.find((name) => name in page.settings.steps) || null;
    begin();
  });
  page.whenPicked.push(() => asked && begin());
};

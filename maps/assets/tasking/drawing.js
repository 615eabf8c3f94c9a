/* What lies on the map: shapes, lines, labels that give way, marks that change. Every text here passed `escape`. */
"use strict";

const beatplan = (() => {
  const SCALE = 1e6; // of the steps of lines
  const EQUATOR = 40075016.7; // metres
  const ROOM = 0.75; // of a label's width: a place narrower than that is not named
  const FOREMOST = 5; // importance of the labels of hot spots, of which only the first are written out from afar
  const MOST = [[11, 30], [12.5, 80], [Infinity, Infinity]]; // below that zoom, so many
  const labelled = []; // every label with its importance and order
  const drawn = new Map(); // what can be picked: key -> layers
  const grounds = []; // street lines, whose width follows the zoom
  const state = { picked: null, others: new Set(), pick: () => {}, tidyLater: () => {} };

  /* A marker that is placed, not moved: Leaflet's own is a layer of the compositor each, and a thousand of them stall. */
  const Placed = L.Marker.extend({
    _setPos(at) {
      const { style } = this._icon;
      this._icon._leaflet_pos = at;
      style.left = `${at.x}px`;
      style.top = `${at.y}px`;
      this._zIndex = at.y + this.options.zIndexOffset;
      this._resetZIndex();
    },
  });
  const placed = (at, className, html, options) => {
    const icon = L.divIcon({ className: `label ${className}`, html, iconSize: null });
    return new Placed(at, { icon, keyboard: false, ...options });
  };

  const isPatrol = (key) => key !== null && key.startsWith("patrol-");

  function keep(key, layer) {
    if (!key) return;
    drawn.set(key, [...(drawn.get(key) || []), layer]);
    layer.on("click", () => state.pick(key));
    layer.on("add", () => mark(key, layer));
  }

  /* Called by folium for each shape: classes instead of colours, so that the style sheet decides. */
  function dress(feature, layer) {
    const { look, key, tip, fill } = feature.properties;
    layer.options.className = `shape ${look}`;
    layer.options.interactive = !look.includes("casing");
    if (fill) layer.options.fillColor = fill;
    if (tip) layer.bindTooltip(tip, { sticky: true, className: "tip" });
    keep(key, layer);
  }

  function lines(parts, options) {
    const decode = (steps) => {
      const points = [];
      for (let at = 0, lat = 0, lng = 0; at < steps.length; at += 2) {
        points.push([(lat += steps[at]) / SCALE, (lng += steps[at + 1]) / SCALE]);
      }
      return points;
    };
    const renderer = L.canvas({ pane: options.pane, padding: 0.5 });
    const layer = L.polyline(parts.map(decode), { ...options, renderer, interactive: false, weight: 1 });
    grounds.push(layer);
    return layer;
  }

  function labels(written, importance) {
    const group = L.layerGroup();
    written.forEach((label, order) => {
      const text = label.kind === "team" ? label.text.replace(/^(\d+) \+ (\d+)$/, "<b>$1</b><b>$2</b>") : label.text;
      const style = `--shift:${label.shift || 0}px;--turn:${label.turn || 0}deg;--fill:${100 * (label.fill || 0)}%`;
      const interactive = Boolean(label.tip || label.key);
      const zIndexOffset = 2e6 * importance - order * 2000;
      const marker = placed(label.at, label.kind, `<span style="${style}">${text}</span>`, { interactive, zIndexOffset });
      if (label.tip) marker.bindTooltip(label.tip, { direction: "top", offset: [0, -14], className: "tip" });
      keep(label.key, marker);
      labelled.push({ marker, importance, order, key: label.key, room: label.room || 0 });
      group.addLayer(marker);
    });
    group.on("add remove", () => state.tidyLater());
    return group;
  }

  /* One mark a place; `show` sizes them by the numbers of one moment. Names and numbers are only ever set as text. */
  function moments(data) {
    const group = L.layerGroup();
    const most = Math.max(1, ...data.values.map((row) => Math.max(...row)));
    let now = 0;
    const marks = data.places.map(([key, name, lat, lng], at) => {
      const marker = placed([lat, lng], "moment", "<span></span>");
      const tip = document.createElement("span");
      marker.bindTooltip(() => {
        tip.textContent = `${name}: ${figure(data.values[at][now] / data.per)} ${data.unit}`;
        return tip;
      }, { direction: "top", className: "tip" });
      keep(key, marker);
      group.addLayer(marker);
      return marker;
    });
    const show = (step) => {
      now = step;
      marks.forEach((marker, at) => {
        const element = marker.getElement();
        if (!element) return;
        const value = data.values[at][step];
        const side = value ? Math.max(0.5, 4.2 * Math.sqrt(value / most)) : 0.35;
        element.classList.toggle("none", !value);
        element.style.setProperty("--side", `${side.toFixed(2)}rem`);
        element.firstElementChild.textContent = side > 1.7 ? figure(value / data.per) : "";
        marker.setZIndexOffset(-Math.round(1000 * side));
      });
    };
    return Object.assign(group, { data, show });
  }

  const figure = (value) => value.toFixed(value >= 9.95 || Number.isInteger(value) ? 0 : value >= 0.95 ? 1 : 2);

  /* Labels give way: the picked one first, then by importance, then by order. */
  function tidy(map) {
    const first = (label) => state.picked !== null && label.key === state.picked;
    const shown = labelled.filter((label) => label.marker.getElement());
    shown.sort((a, b) => first(b) - first(a) || b.importance - a.importance || a.order - b.order);
    for (const { marker } of shown) marker.getElement().classList.remove("crowded");
    const boxes = shown.map(({ marker }) => marker.getElement().firstElementChild.getBoundingClientRect());
    const metres = EQUATOR * Math.cos((map.getCenter().lat * Math.PI) / 180) / 2 ** (map.getZoom() + 8);
    const [, most] = MOST.find(([zoom]) => map.getZoom() < zoom);
    const taken = [];
    let written = 0;
    const crowded = shown.map((label, at) => {
      const { room, importance } = label;
      const box = boxes[at];
      if (!box.width) return false;
      if (importance === FOREMOST && written++ >= most && !first(label)) return true;
      if (room && room / metres < ROOM * box.width) return true;
      const hit = taken.some((other) => box.left < other.right - 2 && other.left < box.right - 2
        && box.top < other.bottom - 2 && other.top < box.bottom - 2);
      if (!hit) taken.push(box);
      return hit;
    });
    shown.forEach(({ marker }, at) => marker.getElement().classList.toggle("crowded", crowded[at]));
  }

  function mark(key, layer) {
    const element = layer.getElement && layer.getElement();
    if (!element) return;
    element.classList.toggle("picked", key === state.picked);
    element.classList.toggle("other", state.others.has(key) && key !== state.picked);
    if (key === state.picked && layer.bringToFront && !key.startsWith("ward-")) layer.bringToFront();
    element.classList.toggle("dimmed", isPatrol(state.picked) && isPatrol(key) && key !== state.picked);
  }

  function paint() {
    for (const [key, layers] of drawn) for (const layer of layers) mark(key, layer);
    for (const button of document.querySelectorAll("[data-key]")) {
      button.setAttribute("aria-pressed", String(button.dataset.key === state.picked));
    }
  }

  function widen(zoom) {
    for (const ground of grounds) ground.setStyle({ weight: zoom >= 16 ? 4 : zoom >= 14.5 ? 2 : 1 });
  }

  return { state, drawn, placed, dress, lines, labels, moments, figure, isPatrol, tidy, paint, widen };
})();

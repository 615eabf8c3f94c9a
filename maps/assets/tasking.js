/* Ties the map to what stands beside it. Every text that arrives here has passed `escape` in Python: it is markup. */
"use strict";

const beatplan = (() => {
  const SCALE = 1e6;
  const labelled = []; // every label with its importance and order
  const drawn = new Map(); // what can be picked: key -> layers
  const grounds = []; // street lines, whose width follows the zoom
  let picked = null;
  let onPick = () => {};
  let tidyLater = () => {};

  function keep(key, layer) {
    if (!key) return;
    drawn.set(key, [...(drawn.get(key) || []), layer]);
    layer.on("click", () => onPick(key));
    layer.on("add", paint);
  }

  /* Called by folium for each shape: classes instead of colours, so that the style sheet decides. */
  function dress(feature, layer) {
    const { look, key, tip } = feature.properties;
    layer.options.className = `shape ${look}`;
    layer.options.interactive = !look.includes("casing");
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
      const style = `--shift:${label.shift || 0}px;--turn:${label.turn || 0}deg`;
      const html = `<span style="${style}">${text}</span>`;
      const icon = L.divIcon({ className: `label ${label.kind}`, html, iconSize: null });
      const interactive = Boolean(label.tip || label.key);
      const zIndexOffset = 2e6 * importance - order * 2000;
      const marker = L.marker(label.at, { icon, interactive, zIndexOffset, keyboard: false });
      if (label.tip) marker.bindTooltip(label.tip, { direction: "top", offset: [0, -14], className: "tip" });
      keep(label.key, marker);
      labelled.push({ marker, importance, order, key: label.key });
      group.addLayer(marker);
    });
    group.on("add remove", () => tidyLater());
    return group;
  }

  /* Labels give way: the picked one first, then by importance, then by order. */
  function tidy() {
    const first = (label) => picked !== null && label.key === picked;
    const shown = labelled.filter((label) => label.marker.getElement());
    shown.sort((a, b) => first(b) - first(a) || b.importance - a.importance || a.order - b.order);
    for (const { marker } of shown) marker.getElement().classList.remove("crowded");
    const boxes = shown.map(({ marker }) => marker.getElement().firstElementChild.getBoundingClientRect());
    const taken = [];
    shown.forEach(({ marker }, at) => {
      const box = boxes[at];
      const hit = box.width > 0 && taken.some((other) => box.left < other.right - 2 && other.left < box.right - 2
        && box.top < other.bottom - 2 && other.top < box.bottom - 2);
      marker.getElement().classList.toggle("crowded", hit);
      if (!hit && box.width > 0) taken.push(box);
    });
  }

  function paint() {
    const walk = picked !== null && picked.startsWith("patrol-");
    for (const [key, layers] of drawn) {
      for (const layer of layers) {
        const element = layer.getElement && layer.getElement();
        if (!element) continue;
        element.classList.toggle("picked", key === picked);
        if (key === picked && layer.bringToFront) layer.bringToFront();
        element.classList.toggle("dimmed", walk && key.startsWith("patrol-") && key !== picked);
      }
    }
    for (const button of document.querySelectorAll("[data-key]")) {
      button.setAttribute("aria-pressed", String(button.dataset.key === picked));
    }
  }

  function start(map, layers, settings) {
    const calm = { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches };
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", settings.label);
    L.control.scale({ maxWidth: 160, position: "bottomleft" }).addTo(map);

    let due = 0;
    tidyLater = () => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(tidy);
    };
    const measure = () => {
      const zoom = map.getZoom();
      box.classList.toggle("zoom-far", zoom < 12.5);
      box.classList.toggle("zoom-near", zoom >= 14.75);
      for (const ground of grounds) ground.setStyle({ weight: zoom >= 16 ? 4 : zoom >= 14.5 ? 2 : 1 });
      tidyLater();
    };
    map.on("zoomend", measure);
    map.on("resize", tidyLater);

    const go = (name, how) => map.fitBounds(settings.views[name], { padding: [36, 36], maxZoom: 16, ...how });
    for (const button of document.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => go(button.dataset.view, calm));
    }

    for (const input of document.querySelectorAll("[data-switch]")) {
      const apply = () => {
        if (input.checked) map.addLayer(layers[input.dataset.switch]);
        else map.removeLayer(layers[input.dataset.switch]);
        document.body.classList.toggle(`without-${input.dataset.switch}`, !input.checked);
      };
      input.addEventListener("change", apply);
      apply();
    }

    const stories = document.querySelectorAll(".story");
    onPick = (key) => {
      picked = key === picked ? null : key;
      for (const story of stories) story.hidden = story.id !== `story-${picked}`;
      const story = picked && document.getElementById(`story-${picked}`);
      if (picked) show(map, layers, calm);
      paint();
      tidyLater();
      if (story) {
        story.querySelector("h3").focus({ preventScroll: true });
        story.scrollIntoView({ block: "start" });
      }
    };
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-key]");
      if (button) onPick(button.dataset.key);
      if (event.target.closest("[data-close]")) leave();
    });
    const leave = () => {
      const from = picked && document.querySelector(`button[data-key="${CSS.escape(picked)}"]`);
      if (picked) onPick(picked);
      if (from) from.focus();
    };
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
    });

    const wide = document.querySelector("[data-wide]");
    if (wide) {
      wide.addEventListener("click", () => {
        const on = document.body.classList.toggle("wide");
        wide.setAttribute("aria-pressed", String(on));
        map.invalidateSize();
      });
    }
    const begin = () => go(settings.first, { animate: false });
    begin();
    // A frame has no size before its page is laid out; a map that is fitted to nothing is drawn far too close.
    if (!map.getSize().x) map.once("resize", begin);
    measure();
  }

  function show(map, layers, calm) {
    const found = drawn.get(picked) || [];
    const button = document.querySelector(`[data-key="${CSS.escape(picked)}"][data-needs]`);
    const input = button && document.querySelector(`[data-switch="${button.dataset.needs}"]`);
    if (input && !input.checked) input.click();
    const shape = found.find((layer) => layer.getBounds);
    if (!shape) return;
    const spot = !picked.startsWith("patrol-");
    if (spot && map.getZoom() >= 14) map.panInside(shape.getBounds().getCenter(), { padding: [120, 120], ...calm });
    else map.fitBounds(shape.getBounds(), { padding: [60, 60], maxZoom: 15, ...calm });
  }

  return { dress, labels, lines, start };
})();

/* The last script to run: it ties the map to what stands beside it. */
"use strict";

beatplan.start = (map, layers, settings) => {
  const { state } = beatplan;
  const calm = { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches };
  const page = { map, layers, settings, calm, whenAsked: [], whenPicked: [], turnTo: () => {} };
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", settings.label);
  L.control.scale({ maxWidth: 160, position: "bottomleft" }).addTo(map);

  let due = 0;
  state.tidyLater = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => beatplan.tidy(map));
  };
  const measure = () => {
    const zoom = map.getZoom();
    box.classList.toggle("zoom-far", zoom < 12.5);
    box.classList.toggle("zoom-near", zoom >= 14.75);
    beatplan.widen(zoom);
    state.tidyLater();
  };
  map.on("zoomend", measure);
  map.on("resize", state.tidyLater);

  const go = (name, how) => map.fitBounds(settings.views[name], { padding: [36, 36], maxZoom: 16, ...how });
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => go(button.dataset.view, calm));
  }

  beatplan.when(page);
  beatplan.patrols(page);
  const { apply, turnTo } = beatplan.questions(page);
  page.turnTo = turnTo;
  const { leave } = beatplan.stories(page);
  beatplan.search(page);
  beatplan.kinds(page);

  /* The wall: the map and its questions alone, as large as the screen allows. */
  const button = document.querySelector("[data-wall]");
  const wall = (on) => {
    document.body.classList.toggle("wall", on);
    button.setAttribute("aria-pressed", String(on));
    if (on && document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => {});
    if (!on && document.fullscreenElement) document.exitFullscreen();
    map.invalidateSize();
    state.tidyLater();
  };
  if (button) {
    button.addEventListener("click", () => wall(!document.body.classList.contains("wall")));
    document.addEventListener("fullscreenchange", () => document.fullscreenElement || wall(false));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || leave()) return;
    if (document.body.classList.contains("wall")) wall(false);
  });

  apply();
  measure();
  // A frame has no size before its page is laid out; a map that is fitted to nothing is drawn far too close.
  const begin = () => {
    map.invalidateSize({ pan: false });
    const { x, y } = map.getSize();
    if (x && y) go(settings.first, { animate: false });
    return Boolean(x && y);
  };
  if (begin()) return;
  const laid = new ResizeObserver(() => begin() && laid.disconnect());
  laid.observe(box);
};

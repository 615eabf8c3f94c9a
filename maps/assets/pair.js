/* Two maps that show one place: what is done to one is done to the other. */
"use strict";

beatplan.pair = (left, right, sides, settings) => {
  const { state } = beatplan;
  const calm = { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches };
  const maps = [left, right];
  maps.forEach((map, at) => {
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label",
      `${settings.labels[at]}. Arrow keys move both maps, plus and minus change their scale.`);
  });
  L.control.scale({ maxWidth: 140, position: "bottomleft" }).addTo(left);

  let due = 0;
  state.tidyLater = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => beatplan.tidy(left));
  };
  let following = false;
  const follow = (from, to) => from.on("move", () => {
    if (following) return;
    following = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    following = false;
  });
  follow(left, right);
  follow(right, left);
  maps.forEach((map) => map.on("zoomend resize", state.tidyLater));

  const whole = (how) => left.fitBounds(settings.bounds, { padding: [16, 16], ...how });
  for (const button of document.querySelectorAll("[data-whole]")) button.addEventListener("click", () => whole(calm));

  /* Layers are named by what they show and the number of their plan: "teams-1". */
  const apply = () => {
    const chosen = document.querySelector("[name=scenario]:checked");
    const number = chosen ? chosen.value : "1";
    const on = new Set([...document.querySelectorAll("[data-switch]:checked")].map((box) => box.dataset.switch));
    maps.forEach((map, at) => {
      for (const [name, layer] of Object.entries(sides[at])) {
        const [kind, of] = name.split("-");
        if (on.has(kind) && of === (at ? number : "0")) map.addLayer(layer);
        else map.removeLayer(layer);
      }
    });
    for (const part of document.querySelectorAll("[data-side]")) part.hidden = part.dataset.side !== number;
    document.querySelector("[data-name]").textContent = settings.names[number];
    right.getContainer().setAttribute("aria-label",
      `Map of ${settings.names[number]}. Arrow keys move both maps, plus and minus change their scale.`);
    beatplan.paint();
    state.tidyLater();
  };
  for (const input of document.querySelectorAll("[data-switch], [name=scenario]")) {
    input.addEventListener("change", apply);
  }

  state.pick = (key) => {
    state.picked = key === state.picked ? null : key;
    beatplan.paint();
    if (state.picked && settings.places[key]) left.panTo(settings.places[key], calm);
    state.tidyLater();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (button) state.pick(button.dataset.key);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.picked) state.pick(state.picked);
  });

  whole({ animate: false });
  if (!left.getSize().x) left.once("resize", () => whole({ animate: false }));
  apply();
};

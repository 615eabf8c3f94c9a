/* One patrol on its map: the whole way first, then stop by stop as the reader asks. */
"use strict";

beatplan.patrol = (map, settings) => {
  const { state } = beatplan;
  const calm = { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches };
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", settings.label);
  L.control.scale({ maxWidth: 140, position: "bottomleft" }).addTo(map);

  /* Numbers that would cover others stand to the right of them. */
  const spread = () => {
    const taken = [];
    const numbers = [...box.querySelectorAll(".stop > span")];
    for (const number of numbers) number.style.removeProperty("--nudge");
    for (const number of numbers) {
      let nudge = 0;
      let here = number.getBoundingClientRect();
      const covers = (other) => here.left < other.right && other.left < here.right
        && here.top < other.bottom && other.top < here.bottom;
      for (let other = taken.find(covers); other; other = taken.find(covers)) {
        nudge += other.right + 1 - here.left;
        number.style.setProperty("--nudge", `${nudge}px`);
        here = number.getBoundingClientRect();
      }
      taken.push(here);
    }
  };
  let due = 0;
  state.tidyLater = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => { beatplan.tidy(map); spread(); });
  };
  map.on("zoomend", () => {
    beatplan.widen(map.getZoom());
    state.tidyLater();
  });
  map.on("resize", state.tidyLater);

  const whole = (how) => map.fitBounds(settings.bounds, {
    paddingTopLeft: [24, 24], paddingBottomRight: [76, 84], maxZoom: 17, ...how, // clear of the scale and the numbers
  });
  document.querySelector("[data-whole]").addEventListener("click", () => {
    show(null);
    whole(calm);
  });

  const buttons = [...document.querySelectorAll("[data-stop]")];
  const show = (picked) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === picked));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      show(button);
      map.setView(settings.stops[button.dataset.stop], Math.max(map.getZoom(), 17), calm);
      const top = box.getBoundingClientRect().top;
      if (top < 0) box.scrollIntoView({ block: "start" });
    });
  }
  // On paper the whole way is shown, whatever was looked at last.
  addEventListener("beforeprint", () => {
    map.invalidateSize({ animate: false });
    whole({ animate: false });
  });
  whole({ animate: false });
  if (!map.getSize().x) map.once("resize", () => whole({ animate: false }));
  beatplan.widen(map.getZoom());
  state.tidyLater();
};

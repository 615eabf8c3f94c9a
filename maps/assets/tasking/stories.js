/* A place that is picked, on the map or in a list, tells its story beside the map until it is closed. */
"use strict";

beatplan.stories = (page) => {
  const { state, drawn, isPatrol } = beatplan;
  const slot = document.getElementById("story");
  let from = null;

  function show(key) {
    const button = document.querySelector(`[data-key="${CSS.escape(key)}"][data-needs]`);
    if (button) page.turnTo(button.dataset.needs);
    const shape = (drawn.get(key) || []).find((layer) => layer.getBounds);
    if (!shape) return;
    const bounds = shape.getBounds();
    const near = !isPatrol(key) && !key.startsWith("ward-") && page.map.getZoom() >= 14;
    if (near) page.map.panInside(bounds.getCenter(), { padding: [120, 120], ...page.calm });
    else page.map.fitBounds(bounds, { padding: [60, 60], maxZoom: 15, ...page.calm });
  }

  function tell(key) {
    const written = slot && document.getElementById(`story-${key}`);
    document.body.classList.toggle("telling", Boolean(written));
    if (!slot) return;
    slot.replaceChildren(...(written ? [written.content.cloneNode(true)] : []));
    slot.hidden = !written;
    if (!written) return;
    slot.querySelector("h2").focus({ preventScroll: true });
    slot.scrollIntoView({ block: "start" });
  }

  state.pick = (key) => {
    if (key === state.picked) return leave();
    if (state.picked === null) from = document.activeElement;
    state.picked = key;
    show(key);
    tell(key);
    done();
  };

  function leave() {
    if (state.picked === null) return false;
    const last = state.picked;
    state.picked = null;
    tell(null);
    done();
    const button = document.querySelector(`button[data-key="${CSS.escape(last)}"]`);
    const back = from && from.isConnected && from !== document.body ? from : button;
    if (back) back.focus();
    return true;
  }

  function done() {
    beatplan.paint();
    state.tidyLater();
    for (const listen of page.whenPicked) listen(state.picked);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (button) state.pick(button.dataset.key);
    if (event.target.closest("[data-close]")) leave();
  });
  return { leave };
};

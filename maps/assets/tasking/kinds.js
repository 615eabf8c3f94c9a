/* One type of crime: hot spots where others are recorded more step back, on the map and in the list. */
"use strict";

beatplan.kinds = (page) => {
  const { state } = beatplan;
  const box = document.getElementById("kind");
  if (!box) return;
  const told = document.getElementById("kind-told");
  const rows = new Map([...document.querySelectorAll("#spots [data-key]")].map((held) => [held.dataset.key, held.closest("tr")]));

  function narrow() {
    const [keys, words] = page.settings.kinds[box.value] || [[...rows.keys()], ""];
    const wanted = new Set(keys);
    state.others = new Set([...rows.keys()].filter((key) => !wanted.has(key)));
    for (const [key, row] of rows) row.hidden = state.others.has(key);
    told.textContent = words;
    beatplan.paint();
    state.tidyLater();
  }

  box.addEventListener("change", narrow);
  if (box.value) narrow(); // a browser that comes back to a page keeps what was chosen
};

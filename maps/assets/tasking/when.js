/* When: the marks of one moment on the map, and the places that hold most then in a table. */
"use strict";

beatplan.when = (page) => {
  const MOST_ROWS = 12;
  const root = document.getElementById("when");
  if (!root) return;
  const line = beatplan.timeline(root);
  const rows = document.getElementById("moment-rows");
  const title = document.getElementById("moment-title");
  const { figure } = beatplan;

  function row(cells, key) {
    const made = document.createElement("tr");
    cells.forEach((text, at) => {
      const cell = made.appendChild(document.createElement(at ? "td" : "th"));
      if (at) cell.className = "n";
      else cell.scope = "row";
      if (at || !document.getElementById(`story-${key}`)) {
        cell.textContent = text;
        return;
      }
      const button = cell.appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", className: "link", textContent: text });
      button.dataset.key = key;
    });
    return made;
  }

  function list(data, step) {
    const held = data.places.map(([key, name], at) => ({ key, name, value: data.values[at][step] }));
    const most = held.filter(({ value }) => value).sort((a, b) => b.value - a.value).slice(0, MOST_ROWS);
    title.textContent = `${data.steps[step]}: most ${data.unit}`;
    rows.replaceChildren(...most.map(({ key, name, value }) => row([name, figure(value / data.per)], key)));
  }

  page.whenAsked.push((wanted) => {
    const layer = wanted.map((name) => page.layers[name]).find((held) => held.data);
    if (!layer) return;
    const { data } = layer;
    const sums = data.steps.map((_, step) => data.values.reduce((sum, held) => sum + held[step], 0) / data.per);
    line.set({
      heights: sums,
      together: data.together,
      say: (step) => `${data.steps[step]}: ${figure(sums[step])} ${data.unit}`,
      step: (step) => { layer.show(step); list(data, step); },
    });
  });
};

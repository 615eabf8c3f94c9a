/* The meeting's questions switch the layers, the key below the map and the facts beside it. */
"use strict";

beatplan.questions = (page) => {
  const every = (selector) => [...document.querySelectorAll(selector)];
  const questions = every("[name=question]");
  const boxes = every("[data-switch]");
  const choices = (question) => every(`[name="choice-${question}"]`);

  function put(box, on) {
    box.checked = on;
    const layer = page.layers[box.dataset.switch];
    if (on) page.map.addLayer(layer);
    else page.map.removeLayer(layer);
    document.body.classList.toggle(`without-${box.dataset.switch}`, !on);
  }

  function apply() {
    const question = questions.find((radio) => radio.checked).value;
    const choice = Math.max(0, choices(question).findIndex((radio) => radio.checked));
    const wanted = page.settings.questions[question][choice];
    for (const box of boxes) put(box, wanted.includes(box.dataset.switch));
    for (const part of every("[data-for]")) part.hidden = part.dataset.for !== question;
    for (const part of every("[data-layer]")) part.hidden = !wanted.includes(part.dataset.layer);
    document.body.dataset.question = question;
    for (const listen of page.whenAsked) listen(wanted);
    page.map.invalidateSize({ pan: false });
  }

  /* Turn to the first question that shows a layer, unless it is shown already. */
  function turnTo(layer) {
    const box = boxes.find((held) => held.dataset.switch === layer);
    if (!box || box.checked) return;
    const found = Object.entries(page.settings.questions)
      .flatMap(([question, sets]) => sets.map((names, choice) => ({ question, names, choice })))
      .find(({ names }) => names.includes(layer));
    if (!found) return;
    questions.find((radio) => radio.value === found.question).checked = true;
    const radio = choices(found.question)[found.choice];
    if (radio) radio.checked = true;
    apply();
  }

  for (const radio of every("[name=question], [name^=choice-]")) radio.addEventListener("change", apply);
  for (const box of boxes) box.addEventListener("change", () => put(box, box.checked));
  return { apply, turnTo };
};

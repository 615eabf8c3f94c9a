/* A slider through moments, with a bar for each, buttons to the last and the next, and the moment in words. */
"use strict";

beatplan.timeline = (root) => {
  const slider = root.querySelector("input");
  const said = root.querySelector("output");
  const bars = root.querySelector(".bars");
  const play = root.querySelector("[data-play]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let told = null;
  let running = 0;

  const show = () => {
    const at = Number(slider.value);
    const text = told.say(at);
    said.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    [...bars.children].forEach((bar, number) => bar.classList.toggle("now", number === at));
    told.step(at);
  };
  const stop = () => {
    clearInterval(running);
    running = 0;
    if (play) play.textContent = "Play";
  };
  const move = (by) => {
    slider.value = Number(slider.value) + by;
    show();
  };
  const begin = () => {
    if (Number(slider.value) === Number(slider.max)) slider.value = 0;
    running = setInterval(() => (Number(slider.value) < Number(slider.max) ? move(1) : stop()), 1500);
    play.textContent = "Pause";
    show();
  };

  slider.addEventListener("input", () => { stop(); show(); });
  for (const button of root.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => { stop(); move(Number(button.dataset.move)); });
  }
  if (play) {
    play.hidden = calm; // nothing moves by itself for those who asked that it should not, and never unasked
    play.addEventListener("click", () => (running ? stop() : begin()));
  }

  const set = (what) => {
    stop();
    told = what;
    slider.max = what.heights.length - 1;
    slider.value = 0;
    const most = Math.max(1e-9, ...what.heights);
    bars.replaceChildren(...what.heights.map((height, at) => {
      const bar = document.createElement("i");
      bar.style.height = `${(100 * height) / most}%`;
      bar.classList.toggle("first", at > 0 && what.together > 0 && at % what.together === 0);
      return bar;
    }));
    show();
  };
  return { set, stop };
};

// What is sent shows how far it is, and work under way tells of itself; without this script both work by plain pages.

const PAUSE_MS = 1000;

function watchForm(form) {
  const bar = form.querySelector("[data-sending]");
  const refused = form.querySelector("[data-refused]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asking = new XMLHttpRequest();
    const over = (sentence) => {
      bar.hidden = true;
      refused.hidden = false;
      refused.textContent = sentence;
    };
    asking.open("POST", form.action);
    asking.setRequestHeader("Accept", "application/json");
    asking.setRequestHeader("X-Form-Token", form.elements.form_token.value);
    asking.upload.addEventListener("progress", (moved) => {
      bar.querySelector("progress").value = moved.lengthComputable ? moved.loaded / moved.total : 0;
    });
    asking.addEventListener("error", () => over("The service cannot be reached: try again."));
    asking.addEventListener("load", () => {
      if (asking.status < 400) {
        location.assign(asking.responseURL);
        return;
      }
      let sentence = "It was not taken.";
      try { sentence = JSON.parse(asking.responseText).error; } catch { /* a proxy's page says nothing to us */ }
      over(sentence);
    });
    refused.hidden = true;
    bar.hidden = false;
    asking.send(new FormData(form));
  });
}

async function watchJob(place) {
  const address = place.dataset.job;
  const stage = place.querySelector("[data-stage]");
  const bar = place.querySelector("progress");
  for (;;) {
    await new Promise((go) => setTimeout(go, PAUSE_MS));
    let job;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) { location.reload(); return; }
      job = (await answer.json()).job;
    } catch { continue; }
    if (!job.unfinished) {
      if (job.to) location.replace(job.to); else location.reload();
      return;
    }
    const words = job.stage === "waiting" ? "It waits for its turn" : job.stage[0].toUpperCase() + job.stage.slice(1);
    if (stage.textContent !== words) stage.textContent = words;
    bar.value = job.share;
  }
}

document.querySelectorAll("form[data-upload]").forEach(watchForm);
document.querySelectorAll("[data-job]").forEach(watchJob);

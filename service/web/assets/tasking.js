/* A decision is recorded without the page, and the map in it, being loaded again. */
"use strict";

(() => {
  const said = document.querySelector("#said");

  const inPlace = (page, id) => {
    const fresh = page.getElementById(id);
    if (!fresh) return false;
    document.getElementById(id).replaceWith(document.adoptNode(fresh));
    for (const other of ["progress"]) {
      const told = page.getElementById(other);
      if (told) document.getElementById(other).replaceWith(document.adoptNode(told));
    }
    return true;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const id = form.dataset.decide;
    if (!id) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!inPlace(page, id)) return location.reload();
      const item = document.getElementById(id);
      const refused = item.querySelector("[role=alert]");
      said.textContent = refused ? refused.textContent : `Recorded: ${item.querySelector("summary").textContent}`;
      item.querySelector("summary").focus();
    } catch {
      button.disabled = false;
      said.textContent = "The decision was not recorded: the service does not answer.";
      alertBeside(button, said.textContent);
    }
  });

  const alertBeside = (button, words) => {
    const told = document.createElement("p");
    told.className = "govuk-error-message";
    told.textContent = words;
    button.before(told);
  };
})();

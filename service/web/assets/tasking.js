/* A decision is recorded without the page, and the map in it, being loaded again; what is typed is never lost. */
"use strict";

(() => {
  const said = document.querySelector("#said");

  const send = (form, token) => fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { accept: "text/html", ...(token && { "x-form-token": token }) },
  });
  // Who has signed in again since the page was loaded has another token.
  const sendAnew = async (form) => {
    const fresh = await fetch("/tasking", { headers: { accept: "application/json" } });
    return fresh.ok ? send(form, fresh.headers.get("x-form-token")) : fresh;
  };

  const inPlace = (page, id) => {
    const fresh = page.getElementById(id);
    if (!fresh) return false;
    for (const own of [id, "progress"]) {
      document.getElementById(own).replaceWith(document.adoptNode(page.getElementById(own)));
    }
    return true;
  };
  const tell = (form, words) => {
    form.querySelector(".govuk-error-message")?.remove();
    const told = document.createElement("p");
    told.className = "govuk-error-message";
    told.textContent = said.textContent = words;
    form.querySelector("button").before(told);
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const id = form.dataset.decide;
    if (!id) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      let answer = await send(form);
      if (answer.status === 403) answer = await sendAnew(form);
      if (answer.status === 401) return tell(form, "Not recorded: sign in again in another tab, then record it here.");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!inPlace(page, id)) return tell(form, page.querySelector("main p")?.textContent ?? "Not recorded.");
      const item = document.getElementById(id);
      const refused = item.querySelector("[role=alert]");
      said.textContent = refused ? refused.textContent : `Recorded: ${item.querySelector("summary").textContent}`;
      item.querySelector("summary").focus();
    } catch {
      tell(form, "Not recorded: the service does not answer.");
    } finally {
      button.disabled = false;
    }
  });
})();

/* Search: a box that lists the wards, streets, hot spots and bases that match, and goes to the one chosen. */
"use strict";

beatplan.search = (page) => {
  const MOST = 8;
  const box = document.getElementById("find");
  if (!box) return { close: () => false };
  const list = document.getElementById("found");
  const told = document.getElementById("found-count");
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f'’.]/g, "").toLowerCase();
  const places = page.settings.places.map(([name, kind, key, lat, lng]) => ({ name, kind, key, at: [lat, lng], sought: plain(name) }));
  const ring = beatplan.placed([0, 0], "found", "<span></span>", { interactive: false });
  let matches = [];
  let active = -1;

  function match(text) {
    const sought = plain(text.trim());
    if (!sought) return [];
    const rank = ({ sought: name }) => (name.startsWith(sought) ? 0 : name.includes(` ${sought}`) ? 1 : name.includes(sought) ? 2 : 3);
    return places.map((place, order) => ({ place, rank: rank(place), order })).filter((held) => held.rank < 3)
      .sort((a, b) => a.rank - b.rank || a.order - b.order).map((held) => held.place);
  }

  function point(at) {
    active = at;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function open() {
    const all = match(box.value);
    matches = all.slice(0, MOST);
    list.replaceChildren(...matches.map(({ name, kind }, at) => {
      const option = document.createElement("li");
      option.id = `found-${at}`;
      option.setAttribute("role", "option");
      option.append(name, " ");
      option.appendChild(document.createElement("small")).textContent = kind;
      option.addEventListener("mousedown", (event) => { event.preventDefault(); go(at); });
      return option;
    }));
    list.hidden = !matches.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = box.value.trim() ? `${all.length} found` : "";
    point(matches.length ? 0 : -1);
  }

  function close() {
    const was = !list.hidden;
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    point(-1);
    return was;
  }

  function go(at) {
    const { name, key, at: where } = matches[at];
    close();
    box.value = name;
    if (key) return key !== beatplan.state.picked && beatplan.state.pick(key);
    ring.setLatLng(where).addTo(page.map);
    page.map.setView(where, Math.max(16, page.map.getZoom()), page.calm);
  }

  box.addEventListener("input", open);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && list.hidden) open();
    else if (by && matches.length) point((active + by + matches.length) % matches.length);
    else if (event.key === "Enter" && active >= 0) go(active);
    else if (event.key === "Escape" && close()) event.stopPropagation();
    else return;
    event.preventDefault();
  });
  return { close };
};

// Ctrl+K (Cmd+K) finds orders, products and pages from anywhere; "/" goes to the search of products.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const PAUSE = 150;
  const palette = document.getElementById("palette");
  const input = document.getElementById("palette-input");
  const list = palette.querySelector("[data-palette-list]");
  const said = palette.querySelector("[data-palette-said]");
  let timer = 0;
  let asking = null;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${palette.dataset.hits}?${new URLSearchParams({ q: input.value })}`, { signal: asking.signal, redirect: "error" });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
      said.textContent = list.firstElementChild.dataset.said;
      choose(options()[0]);
    } catch (error) {
      if (error.name !== "AbortError") choose(null);
    }
  }

  function open() {
    palette.showModal();
    input.select();
    ask();
  }

  function move(by) {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
  }

  function go(option) {
    if (option) window.location.assign(option.dataset.url);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });

  input.addEventListener("keydown", (event) => {
    const act = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => go(chosen()) }[event.key];
    if (!act || event.isComposing) return;
    event.preventDefault();
    act();
  });

  list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette-open]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette.open) palette.close();
      else if (!document.querySelector("dialog[open]")) open();
    } else if (event.key === "/" && window.aqadKeys.isOurs(event)) {
      event.preventDefault();
      document.querySelector("#top-search, main input[type=search]")?.focus();
    }
  });
});

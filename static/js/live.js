// <span data-live="/url" data-every="20">: asks for its content again every so many seconds, and changes only when that has changed.
// While the focus is inside it waits, and says so with "live:waits"; boxes that were ticked stay ticked. Whoever has newer content hands it
// over with "live:put" (detail: HTML). Content that holds [data-settled] will not change any more, so that nobody asks again.
"use strict";

(() => {
  const LONGEST = 120;
  const tags = new WeakMap();
  const shown = new WeakMap(); // as the server wrote it, whatever the reader has opened or typed in it since

  const ticks = (element, which = ":checked") => [...element.querySelectorAll(`input[type="checkbox"]${which}`)];
  const named = (box) => `${box.name} ${box.value}`;

  // As the browser itself would write it, so that two answers can be compared.
  function normal(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.innerHTML.trim();
  }

  function put(element, content) {
    const ticked = new Set(ticks(element).map(named));
    element.innerHTML = content;
    for (const box of ticks(element, "")) if (ticked.has(named(box))) box.checked = true;
    shown.set(element, content);
    window.htmx?.process(element);
    element.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  }

  async function refresh(element) {
    const headers = { "X-Live": "1" };
    if (tags.has(element)) headers["If-None-Match"] = tags.get(element);
    const answer = await fetch(element.dataset.live, { headers, cache: "no-store", redirect: "error" });
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const content = normal(await answer.text());
    if (content !== shown.get(element)) {
      if (element.contains(document.activeElement) && document.activeElement !== element) {
        element.dispatchEvent(new CustomEvent("live:waits", { bubbles: true }));
        return;
      }
      put(element, content);
    }
    tags.set(element, answer.headers.get("ETag"));
  }

  function keep(element) {
    const every = Number(element.dataset.every || 10);
    let wait = every;
    shown.set(element, element.innerHTML.trim());
    element.addEventListener("live:put", (event) => {
      tags.delete(element);
      put(element, normal(event.detail));
    });
    const next = () => setTimeout(run, wait * 1000);
    async function run() {
      if (!element.isConnected || element.querySelector("[data-settled]")) return;
      if (!document.hidden) {
        try {
          await refresh(element);
          wait = every;
        } catch {
          wait = Math.min(wait * 2, LONGEST);
        }
      }
      next();
    }
    next();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-live]").forEach(keep));
})();

// Quantities: buttons that step to what can be ordered, and totals that follow without a reload.
"use strict";

(() => {
  const REFUSED = [409, 422];

  function stepped(input, direction) {
    const least = Number(input.dataset.least) || 1;
    const multiple = Number(input.dataset.multiple) || 1;
    const lowest = Math.ceil(least / multiple) * multiple;
    const now = Number(input.value) || 0;
    const next = direction > 0 ? Math.floor(now / multiple) * multiple + multiple : Math.ceil(now / multiple) * multiple - multiple;
    return Math.max(lowest, next);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const input = button.parentElement.querySelector("input");
    input.value = String(stepped(input, Number(button.dataset.step)));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A refusal comes with words for the line it is about, so it is shown like any other answer.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!REFUSED.includes(event.detail.xhr.status)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-update]")) button.hidden = true;
  });
})();

// Small courtesies: focus on what is wrong, menus that close, forms that are sent once.
"use strict";

const attend = (part) => part.querySelector("[data-focus]")?.focus();
document.addEventListener("DOMContentLoaded", () => attend(document));
document.addEventListener("htmx:afterSettle", (event) => attend(event.target));

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details.menu[open], details.ask[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// The server takes a form's key once; this only keeps an impatient finger from waiting twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

// The list of products: short addresses, wrong filters shown in place, focus that follows, and a search that is told from typing.
"use strict";

(() => {
  const isFinder = (element) => element.id === "finder";

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = event.detail;
    if (!isFinder(elt)) return;
    for (const [name, value] of Object.entries(parameters)) {
      if (!value.trim()) delete parameters[name];
    }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  // What was pressed is gone after the swap: go on with the first product that came.
  let before = null;

  document.addEventListener("htmx:beforeRequest", (event) => {
    before = event.detail.elt.closest("#more") ? document.querySelectorAll("#grid > .product-card").length : null;
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (before === null) return;
    document.querySelectorAll("#grid > .product-card")[before]?.querySelector("a").focus();
    before = null;
  });

  // The list follows each letter; what somebody meant to find is told once, when the box is left or Enter pressed, as a plain request.
  document.addEventListener(
    "change",
    (event) => {
      if (event.target.id !== "finder-search") return;
      event.stopPropagation();
      const search = event.target.value.trim();
      const { action } = event.target.form;
      if (search) fetch(`${action}?${new URLSearchParams({ search })}`, { cache: "no-store", keepalive: true }).catch(() => {});
    },
    { capture: true },
  );
})();

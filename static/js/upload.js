// <form data-upload>: shows how far its files have got. When the form comes back with something wrong, what cannot be written into a
// page (files, passwords) stays as it was chosen. Without this script the browser sends the form as it sends any other.
"use strict";

(() => {
  const UNWRITTEN = "input[type=file], input[type=password]";

  function tell(form, words, share) {
    const box = form.querySelector("[data-progress]");
    const bar = box.querySelector("progress");
    box.hidden = false;
    bar.hidden = share === null;
    if (share !== null) bar.value = share;
    const line = box.querySelector("[role=status]");
    if (line.textContent !== words) line.textContent = words;
  }

  function open(form) {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  }

  function keep(old, fresh) {
    for (const input of old.querySelectorAll(UNWRITTEN)) {
      const place = fresh.elements.namedItem(input.name);
      if (!input.value || !(place instanceof HTMLInputElement) || place.hasAttribute("aria-invalid")) continue;
      const again = place.closest(".field").querySelector(".again");
      const described = (place.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== again?.id);
      again?.remove();
      input.removeAttribute("aria-invalid");
      input.setAttribute("aria-describedby", described.join(" "));
      place.replaceWith(input);
      if (input.type === "file") input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function showAgain(form, page) {
    const main = document.adoptNode(page.getElementById("main"));
    const here = document.getElementById("main");
    const fresh = main.querySelector("form[data-upload]");
    here.replaceWith(main);
    keep(form, fresh);
    main.querySelector("[data-focus]")?.focus();
  }

  function read(form, request) {
    const next = request.getResponseHeader("HX-Redirect");
    const page = request.response;
    if (next) {
      location.assign(next);
    } else if (page?.querySelector("main form[data-upload]")) {
      showAgain(form, page);
    } else {
      open(form);
      const words = page?.querySelector("main h1")?.textContent.trim();
      tell(form, words || form.querySelector("[data-progress]").dataset.lost, null);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-upload]")) return;
    event.preventDefault();
    const words = form.querySelector("[data-progress]").dataset;
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.setRequestHeader("HX-Request", "true"); // the answer then names the next page instead of leading there
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      tell(form, loaded < total ? words.sending : words.checking, total ? loaded / total : 0);
    });
    request.addEventListener("load", () => read(form, request));
    request.addEventListener("error", () => {
      open(form);
      tell(form, words.lost, null);
    });
    request.send(new FormData(form, event.submitter));
    tell(form, words.sending, 0);
  });

  // Forms that htmx sends are only told of.
  document.addEventListener("htmx:xhr:progress", ({ target, detail: { loaded, total } }) => {
    const words = target.querySelector("[data-progress]")?.dataset;
    if (words && total) tell(target, loaded < total ? words.sending : words.checking, loaded / total);
  });
})();

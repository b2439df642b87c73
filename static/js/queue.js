// The vendor's queue: worked by keys, steps without leaving the page, and what is selected or open outlives a refresh.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const SECONDS_TO_READ = 10;
  const queue = document.getElementById("queue");
  const showNew = document.querySelector("[data-show-new]");
  const keysDialog = document.getElementById("keys-dialog");
  const rejectDialog = document.getElementById("reject-dialog");
  const selected = new Set();
  const opened = new Set();
  let isSending = false;

  const rows = () => [...queue.querySelectorAll("[data-order]")];
  const current = () => document.activeElement?.closest?.("[data-order]");
  const boxes = () => [...queue.querySelectorAll("input[name=orders]")];
  const nameOf = (box) => `${box.getAttribute("form")} ${box.value}`;

  function count() {
    for (const place of queue.querySelectorAll("[data-selected]")) {
      const number = boxes().filter((box) => box.checked && box.getAttribute("form") === place.dataset.selected).length;
      place.textContent = number ? `(${number})` : "";
    }
  }

  function restore() {
    const known = new Set(boxes().map(nameOf));
    for (const name of selected) if (!known.has(name)) selected.delete(name);
    for (const box of boxes()) box.checked = selected.has(nameOf(box));
    for (const row of rows()) {
      const lines = row.querySelector("details");
      if (lines && opened.has(row.dataset.order)) lines.open = true;
    }
    showNew.hidden = true;
    count();
  }

  // New content, with the focus on the same order as before, or on the one that took its place.
  function put(html) {
    const before = current();
    const place = before ? rows().indexOf(before) : -1;
    const inside = queue.contains(document.activeElement) ? document.activeElement : null;
    const section = inside?.closest("section")?.dataset.section;
    queue.dispatchEvent(new CustomEvent("live:put", { detail: html }));
    if (!inside) return;
    if (!before) {
      (document.getElementById(inside.id) ?? queue.querySelector(`[data-section="${section}"] h2`))?.focus();
      return;
    }
    const after = rows();
    const same = after.find((row) => row.dataset.order === before.dataset.order && row.closest("section").dataset.section === section);
    (same ?? after[Math.min(place, after.length - 1)] ?? queue.querySelector("h2")).focus();
  }

  function tell(items) {
    const toasts = document.getElementById("messages");
    toasts.classList.add("floating");
    toasts.replaceChildren(...items);
    const good = [...toasts.children].filter((item) => !item.classList.contains("error"));
    setTimeout(() => good.forEach((item) => item.remove()), SECONDS_TO_READ * 1000);
  }

  function tellThatNobodyAnswers() {
    const item = document.createElement("p");
    item.className = "note error";
    item.textContent = queue.dataset.offline;
    tell([item]);
  }

  // Sends a form as the browser would, and takes over what the page that follows says.
  async function send(form, button) {
    if (isSending) return;
    isSending = true;
    queue.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form, button));
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("queue");
      const again = page.getElementById("reject");
      if (fresh) {
        rejectDialog.close();
        put(fresh.innerHTML);
        tell(page.getElementById("messages").children);
      } else if (again) {
        ask(again);
      } else {
        window.location.assign(answer.url);
      }
    } catch {
      tellThatNobodyAnswers();
    } finally {
      isSending = false;
      queue.removeAttribute("aria-busy");
    }
  }

  function ask(content) {
    rejectDialog.replaceChildren(content);
    if (!rejectDialog.open) rejectDialog.showModal();
    rejectDialog.querySelector("textarea").focus();
  }

  async function askWhy(link) {
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      ask(page.getElementById("reject"));
    } catch {
      window.location.assign(link.href);
    }
  }

  async function update() {
    try {
      const answer = await fetch(queue.dataset.live, { cache: "no-store", redirect: "error" });
      if (answer.ok) put(await answer.text());
    } catch {
      tellThatNobodyAnswers();
    }
  }

  function move(by) {
    const all = rows();
    const at = all.indexOf(current());
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by));
    all[next]?.focus();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    a: () => current()?.querySelector("[data-do=accept]")?.click(),
    r: () => current()?.querySelector("[data-do=ready]")?.click(),
    x: () => current()?.querySelector("input[name=orders]")?.click(),
    o: () => current()?.querySelector("summary")?.click(),
    u: update,
    "?": () => keysDialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || !window.aqadKeys.isOurs(event)) return;
    event.preventDefault();
    act();
  });

  // Before page.js, which would take the form for sent.
  document.addEventListener(
    "submit",
    (event) => {
      const isOurs = event.target.matches("[id$='-one'], [id$='-several']") || rejectDialog.contains(event.target);
      if (!isOurs || event.target.method !== "post") return;
      event.preventDefault();
      event.stopPropagation();
      send(event.target, event.submitter);
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const all = event.target.closest("[data-select-all]");
    if (link?.matches("[data-close]") && rejectDialog.contains(link)) {
      event.preventDefault();
      rejectDialog.close();
    } else if (link?.matches("[data-reject]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      askWhy(link);
    } else if (all) {
      const own = boxes().filter((box) => box.getAttribute("form") === all.dataset.selectAll);
      const checked = !own.every((box) => box.checked);
      for (const box of own) {
        box.checked = checked;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });

  queue.addEventListener("change", (event) => {
    if (event.target.name !== "orders") return;
    if (event.target.checked) selected.add(nameOf(event.target));
    else selected.delete(nameOf(event.target));
    count();
  });

  queue.addEventListener(
    "toggle",
    (event) => {
      const order = event.target.closest("[data-order]")?.dataset.order;
      if (!order || !event.target.isConnected) return;
      if (event.target.open) opened.add(order);
      else opened.delete(order);
    },
    true,
  );

  queue.addEventListener("live:changed", restore);
  queue.addEventListener("live:waits", () => {
    showNew.hidden = false;
  });
  showNew.addEventListener("click", update);
  const help = document.querySelector("[data-show-keys]");
  help.addEventListener("click", keys["?"]);
  for (const box of boxes()) if (box.checked) selected.add(nameOf(box));
  restore();
});

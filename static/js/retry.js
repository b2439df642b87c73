// <form data-retry="DEL1001: Delivered">: sent by fetch under its idempotency key, again and again until the server has answered.
// What was typed is kept in sessionStorage, a photo as long as the page lives. A report is forgotten only when an answer that bears its
// key says that it was taken, or when the page says why it was not. The server takes a key once, so that sending again is harmless.
"use strict";

(() => {
  const KEY = "idempotency_key";
  const TOKEN = "csrfmiddlewaretoken";
  const SHELF = "aqad.report.";
  const PATIENCE = 120; // seconds until a request without an answer is given up; a photo may take long
  const LONGEST_WAIT = 60;
  const FRESH = 23 * 3600 * 1000; // milliseconds; the server knows a key for a day

  const pending = new Map();
  const lines = new Map();
  let isLeaving = false;

  const board = () => document.querySelector("[data-waiting]");
  const pathOf = (form) => new URL(form.action).pathname;
  const stepOf = (report) => report.fields.find(([name]) => name === "status")?.[1];
  const formsAt = (url) => [...document.querySelectorAll("form[data-retry]")].filter((form) => pathOf(form) === url);
  const formOf = (report) => {
    const forms = formsAt(report.url).filter((form) => form.elements.status.value === stepOf(report));
    return forms.find((form) => form.dataset.retry === report.name) ?? forms[0];
  };

  // --- What is kept -------------------------------------------------------------------------------------------------------

  function read(form, button) {
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    const entries = [...data].filter(([name]) => name !== TOKEN);
    return {
      key: data.get(KEY),
      name: form.dataset.retry,
      url: pathOf(form),
      person: board()?.dataset.person,
      at: Date.now(),
      fields: entries.filter(([, value]) => typeof value === "string"),
      files: entries.filter(([, value]) => typeof value !== "string" && value.size),
    };
  }

  function keep(report) {
    const { key, name, url, person, at, fields, files, isRenewed } = report;
    const hadPhoto = files.length > 0;
    try {
      sessionStorage.setItem(SHELF + key, JSON.stringify({ key, name, url, person, at, fields, isRenewed, hadPhoto }));
      report.isKept = !hadPhoto;
    } catch {
      report.isKept = false; // no storage: the page asks before it is left
    }
  }

  function forget(report) {
    pending.delete(report.key);
    try {
      sessionStorage.removeItem(SHELF + report.key);
    } catch {
      // there was no storage to begin with
    }
  }

  function kept() {
    try {
      const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(SHELF));
      const reports = keys.map((key) => ({ files: [], ...JSON.parse(sessionStorage.getItem(key)) }));
      return reports.filter((report) => report.person === board()?.dataset.person).sort((a, b) => a.at - b.at);
    } catch {
      return [];
    }
  }

  // --- What is told -------------------------------------------------------------------------------------------------------

  function tell(report, state, link) {
    const place = board();
    if (!place) return;
    let line = lines.get(report.key);
    if (!line?.isConnected) {
      line = document.createElement(link ? "a" : "p");
      lines.set(report.key, line);
      place.append(line);
    }
    if (link) line.href = link;
    line.className = `note ${state === "sent" ? "success" : state === "refused" ? "error" : "warning"}`;
    const text = `${report.name}. ${place.dataset[state]}`;
    if (line.textContent !== text) line.textContent = text;
  }

  // While a report is on its way, its delivery takes no other; page.js keeps a form that bears this mark from being sent.
  function lock(report) {
    for (const form of formsAt(report.url)) {
      form.dataset.sent = "yes";
      form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
    }
  }

  function unlock(report) {
    for (const form of formsAt(report.url)) {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
    }
  }

  // The page that the server answered with takes the place of this one; a photo that was chosen stays chosen.
  function show(text, report) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.querySelector("main");
    if (!main) {
      unlock(report);
      return tell(report, "refused");
    }
    const words = board()?.dataset.refused;
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    history.replaceState(null, "", report.url);
    if (!board() && words) main.prepend(Object.assign(document.createElement("p"), { className: "note error", textContent: `${report.name}. ${words}` }));
    for (const [name, file] of report.files) putBack(formOf(report)?.elements[name], file);
    main.querySelector("[data-focus]")?.focus();
  }

  function putBack(input, file) {
    if (!input) return;
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
    input.closest(".field")?.querySelector(".again")?.remove();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // --- Sending ------------------------------------------------------------------------------------------------------------

  async function post(report) {
    const body = new FormData();
    body.append(TOKEN, document.querySelector(`[name="${TOKEN}"]`)?.value ?? "");
    for (const [name, value] of [...report.fields, ...report.files]) body.append(name, value);
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), PATIENCE * 1000);
    try {
      const headers = { "HX-Request": "true" }; // so that where to go on comes as a header
      const answer = await fetch(report.url, { method: "POST", body, headers, redirect: "error", cache: "no-store", signal: control.signal });
      return { answer, text: await answer.text() };
    } catch {
      return {};
    } finally {
      clearTimeout(timer);
    }
  }

  // What the answer means. Returns the seconds after which the server wants to be asked again, 0 when it said nothing of use, and
  // nothing when there is no more to be done here.
  function judge(report, { answer, text }) {
    if (!answer) return 0;
    const { status, headers } = answer;
    if (answer.ok && headers.get("Idempotency-Key") === report.key) return taken(report, headers.get("HX-Redirect"));
    const isOurs = headers.has("X-Request-ID");
    const later = Number(headers.get("Retry-After"));
    if (isOurs && later && later <= LONGEST_WAIT) return later;
    if (status !== 413 && (!isOurs || status >= 500)) return 0;
    const isStale = status === 403 && !report.isRenewed; // the token of a session that ended meanwhile
    if (headers.has("HX-Redirect") || isStale) return signInAgain(report, isStale);
    forget(report);
    show(text, report);
  }

  function taken(report, target) {
    forget(report);
    tell(report, "sent");
    report.target = target;
    if (pending.size === 0 && target?.startsWith("/")) location.assign(target);
  }

  function signInAgain(report, isStale) {
    report.isRenewed ||= isStale;
    keep(report);
    isLeaving = true;
    location.assign(location.pathname + location.search);
  }

  async function send(report) {
    for (let wait = 1; pending.has(report.key); wait = Math.min(wait * 2, LONGEST_WAIT)) {
      tell(report, navigator.onLine ? "sending" : "offline");
      const asked = judge(report, await post(report));
      if (asked === undefined) return;
      tell(report, navigator.onLine ? "later" : "offline");
      await pause(report, asked || wait);
    }
  }

  function pause(report, seconds) {
    return new Promise((resolve) => {
      report.wake = resolve;
      setTimeout(resolve, seconds * 1000);
    });
  }

  const wakeAll = () => pending.forEach((report) => report.wake?.());

  function start(report) {
    // What lay here of an earlier page has been looked at and is sent anew with this one.
    kept()
      .filter((other) => other.url === report.url)
      .forEach(forget);
    pending.set(report.key, report);
    keep(report);
    lock(report);
    send(report);
  }

  // --- Taking up again what an earlier page kept ----------------------------------------------------------------------------

  function resume(report) {
    const form = formOf(report);
    if (form) refill(form, report);
    if (!report.hadPhoto && Date.now() - report.at < FRESH) return start(report);
    if (form) return tell(report, report.hadPhoto ? "photo" : "open");
    if (location.pathname !== report.url) return tell(report, "open", report.url);
    forget(report);
    tell(report, "settled");
  }

  function refill(form, report) {
    for (const [name, value] of report.fields) {
      if (name === KEY) continue;
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (["checkbox", "radio"].includes(input.type)) input.checked = input.value === value;
        else input.value = value;
      }
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-retry]")) return;
    event.preventDefault();
    const running = [...pending.values()].find((report) => report.url === pathOf(form));
    if (running) running.wake?.();
    else start(read(form, event.submitter));
  });

  // After page.js has made its forms ready again.
  window.addEventListener("pageshow", () => {
    pending.forEach(lock);
    kept()
      .filter((report) => !pending.has(report.key))
      .forEach(resume);
  });
  window.addEventListener("online", wakeAll);
  document.addEventListener("visibilitychange", () => document.hidden || wakeAll());
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && [...pending.values()].some((report) => !report.isKept)) event.preventDefault();
  });
})();

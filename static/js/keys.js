// Single keys do something only while this browser's switch is on: [data-keys-switch], kept for the next visit.
"use strict";

window.aqadKeys = (() => {
  const NAME = "aqad.keys";

  function isOn() {
    try {
      return localStorage.getItem(NAME) !== "off";
    } catch {
      return true;
    }
  }

  // Whether this key press is meant for us: nothing held down, nothing being typed, no dialog in front.
  function isOurs(event) {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    return isOn() && !event.defaultPrevented && !event.altKey && !event.ctrlKey && !event.metaKey && !typing && !document.querySelector("dialog[open]");
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = isOn();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    const { checked } = event.target;
    try {
      localStorage.setItem(NAME, checked ? "on" : "off");
    } catch {
      // Where nothing may be kept, the switch holds for this page.
    }
    for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = checked;
  });

  return { isOurs };
})();

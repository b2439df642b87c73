// <fieldset data-place>: fills latitude and longitude with where the device is, once its button is pressed.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const set = document.querySelector("[data-place]");
  const button = set?.querySelector("[data-here]");
  if (!button || !navigator.geolocation) return;
  const status = set.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set.querySelector("[name=latitude]").value = coords.latitude.toFixed(6);
        set.querySelector("[name=longitude]").value = coords.longitude.toFixed(6);
      },
      () => {
        status.textContent = button.dataset.refused;
      },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
});

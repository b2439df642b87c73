// Stripe's Payment Element: it makes a confirmation token of the card, whose id alone goes to our server, which takes the money.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("pay");
  const button = form.querySelector("button");
  const wrong = document.getElementById("pay-wrong");
  const isDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const stripe = window.Stripe(form.dataset.key);
  const elements = stripe.elements({
    mode: "payment",
    amount: Number(form.dataset.fils),
    currency: form.dataset.currency,
    paymentMethodTypes: ["card"],
    appearance: { theme: isDark ? "night" : "stripe" },
  });
  const card = elements.create("payment");
  card.on("ready", () => {
    button.disabled = false;
  });
  card.mount("#card-form");

  async function pay() {
    const checked = await elements.submit();
    if (checked.error) throw checked.error;
    const made = await stripe.createConfirmationToken({ elements });
    if (made.error) throw made.error;
    form.elements.token.value = made.confirmationToken.id;
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    button.disabled = true;
    wrong.textContent = "";
    pay().catch((error) => {
      wrong.textContent = error.message;
      button.disabled = false;
    });
  });
});

/* Saving a card: its number goes to Stripe.js alone; what is wrong is said beside the button. */
(() => {
  const form = document.getElementById("card");
  if (!form || !window.Stripe) return;
  const button = document.getElementById("save");
  const label = document.getElementById("save-label");
  const problem = document.getElementById("problem");
  const { publishableKey, currency, done, list } = form.dataset;
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const stripe = window.Stripe(publishableKey);
  const elements = stripe.elements({ mode: "setup", currency, appearance: { theme: dark ? "night" : "stripe" } });
  elements.create("payment").mount("#payment-element");
  let busy = false;

  function setBusy(on) {
    busy = on;
    // Not `disabled`: that would take the focus of those who use the keyboard away.
    button.setAttribute("aria-disabled", String(on));
    label.textContent = on ? "Saving…" : "Save the card";
  }

  async function save() {
    const submitted = await elements.submit();
    if (submitted.error) return submitted.error.message;
    const made = await stripe.createConfirmationToken({ elements });
    if (made.error) return made.error.message;
    const body = new FormData(form);
    body.set("confirmation_token_id", made.confirmationToken.id);
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.headers.get("content-type")?.includes("json")) return "Something went wrong on our side. Please try again.";
    const answer = await response.json();
    if (answer.message) return answer.message;
    if (answer.client_secret) {
      const next = await stripe.handleNextAction({ clientSecret: answer.client_secret });
      if (next.error) return next.error.message;
      const intent = answer.client_secret.split("_secret_")[0];
      window.location.assign(`${done}?setup_intent=${encodeURIComponent(intent)}`);
      return null;
    }
    window.location.assign(list);
    return null;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    problem.hidden = true;
    setBusy(true);
    let message = "The connection was lost. Please try again.";
    try {
      message = await save();
    } finally {
      if (message) {
        problem.textContent = message;
        problem.hidden = false;
        problem.focus();
        setBusy(false);
      }
    }
  });
})();

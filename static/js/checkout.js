/* The hosted checkout: recalculates by HTMX, pays through Stripe.js, shows every problem beside its field. */
(() => {
  const form = document.getElementById("checkout");
  const button = document.getElementById("pay");
  const problem = document.getElementById("problem");
  const data = form.dataset;
  let stripe = null;
  let elements = null;
  let confirming = false;
  // A recalculation is on its way; another is wanted after it; who waits for the last one.
  let recalculating = false;
  let again = false;
  let troubles = null;
  let waiting = [];

  // A discount code is on its way: it changes the total like any other change.
  let applying = false;

  const needsPayment = () => data.needsPayment === "true";

  // What the card form collects for: money now, or a card to be charged later.
  function terms() {
    if (data.intent === "setup") return { mode: "setup", currency: data.currency };
    return {
      mode: "payment",
      amount: Math.max(Number(data.amount), 1),
      currency: data.currency,
      ...(data.recurring === "true" && { setupFutureUsage: "off_session" }),
    };
  }

  function mountPayment() {
    if (!needsPayment() || elements || !window.Stripe) return;
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    stripe = window.Stripe(data.publishableKey);
    elements = stripe.elements({ ...terms(), appearance: { theme: dark ? "night" : "stripe" } });
    elements
      .create("payment", { fields: { billingDetails: { address: { country: "never" } } } })
      .mount("#payment-element");
  }

  function clearErrors() {
    problem.hidden = true;
    form.querySelectorAll("[data-error-for]").forEach((slot) => (slot.textContent = ""));
    form.querySelectorAll("[aria-invalid]").forEach((input) => {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    });
  }

  function showErrors({ errors = {}, message = "" }) {
    let first = null;
    for (const [name, text] of Object.entries(errors)) {
      const slot = form.querySelector(`[data-error-for="${name}"]`);
      if (!slot) {
        message = message ? `${message} ${text}` : text;
        continue;
      }
      slot.textContent = text;
      slot.id = `${name}-error`;
      const input = form.elements[name];
      if (input) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", slot.id);
        first = first || input;
      }
    }
    if (message) {
      problem.textContent = message;
      problem.hidden = false;
    }
    // The card form has a focus of its own.
    if (first?.id === "payment") elements?.getElement("payment")?.focus();
    else if (first) first.focus();
    else if (message) problem.focus();
  }

  function setBusy(busy) {
    confirming = busy;
    // Not `disabled`: that would take the focus of those who pay by keyboard away.
    button.setAttribute("aria-disabled", String(busy));
    document.getElementById("pay-label").textContent = busy ? "Processing…" : button.dataset.label;
  }

  // Once the server knows the last change and the page shows what it makes of it.
  const recalculated = () =>
    recalculating || applying ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();

  function recalculate() {
    // Never beside a payment: the server works on one of the two and refuses the other.
    if (recalculating || confirming) again = true;
    else {
      recalculating = true;
      window.htmx.trigger(form, "recalculate");
    }
  }

  async function post(url, body) {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!response.headers.get("content-type")?.includes("json")) {
      return { message: "Something went wrong on our side. You were not charged twice; please try again." };
    }
    return response.json();
  }

  async function confirm() {
    const seen = { amount: data.amount, typed: form.elements.amount?.value };
    await recalculated();
    if (form.querySelector("[aria-invalid]")) return null;
    if (data.amount !== seen.amount && seen.typed === undefined) {
      return showErrors({ message: `The total has changed. ${button.dataset.label}?` });
    }
    const body = new FormData(form);
    if (needsPayment()) {
      const submitted = await elements.submit();
      if (submitted.error) return showErrors({ errors: { payment: submitted.error.message } });
      const billing = { name: body.get("name"), email: body.get("email") };
      const made = await stripe.createConfirmationToken({
        elements,
        params: { payment_method_data: { billing_details: billing } },
      });
      if (made.error) return showErrors({ errors: { payment: made.error.message } });
      body.set("confirmation_token_id", made.confirmationToken.id);
    }
    const answer = await post(data.confirmUrl, body);
    if (answer.errors || answer.message) {
      if (answer.recalculate) again = true;
      return showErrors(answer);
    }
    if (answer.client_secret) {
      const next = await stripe.handleNextAction({ clientSecret: answer.client_secret });
      if (next.error) {
        window.location.assign(data.confirmationUrl);
        return null;
      }
    }
    window.location.assign(data.confirmationUrl);
    return new Promise(() => {});
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (confirming) return;
    clearErrors();
    setBusy(true);
    try {
      await confirm();
    } catch {
      showErrors({ message: "We could not reach the server. Check your connection and try again." });
    } finally {
      setBusy(false);
      if (again) {
        again = false;
        recalculate();
      }
    }
  });

  form.addEventListener("change", (event) => {
    if (["country", "state", "postal_code", "amount", "seats", "units"].includes(event.target.name)) {
      clearErrors();
      recalculate();
    }
  });

  form.addEventListener("click", ({ target }) => {
    const step = Number(target.closest?.("[data-step]")?.dataset.step);
    if (!step) return;
    const input = document.getElementById("quantity");
    const before = input.value;
    if (step > 0) input.stepUp();
    else input.stepDown();
    if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The discount's form is drawn anew, so its events are heard from above.
  document.body.addEventListener("htmx:beforeRequest", ({ target }) => {
    if (target.id === "discount") applying = true;
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    // Not beside a payment, as a recalculation.
    if (event.target.id === "discount" && confirming) event.preventDefault();
  });

  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig?.elt.id !== "discount") return;
    applying = false;
    if (!detail.successful) showErrors({ message: "The discount code could not be checked. Please try again." });
    setTimeout(() => {
      (document.getElementById("discount-code") || document.getElementById("discount-action"))?.focus();
      if (!recalculating) waiting.splice(0).forEach((resolve) => resolve());
    });
  });

  form.addEventListener("htmx:afterRequest", ({ target }) => {
    if (target !== form) return;
    // HTMX is done with a request only after its listeners.
    setTimeout(() => {
      recalculating = false;
      if (again) {
        again = false;
        recalculating = true;
        window.htmx.trigger(form, "recalculate");
        return;
      }
      if (troubles) showErrors({ errors: troubles });
      troubles = null;
      if (!applying) waiting.splice(0).forEach((resolve) => resolve());
    });
  });

  // An answer to what the buyer has changed again meanwhile is not drawn.
  form.addEventListener("htmx:beforeSwap", (event) => {
    if (again) event.detail.shouldSwap = false;
  });

  // What the buyer has typed or chosen since is kept when the fields around it are drawn anew.
  document.body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    for (const input of detail.fragment.querySelectorAll("input:not([type=hidden]), select")) {
      if (input.id === "discount-code") continue;
      const typed = form.elements[input.name]?.value;
      const known = input.tagName !== "SELECT" || [...input.options].some(({ value }) => value === typed);
      if (typed && known) input.value = typed;
    }
  });

  // The server answers with the new figures in a header beside the regions it swapped.
  document.body.addEventListener("checkout:recalculated", (event) => {
    if (again) return;
    const { amount, intent, needs_payment: needs, needs_address: asks, action, errors } = event.detail;
    if (!event.detail.is_about_code) troubles = errors;
    data.amount = amount;
    data.intent = intent;
    data.needsPayment = String(needs);
    button.dataset.label = action;
    if (!confirming) document.getElementById("pay-label").textContent = action;
    document.getElementById("payment").hidden = !needs;
    // What is not asked for is not sent either.
    Object.assign(document.getElementById("address"), { hidden: !asks, disabled: !asks });
    if (needs) {
      mountPayment();
      elements?.update(terms());
    }
  });

  button.dataset.label = document.getElementById("pay-label").textContent;
  mountPayment();
})();

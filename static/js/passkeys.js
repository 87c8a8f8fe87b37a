// Buttons that ask the browser for a passkey and send its answer with their form.
(function () {
  "use strict";

  function refuse(form, words) {
    const place = form.querySelector("button + .bo-refusal, .bo-refusal[hidden]");
    if (place) { place.textContent = words; place.hidden = false; }
  }

  async function answer(button, form) {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const response = await fetch(button.dataset.options, {
      method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin"
    });
    if (!response.ok || response.redirected) { window.location.reload(); return null; }
    const options = (await response.json()).publicKey;
    if (button.dataset.passkey === "create") {
      return navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options)
      });
    }
    return navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)
    });
  }

  document.addEventListener("click", async function (event) {
    const button = event.target.closest("[data-passkey]");
    if (!button) return;
    const form = button.closest("form");
    if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
      refuse(form, "This browser knows no passkeys, or the address is not secure.");
      return;
    }
    button.disabled = true;
    try {
      const credential = await answer(button, form);
      if (!credential) return;
      form.querySelector("[name=_passkey]").value = JSON.stringify(credential.toJSON());
      form.requestSubmit();
    } catch (error) {
      refuse(form, "The browser gave no passkey.");
    } finally {
      button.disabled = false;
    }
  });
})();

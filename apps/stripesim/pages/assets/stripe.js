// The sandbox's stand-in for Stripe.js: the calls a checkout page makes, against the sandbox itself.
(() => {
  "use strict";
  const BASE = new URL(document.currentScript.src).origin;
  let counter = 0;

  const connectionError = () => ({
    type: "api_connection_error",
    message: "The payment service could not be reached. Please try again.",
  });
  const misuse = (message) => { throw new Error(`Stripe sandbox: ${message}`); };

  function encode(value, name, into) {
    if (value === null || value === undefined) return into;
    if (Array.isArray(value)) value.forEach((item, index) => encode(item, `${name}[${index}]`, into));
    else if (typeof value === "object") {
      for (const [key, item] of Object.entries(value)) encode(item, name ? `${name}[${key}]` : key, into);
    } else into.append(name, String(value));
    return into;
  }

  class Frame {
    // One iframe of the sandbox and the conversation with it.
    constructor(onEvent) {
      this.id = `frame${++counter}`;
      this.onEvent = onEvent;
      this.calls = new Map();
      this.loaded = new Promise((resolve) => { this.resolveLoaded = resolve; });
      this.node = document.createElement("iframe");
      this.node.name = `__privateStripeFrame${counter}`;
      this.node.title = "Secure payment input frame";
      this.node.src = `${BASE}/elements/payment?frame=${this.id}`;
      this.node.allow = "payment *";
      this.node.style.cssText = "border:0;margin:-3px;width:calc(100% + 6px);height:250px;display:block;background:transparent;color-scheme:light";
      this.listen = (message) => this.receive(message);
      window.addEventListener("message", this.listen);
    }

    receive({ data, origin, source }) {
      if (origin !== BASE || source !== this.node.contentWindow || !data || data.sandbox !== "element") return;
      if (data.height) this.node.style.height = `${data.height}px`;
      if (data.event === "loaded") this.resolveLoaded();
      else if (data.event) this.onEvent(data.event, data.detail);
      if (data.reply) {
        this.calls.get(data.reply)?.(data.result);
        this.calls.delete(data.reply);
      }
    }

    async ask(action, detail) {
      await this.loaded;
      const call = `${this.id}-${++counter}`;
      return new Promise((resolve) => {
        this.calls.set(call, resolve);
        this.node.contentWindow.postMessage({ sandbox: "page", frame: this.id, call, action, detail }, BASE);
      });
    }

    remove() {
      window.removeEventListener("message", this.listen);
      this.node.remove();
    }
  }

  class PaymentElement {
    constructor(stripe, elements, options) {
      this.stripe = stripe;
      this.elements = elements;
      this.options = options;
      this.handlers = {};
      this.frame = null;
    }

    emit(name, detail) {
      for (const handler of [...(this.handlers[name] || [])]) handler(detail);
    }

    on(name, handler) { (this.handlers[name] ||= []).push(handler); return this; }
    off(name, handler) {
      this.handlers[name] = handler ? (this.handlers[name] || []).filter((other) => other !== handler) : [];
      return this;
    }
    once(name, handler) {
      const wrapped = (detail) => { this.off(name, wrapped); handler(detail); };
      return this.on(name, wrapped);
    }

    mount(target) {
      const parent = typeof target === "string" ? document.querySelector(target) : target;
      if (!parent) misuse(`there is no element ${target} to mount into.`);
      this.unmount();
      this.frame = new Frame((name, detail) => this.emit(name, detail));
      parent.replaceChildren(this.frame.node);
      parent.classList.add("StripeElement");
      this.frame.ask("init", {
        key: this.stripe.key,
        account: this.stripe.account,
        locale: this.elements.options.locale || this.stripe.locale,
        elements: plain(this.elements.options),
        options: plain(this.options),
      });
    }

    unmount() { this.frame?.remove(); this.frame = null; }
    destroy() {
      this.unmount();
      this.elements.element = null;
      this.emit("destroy");
    }
    update(options) { Object.assign(this.options, options); this.frame?.ask("update", { options: plain(options) }); }
    focus() { this.frame?.ask("focus"); }
    blur() { this.frame?.node.blur(); }
    clear() { this.frame?.ask("clear"); }
    collapse() {}
    ask(action, detail) {
      if (!this.frame) misuse("the payment element is not mounted.");
      return this.frame.ask(action, detail);
    }
  }

  const plain = (value) => JSON.parse(JSON.stringify(value ?? {}));

  class Elements {
    constructor(stripe, options) {
      if (!options.clientSecret && !options.mode) misuse("elements() needs clientSecret or mode.");
      this.stripe = stripe;
      this.options = { ...options };
      this.element = null;
    }

    create(type, options = {}) {
      if (type !== "payment") misuse(`the element "${type}" is not part of the sandbox; use "payment".`);
      if (this.element) misuse("there is a payment element already.");
      this.element = new PaymentElement(this.stripe, this, { ...options });
      return this.element;
    }
    getElement(type) { return type === "payment" ? this.element : null; }

    update(options) {
      Object.assign(this.options, options);
      this.element?.frame?.ask("update", { elements: plain(options) });
      this.element?.emit("update-end");
    }

    async fetchUpdates() {
      if (!this.options.clientSecret) return {};
      const { error } = await this.stripe.retrieve(this.options.clientSecret);
      return error ? { error } : {};
    }

    async submit() {
      if (!this.element) misuse("create and mount the payment element first.");
      return this.element.ask("validate");
    }
  }

  class Stripe {
    constructor(key, options = {}) {
      if (!/^pk_/.test(key || "")) misuse("Stripe() needs a publishable key, pk_test_….");
      this.key = key;
      this.account = options.stripeAccount;
      this.locale = options.locale;
    }

    elements(options = {}) { return new Elements(this, options); }

    async request(method, path, params = {}) {
      const form = encode({ ...params, key: this.key }, "", new URLSearchParams());
      const headers = this.account ? { "Stripe-Account": this.account } : {};
      const url = BASE + path + (method === "GET" ? `?${form}` : "");
      try {
        const response = await fetch(url, { method, headers, body: method === "GET" ? undefined : form });
        return await response.json();
      } catch {
        return { error: connectionError() };
      }
    }

    async retrieve(clientSecret) {
      const id = String(clientSecret).split("_secret_")[0];
      const kind = id.startsWith("seti_") ? "setup_intents" : "payment_intents";
      const answer = await this.request("GET", `/v1/${kind}/${id}`, { client_secret: clientSecret });
      if (answer.error) return { error: answer.error };
      return kind === "setup_intents" ? { setupIntent: answer } : { paymentIntent: answer };
    }
    retrievePaymentIntent(clientSecret) { return this.retrieve(clientSecret); }
    retrieveSetupIntent(clientSecret) { return this.retrieve(clientSecret); }

    async createConfirmationToken({ elements, params = {} }) {
      const answer = await elements.element.ask("token", { params: plain(params) });
      return answer.error ? { error: answer.error } : { confirmationToken: answer };
    }

    async createPaymentMethod({ elements, params = {} }) {
      const answer = await elements.element.ask("method", { params: plain(params) });
      return answer.error ? { error: answer.error } : { paymentMethod: answer };
    }

    async handleNextAction({ clientSecret }) {
      const found = await this.retrieve(clientSecret);
      const intent = found.paymentIntent || found.setupIntent;
      if (found.error) return found;
      if (intent.status !== "requires_action" || !intent.next_action) return found;
      await challenge(intent.next_action.redirect_to_url.url);
      const after = await this.retrieve(clientSecret);
      const result = after.paymentIntent || after.setupIntent;
      if (after.error) return after;
      const problem = result.last_payment_error || result.last_setup_error;
      if (result.status !== "requires_payment_method" || !problem) return after;
      return { error: { ...problem, [result.object]: result } };
    }

    confirmPayment(options) { return this.confirm(options); }
    confirmSetup(options) { return this.confirm(options); }

    async confirm({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret || elements?.options.clientSecret;
      if (!secret) misuse("a client secret is needed to confirm.");
      if (redirect === "always" && !confirmParams.return_url) misuse("confirmParams.return_url is needed.");
      const params = { client_secret: secret, use_stripe_sdk: true };
      if (confirmParams.return_url) params.return_url = confirmParams.return_url;
      for (const name of ["confirmation_token", "payment_method"]) {
        if (confirmParams[name]) params[name] = confirmParams[name];
      }
      if (!params.confirmation_token && !params.payment_method) {
        const made = await this.createConfirmationToken({ elements, params: confirmParams });
        if (made.error) return made;
        params.confirmation_token = made.confirmationToken.id;
      }
      const id = secret.split("_secret_")[0];
      const kind = id.startsWith("seti_") ? "setup_intents" : "payment_intents";
      const answer = await this.request("POST", `/v1/${kind}/${id}/confirm`, params);
      if (answer.error) return { error: answer.error };
      const result = await this.handleNextAction({ clientSecret: secret });
      if (result.error || redirect !== "always") return result;
      const url = new URL(confirmParams.return_url);
      url.searchParams.set(answer.object, id);
      url.searchParams.set(`${answer.object}_client_secret`, secret);
      url.searchParams.set("redirect_status", "succeeded");
      window.location.assign(url);
      return new Promise(() => {});
    }
  }

  // The bank's challenge over the page, until it is over or dismissed.
  function challenge(url) {
    return new Promise((resolve) => {
      const before = document.activeElement;
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", "Card authentication");
      dialog.style.cssText = "padding:0;border:0;border-radius:12px;width:min(480px,92vw);height:min(420px,80vh);overflow:hidden";
      const frame = document.createElement("iframe");
      frame.name = `__stripeJSChallengeFrame${++counter}`;
      frame.title = "3-D Secure authentication";
      frame.src = `${url}&embedded=1`;
      frame.style.cssText = "border:0;width:100%;height:100%";
      dialog.append(frame);
      const end = () => {
        window.removeEventListener("message", listen);
        dialog.remove();
        before?.focus?.();
        resolve();
      };
      const listen = ({ data, origin, source }) => {
        if (origin === BASE && source === frame.contentWindow && data?.sandbox === "challenge") end();
      };
      window.addEventListener("message", listen);
      dialog.addEventListener("cancel", (event) => event.preventDefault());
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  const create = (key, options) => new Stripe(key, options);
  create.version = "sandbox";
  window.Stripe = create;
})();

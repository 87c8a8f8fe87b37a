// The payment element's inside. It alone sees card data; the merchant's page gets tokens and states.
"use strict";

const form = document.getElementById("card");
const fields = { number: form.number, expiry: form.expiry, cvc: form.cvc };
const errorBox = (name) => document.getElementById(`${name}-error`);
const digits = (text) => text.replace(/\D/g, "");
const frame = new URLSearchParams(location.search).get("frame");
let settings = { key: "", options: {}, elements: {} };
let ready = false;

const COUNTRIES = ("AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BG BH BJ BN BO BR BS BT BW BZ CA CH CI CL CM CO CR CY CZ "
  + "DE DK DM DO DZ EC EE EG ES ET FI FJ FR GA GB GD GE GH GM GR GT GY HK HN HR HU ID IE IL IN IS IT JM JO JP KE KG KH "
  + "KR KW KZ LA LB LC LI LK LT LU LV MA MC MD ME MG MK MN MO MT MU MV MW MX MY MZ NA NG NI NL NO NP NZ OM PA PE PG PH "
  + "PK PL PT PY QA RO RS RW SA SB SC SE SG SI SK SM SN SR SV SZ TG TH TN TO TR TT TW TZ UA UG US UY UZ VC VN VU WS ZA ZM ZW").split(" ");

function send(message) {
  window.parent.postMessage({ sandbox: "element", frame, ...message }, settings.origin || "*");
}

function luhn(number) {
  let total = 0;
  [...number].reverse().forEach((digit, position) => {
    const value = Number(digit) * (position % 2 ? 2 : 1);
    total += value > 9 ? value - 9 : value;
  });
  return total % 10 === 0;
}

function brandOf(number) {
  if (/^4/.test(number)) return "visa";
  if (/^3[47]/.test(number)) return "amex";
  if (/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/.test(number)) return "mastercard";
  if (/^6/.test(number)) return "discover";
  return "";
}

function expiryParts() {
  const value = digits(fields.expiry.value);
  const month = Number(value.slice(0, 2));
  const year = value.length >= 6 ? Number(value.slice(2, 6)) : 2000 + Number(value.slice(2, 4));
  return { month, year, complete: value.length === 4 || value.length === 6 };
}

// Each check gives [code, message] or nothing.
const checks = {
  number() {
    const value = digits(fields.number.value);
    const length = brandOf(value) === "amex" ? 15 : 16;
    if (value.length < length) return ["incomplete_number", "Your card number is incomplete."];
    if (!luhn(value)) return ["invalid_number", "Your card number is invalid."];
  },
  expiry() {
    const { month, year, complete } = expiryParts();
    if (!complete) return ["incomplete_expiry", "Your card's expiration date is incomplete."];
    if (month < 1 || month > 12) return ["invalid_expiry_month", "Your card's expiration date is invalid."];
    const now = new Date();
    if (year < now.getFullYear() || (year === now.getFullYear() && month < now.getMonth() + 1)) {
      return ["invalid_expiry_year_past", "Your card's expiration date is in the past."];
    }
    if (year > now.getFullYear() + 50) return ["invalid_expiry_year", "Your card's expiration year is invalid."];
  },
  cvc() {
    const length = brandOf(digits(fields.number.value)) === "amex" ? 4 : 3;
    if (digits(fields.cvc.value).length < length) return ["incomplete_cvc", "Your card's security code is incomplete."];
  },
};

function show(name, problem) {
  errorBox(name).textContent = problem ? problem[1] : "";
  fields[name].setAttribute("aria-invalid", problem ? "true" : "false");
}

function validate() {
  let first = null;
  for (const name of Object.keys(checks)) {
    const problem = checks[name]();
    show(name, problem);
    if (problem && !first) first = { name, problem };
  }
  if (!first) return null;
  fields[first.name].focus();
  const [code, message] = first.problem;
  return { type: "validation_error", code, message };
}

function changed() {
  const empty = Object.values(fields).every((field) => !field.value);
  const complete = Object.values(checks).every((check) => !check());
  document.getElementById("brand").textContent = brandOf(digits(fields.number.value));
  send({ event: "change", detail: { elementType: "payment", empty, complete, collapsed: false, value: { type: "card" } } });
}

fields.number.addEventListener("input", () => {
  const value = digits(fields.number.value).slice(0, 19);
  const groups = brandOf(value) === "amex" ? value.match(/^(\d{1,4})(\d{1,6})?(\d{1,5})?/) : null;
  fields.number.value = groups ? groups.slice(1).filter(Boolean).join(" ") : (value.match(/\d{1,4}/g) || []).join(" ");
});
fields.expiry.addEventListener("input", (event) => {
  if (event.inputType === "deleteContentBackward") return;
  let value = digits(fields.expiry.value).slice(0, 6);
  if (/^[2-9]/.test(value)) value = `0${value}`;
  fields.expiry.value = value.length >= 2 ? `${value.slice(0, 2)} / ${value.slice(2)}` : value;
});
fields.cvc.addEventListener("input", () => { fields.cvc.value = digits(fields.cvc.value).slice(0, 4); });

for (const [name, field] of Object.entries(fields)) {
  field.addEventListener("input", () => {
    if (field.getAttribute("aria-invalid") === "true") show(name, checks[name]());
    changed();
  });
  field.addEventListener("blur", () => {
    send({ event: "blur", detail: { elementType: "payment" } });
    if (field.value) show(name, checks[name]());
  });
  field.addEventListener("focus", () => send({ event: "focus", detail: { elementType: "payment" } }));
}
form.addEventListener("submit", (event) => event.preventDefault());

function fillCountries(chosen, locale) {
  let names = null;
  try { names = new Intl.DisplayNames([locale || "en"], { type: "region" }); } catch { names = new Intl.DisplayNames(["en"], { type: "region" }); }
  const rows = COUNTRIES.map((code) => [names.of(code), code]).sort((a, b) => a[0].localeCompare(b[0]));
  form.country.replaceChildren(...rows.map(([name, code]) => new Option(name, code, false, code === chosen)));
}

function dress(appearance = {}) {
  const root = document.documentElement;
  root.className = ["night", "flat"].includes(appearance.theme) ? appearance.theme : "";
  const names = { colorPrimary: "--primary", colorBackground: "--background", colorText: "--text", colorDanger: "--danger",
    colorTextSecondary: "--muted", colorTextPlaceholder: "--muted", borderRadius: "--radius", fontFamily: "--font",
    fontSizeBase: "--size", spacingUnit: "--unit" };
  for (const [name, variable] of Object.entries(names)) {
    const value = (appearance.variables || {})[name];
    if (value) root.style.setProperty(variable, value);
    else root.style.removeProperty(variable);
  }
}

function apply() {
  const { options, elements, locale } = settings;
  dress(elements.appearance);
  const address = ((options.fields || {}).billingDetails || {}).address;
  const wanted = ((options.fields || {}).billingDetails) !== "never" && address !== "never" && (address || {}).country !== "never";
  document.getElementById("country-field").hidden = !wanted;
  const preset = (((options.defaultValues || {}).billingDetails || {}).address || {}).country;
  if (!form.country.options.length) fillCountries(preset || "US", locale);
  const readOnly = Boolean(options.readOnly);
  for (const field of Object.values(fields)) field.readOnly = readOnly;
}

// Nested values to Stripe's form encoding.
function encode(value, name, into) {
  if (value === null || value === undefined) return into;
  if (Array.isArray(value)) value.forEach((item, index) => encode(item, `${name}[${index}]`, into));
  else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) encode(item, name ? `${name}[${key}]` : key, into);
  } else into.append(name, String(value));
  return into;
}

function cardData(params) {
  const { month, year } = expiryParts();
  const given = (params.payment_method_data || {});
  const preset = (settings.options.defaultValues || {}).billingDetails || {};
  const billing = { ...preset, ...(given.billing_details || {}) };
  if (!document.getElementById("country-field").hidden) {
    billing.address = { country: form.country.value, ...(billing.address || {}) };
  }
  return {
    type: "card",
    card: { number: digits(fields.number.value), exp_month: month, exp_year: year, cvc: fields.cvc.value },
    billing_details: billing,
    ...(given.allow_redisplay ? { allow_redisplay: given.allow_redisplay } : {}),
  };
}

async function post(path, body) {
  const headers = { Authorization: `Bearer ${settings.key}` };
  if (settings.account) headers["Stripe-Account"] = settings.account;
  const response = await fetch(path, { method: "POST", headers, body: encode(body, "", new URLSearchParams()) });
  return response.json();
}

const actions = {
  init(detail) { settings = { ...settings, ...detail }; apply(); if (!ready) { ready = true; send({ event: "ready", detail: { elementType: "payment" } }); } return {}; },
  update(detail) {
    settings.elements = { ...settings.elements, ...(detail.elements || {}) };
    settings.options = { ...settings.options, ...(detail.options || {}) };
    apply();
    return {};
  },
  validate() { const error = validate(); return error ? { error } : { selectedPaymentMethod: "card" }; },
  clear() { form.reset(); for (const name of Object.keys(fields)) show(name); changed(); return {}; },
  focus() { fields.number.focus(); return {}; },
  async token({ params = {} }) {
    const error = validate();
    if (error) return { error };
    const body = { payment_method_data: cardData(params), return_url: params.return_url, shipping: params.shipping, use_stripe_sdk: true };
    if (settings.elements.setupFutureUsage) body.setup_future_usage = settings.elements.setupFutureUsage;
    else if (settings.elements.mode === "setup") body.setup_future_usage = "off_session";
    return post("/v1/confirmation_tokens", body);
  },
  async method({ params = {} }) {
    const error = validate();
    return error ? { error } : post("/v1/payment_methods", cardData({ payment_method_data: params }));
  },
};

window.addEventListener("message", async ({ data, origin, source }) => {
  if (source !== window.parent || !data || data.sandbox !== "page" || data.frame !== frame) return;
  settings.origin = origin;
  let result;
  try { result = await actions[data.action](data.detail || {}); }
  catch (failure) { result = { error: { type: "api_connection_error", message: "The payment service could not be reached. Please try again." } }; }
  if (result.error && result.error.param) {
    const name = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc" }[result.error.param];
    if (name) show(name, [result.error.code, result.error.message]);
  }
  send({ reply: data.call, result });
});

new ResizeObserver(() => send({ height: Math.ceil(form.getBoundingClientRect().height) + 8 })).observe(form);
send({ event: "loaded" });

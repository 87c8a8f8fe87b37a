// Tells the page that opened the challenge how it ended.
const { outcome, intent } = document.getElementById("outcome").dataset;
if (window.parent !== window) {
  window.parent.postMessage({ sandbox: "challenge", outcome, intent }, "*");
}

// Copying code, and a menu that is folded on a phone.
for (const figure of document.querySelectorAll("figure.code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(figure.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  figure.querySelector("figcaption").append(button);
}
const contents = document.querySelector(".menu details");
const wide = matchMedia("(min-width: 60rem)");
const fold = () => (contents.open = wide.matches);
wide.addEventListener("change", fold);
fold();

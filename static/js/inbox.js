// Puts on top what has arrived since, and leaves open what is open.
const list = document.getElementById("messages");
setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const found of [...page.querySelectorAll("#messages details")].reverse()) {
    if (document.getElementById(found.id)) continue;
    list.querySelector(".empty")?.remove();
    list.prepend(found);
  }
}, 2000);

// The staff site: ids that copy, rows that open, filter menus that close.
(function () {
  "use strict";

  // Styles come from files alone: the rules for indicators are in backoffice.css.
  if (window.htmx) window.htmx.config.includeIndicatorStyles = false;

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy]");
    if (button) {
      event.preventDefault();
      event.stopPropagation();
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        button.classList.add("is-copied");
        setTimeout(function () { button.classList.remove("is-copied"); }, 1200);
      });
      return;
    }
    document.querySelectorAll("details.bo-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, summary") && !String(getSelection())) {
      if (event.metaKey || event.ctrlKey) window.open(row.dataset.href, "_blank", "noopener");
      else window.location.href = row.dataset.href;
    }
  });

  document.addEventListener("change", function (event) {
    if (!event.target.matches("[data-check-all]")) return;
    event.target.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach(function (box) {
      box.checked = event.target.checked;
    });
  });

  // A link that ends in #do= and the address of a verb opens its dialog, as if it were clicked.
  function openVerb() {
    if (!location.hash.startsWith("#do=")) return;
    const wanted = location.hash.slice(4);
    history.replaceState(null, "", location.pathname + location.search);
    const found = Array.from(document.querySelectorAll("[hx-get]")).find(function (one) {
      return one.getAttribute("hx-get") === wanted;
    });
    if (found) found.click();
  }
  // htmx and Alpine have to know the page first.
  window.addEventListener("load", function () { setTimeout(openVerb, 0); });
  window.addEventListener("hashchange", openVerb);

  // The menus of verbs are links without an address, which a keyboard does not reach.
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("li[x-data] > a:not([href])").forEach(function (menu) {
      menu.tabIndex = 0;
      menu.setAttribute("role", "button");
      menu.setAttribute("aria-haspopup", "true");
    });
  });

  document.addEventListener("keydown", function (event) {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("a[role=button]:not([href])")) {
      event.preventDefault();
      event.target.click();
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.bo-menu[open]").forEach(function (menu) { menu.open = false; });
    }
    const typing = event.target.closest && event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing) {
      const search = document.getElementById("bo-q");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });
})();

// Redoc, in the colours of the page.
const place = document.getElementById("reference");
const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
const font = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";
const dark = {
  primary: { main: "#a5a0ff" },
  text: { primary: "#eef0f4", secondary: "#a3a9b6" },
  border: { dark: "#2c313b", light: "#2c313b" },
  http: { get: "#62d69b", post: "#7cb7ff", patch: "#fcd98a", put: "#fcd98a", delete: "#ff9c8f" },
};
Redoc.init(
  place.dataset.document,
  {
    disableSearch: false,
    hideDownloadButton: true,
    nativeScrollbars: true,
    scrollYOffset: 56,
    theme: {
      colors: isDark ? dark : { primary: { main: "#4338ca" } },
      typography: {
        fontFamily: font,
        headings: { fontFamily: font },
        code: isDark ? { backgroundColor: "#11141a", color: "#ffb4a8" } : {},
      },
      sidebar: isDark
        ? { backgroundColor: "#181b21", textColor: "#eef0f4" }
        : { backgroundColor: "#f6f7f9", textColor: "#17181c" },
      schema: isDark
        ? { nestedBackground: "#181b21", linesColor: "#a5a0ff", typeNameColor: "#a3a9b6", typeTitleColor: "#a3a9b6" }
        : {},
      rightPanel: { backgroundColor: isDark ? "#11141a" : "#1d2433" },
    },
  },
  place,
);

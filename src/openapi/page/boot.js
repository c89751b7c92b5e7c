
(async () => {
  const text = (id) => document.getElementById(id).textContent;
  const packed = Uint8Array.from(atob(text("viewer")), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  const viewer = document.createElement("rapi-doc");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const settings = {
    "theme": dark.matches ? "dark" : "light",
    "primary-color": dark.matches ? "#7aa2ff" : "#2f5fd0",
    "render-style": matchMedia("(min-width: 48rem)").matches ? "read" : "view",
    "schema-style": "table",
    "show-header": "false",
    "load-fonts": "false",
    "regular-font": "system-ui, sans-serif",
    "mono-font": "ui-monospace, monospace",
    "font-size": "large",
    "show-method-in-nav-bar": "as-colored-text",
    "use-path-in-nav-bar": "true",
    "allow-server-selection": "false",
    "allow-spec-url-load": "false",
    "allow-spec-file-load": "false",
    "fetch-credentials": "same-origin",
  };
  for (const [name, value] of Object.entries(settings)) viewer.setAttribute(name, value);
  document.getElementById("loading").replaceWith(viewer);
  await customElements.whenDefined("rapi-doc");
  viewer.loadSpec(JSON.parse(text("document")));
})();

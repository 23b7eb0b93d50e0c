// Small helps; every page works without them.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
  document.querySelectorAll("[data-print]").forEach((b) => b.addEventListener("click", () => window.print()));
  document.querySelectorAll("[data-copy]").forEach((b) => b.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(b.dataset.copy, location.href).href);
    b.textContent = "Copied";
  }));
  document.querySelectorAll("input[type=range][data-show]").forEach((r) => {
    const out = document.getElementById(r.dataset.show);
    const days = (n) => new Date(Date.parse(r.dataset.from) + n * 864e5).toISOString().slice(0, 10);
    r.addEventListener("input", () => { out.value = days(Number(r.value)); });
    r.addEventListener("change", () => { out.value = days(Number(r.value)); out.form.requestSubmit(); });
  });
  // what a part of the page was changed to, for those who hear it
  document.body.addEventListener("htmx:afterSwap", (e) => {
    const said = e.target.querySelector("h2");
    if (said) document.getElementById("live").textContent = said.textContent;
  });
});

// Which view is shown: what stands behind the '#' of the address says it.

import { showDeployment, showDeployments } from "./deployments.js";
import { h, problem } from "./dom.js";
import { showJob } from "./job.js";
import { showJobs } from "./jobs.js";

const routes = [
  [/^#\/jobs$/, "jobs", "Jobs", showJobs],
  [/^#\/jobs\/(\d+)$/, "jobs", "Job", showJob],
  [/^#\/deployments$/, "deployments", "Deployments", showDeployments],
  [/^#\/deployments\/(\d+)$/, "deployments", "Deployment", showDeployment],
];

const main = document.getElementById("main");
let leaving = new AbortController();
let first = true;

async function show() {
  const [path, query] = (location.hash || "#/jobs").split("?");
  if (path === "#main") return;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const found = routes.find(([pattern]) => pattern.test(path));
  const banner = document.getElementById("offline");
  if (!banner.dataset.offline) banner.hidden = true;
  for (const link of document.querySelectorAll("[data-nav]")) {
    if (found && link.dataset.nav === found[1]) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!found) {
    main.replaceChildren(h("h1", {}, "There is nothing here"), h("p", {}, h("a", { href: "#/jobs" }, "All jobs")));
    return;
  }
  const [pattern, , title, view] = found;
  document.title = `${title} – Nightshift`;
  main.setAttribute("aria-busy", "true");
  main.replaceChildren(h("p", { class: "quiet" }, "Loading…"));
  if (!first) main.focus();
  first = false;
  try {
    await view(main, signal, pattern.exec(path)[1], new URLSearchParams(query));
  } catch (error) {
    if (!signal.aborted) main.replaceChildren(h("h1", {}, title), problem(error, show));
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
}

addEventListener("hashchange", show);
show();

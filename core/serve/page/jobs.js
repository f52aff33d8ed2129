// All jobs, as they are.

import { every, get, poller, send } from "./api.js";
import { action, badge, bar, duration, empty, h, isFinal, number, problem, say, timeElement } from "./dom.js";

const pageSize = 20;
const statuses = ["CREATED", "PENDING", "STARTED", "RETRY", "CANCELING", "SUCCESS", "FAILURE", "REVOKED"];

export function jobActions(job, after) {
  const change = (text, path, className) => action(text, className, async () => {
    await send("POST", `/api/v2/jobs/${job.id}/${path}/`);
    say(`${text}: job ${job.id}`);
    await after();
  });
  if (job.status === "CREATED") return [change("Run", "run", "main"), change("Cancel", "cancel", "danger")];
  if (isFinal(job.status)) return [change("Retry", "retry")];
  return job.status === "CANCELING" ? [] : [change("Cancel", "cancel", "danger")];
}

export function secondsOf(job) {
  const { started, finished } = job.runner.times_utc;
  return started ? (new Date(finished ?? Date.now()) - new Date(started)) / 1000 : null;
}

// A row that can be brought up to date without taking the focus away.
function makeRow(after) {
  const status = h("td", { class: "status-cell" });
  const name = h("td", {});
  const progress = bar("Progress");
  const started = h("td", { class: "small", "data-label": "Started" });
  const took = h("td", { class: "number small", "data-label": "Took" });
  const captures = h("td", { class: "number small", "data-label": "New captures" });
  const actions = h("td", { class: "actions" });
  const row = h("tr", {}, status, name, h("td", { class: "progress-cell" }, progress), started, took, captures, actions);
  let last = null;
  row.update = (job) => {
    const state = `${job.status}/${job.runner.reason}/${job.name}`;
    if (state !== last) {
      last = state;
      row.dataset.job = job.id;
      row.dataset.status = job.status;
      status.replaceChildren(badge(job.status));
      name.replaceChildren(h("a", { class: "name", href: `#/jobs/${job.id}` }, job.name),
        h("div", { class: "quiet small" }, `#${job.id}`, job.runner.reason ? ` · ${job.runner.reason}` : ""));
      progress.querySelector("progress").setAttribute("aria-label", `Progress of job ${job.id}`);
      actions.replaceChildren(h("span", { class: "buttons" }, jobActions(job, after)));
    }
    progress.update(job.progress.summary.progress, job.status);
    started.replaceChildren(timeElement(job.runner.times_utc.started));
    took.textContent = duration(secondsOf(job));
    captures.textContent = number(job.runner.counts.new);
  };
  return row;
}

function makeList(after) {
  const body = h("tbody", {});
  const rows = new Map();
  const element = h("table", { class: "list" },
    h("caption", { class: "unseen" }, "Jobs"),
    h("thead", {}, h("tr", {}, ["Status", "Job", "Progress", "Started"].map((name) => h("th", { scope: "col" }, name)),
      h("th", { scope: "col", class: "number" }, "Took"), h("th", { scope: "col", class: "number" }, "New captures"),
      h("th", { scope: "col" }, h("span", { class: "unseen" }, "Actions")))), body);
  element.update = (jobs) => {
    const ids = new Set(jobs.map((job) => job.id));
    for (const [id, row] of rows) {
      if (!ids.has(id)) {
        row.remove();
        rows.delete(id);
      }
    }
    jobs.forEach((job, at) => {
      if (!rows.has(job.id)) rows.set(job.id, makeRow(after));
      const row = rows.get(job.id);
      row.update(job);
      if (body.children[at] !== row) body.insertBefore(row, body.children[at] ?? null);
    });
  };
  return element;
}

async function newJob() {
  const offers = await get("/api/v2/definitions/");
  const dialog = h("dialog", { "aria-labelledby": "new-title" });
  const close = () => dialog.close();
  const choice = h("select", { required: true }, offers.results.map((offer, at) =>
    h("option", { value: at }, `${offer.name} (${offer.file})`)));
  const delay = h("input", { type: "number", min: 0, max: 86400, value: 0 });
  const limit = h("input", { type: "number", min: 1, placeholder: "all" });
  const now = h("input", { type: "checkbox", checked: true });
  const place = h("div", {});
  const start = async (event) => {
    event.preventDefault();
    const offer = offers.results[Number(choice.value)];
    const body = { definition: offer.name, job_type_key: offer.job_type_key };
    if (offer.deployment_id !== null) body.deployment_id = offer.deployment_id;
    if (Number(delay.value) > 0) body.delay = Number(delay.value);
    if (limit.value) body.limit = Number(limit.value);
    try {
      const job = await send("POST", `/api/v2/jobs/?start_now=${now.checked}`, body);
      close();
      location.hash = `#/jobs/${job.id}`;
    } catch (error) {
      place.replaceChildren(problem(error));
    }
  };
  dialog.append(h("h2", { id: "new-title" }, "Start a job"), offers.results.length === 0
    ? h("div", {}, h("p", {}, "There is no job file to make a job from. Start the server with --jobs-dir."),
      h("p", { class: "buttons" }, h("button", { onclick: close }, "Close")))
    : h("form", { class: "form", onsubmit: start },
      h("label", {}, "Job", choice), h("label", {}, "Delay in seconds (a test aid)", delay),
      h("label", {}, "At most so many captures", limit),
      h("label", { class: "check" }, now, "Run it at once"), place,
      h("p", { class: "buttons" }, h("button", { class: "main" }, "Start"),
        h("button", { type: "button", onclick: close }, "Close"))));
  for (const text of offers.problems) dialog.append(h("p", { class: "problem" }, text));
  dialog.addEventListener("close", () => dialog.remove());
  window.addEventListener("hashchange", close, { once: true });
  document.body.append(dialog);
  dialog.showModal();
}

export async function showJobs(main, signal, _, query) {
  const offset = Number(query.get("offset") ?? 0);
  const go = (changes) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    location.hash = `#/jobs?${next}`;
  };
  const asked = new URLSearchParams({ limit: pageSize, offset });
  for (const name of ["status", "search", "deployment"]) {
    if (query.get(name)) asked.set(name, query.get(name));
  }
  const path = `/api/v2/jobs/?${asked}`;
  let ask = poller(path);
  const status = h("select", { onchange: () => go({ status: status.value, offset: "" }) }, h("option", { value: "" }, "Any status"),
    statuses.map((name) => h("option", { selected: query.get("status") === name }, name)));
  const search = h("input", { type: "search", value: query.get("search") ?? "" });
  const searchForm = h("form", { class: "filters", role: "search", onsubmit: (event) => {
    event.preventDefault();
    go({ search: search.value, offset: "" });
  } }, h("label", {}, "Name", search), h("label", {}, "Status", status), h("button", {}, "Search"));
  const place = h("div", { class: "card" }, h("p", { class: "quiet" }, "Loading…"));
  const pager = h("div", { class: "pager" });
  let list = null;
  const update = async () => {
    try {
      const page = await ask(signal);
      if (!page || signal.aborted) return;
      if (page.count === 0) {
        place.replaceChildren(asked.has("status") || asked.has("search") || asked.has("deployment")
          ? empty("No such jobs", "Nothing fits what you search for.")
          : empty("No jobs yet", "Start one here, or with \u201cnightshift run\u201d: it appears by itself."));
        list = null;
      } else {
        if (!list) {
          list = makeList(update);
          place.replaceChildren(list);
        }
        list.update(page.results);
      }
      pager.hidden = page.count <= pageSize;
      pager.replaceChildren(
        h("button", { disabled: !page.previous, onclick: () => go({ offset: String(Math.max(0, offset - pageSize)) }) }, "Newer"),
        h("span", { class: "quiet small" }, `${offset + 1}–${offset + page.results.length} of ${number(page.count)}`),
        h("button", { disabled: !page.next, onclick: () => go({ offset: String(offset + pageSize) }) }, "Older"));
    } catch (error) {
      if (!error.status || signal.aborted) return; // the banner tells of it
      place.replaceChildren(problem(error, update));
      list = null;
      ask = poller(path);
    }
  };
  await update();
  if (signal.aborted) return;
  const deployment = query.get("deployment");
  main.replaceChildren(h("div", { class: "head" }, h("h1", {}, deployment ? `Jobs of deployment ${deployment}` : "Jobs"),
    action("Start a job", "main", newJob)), searchForm, place, pager,
  deployment ? h("p", { class: "small" }, h("a", { href: "#/jobs" }, "Jobs of all deployments")) : "");
  every(2000, update, signal);
}

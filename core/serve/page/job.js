// One job: what it does now, and what became of it.

import { every, follow, get } from "./api.js";
import { badge, bar, bytes, duration, facts, h, isFinal, kindOf, moment, number, say, table, tiles, timeElement } from "./dom.js";
import { jobActions, secondsOf } from "./jobs.js";

const shownLines = 1000;
const levels = { WARN: "warn", WARNING: "warn", ERROR: "bad", FATAL: "bad", CRITICAL: "bad" };

function etaOf(job) {
  const share = job.progress.summary.progress;
  const seconds = secondsOf(job);
  return isFinal(job.status) || !seconds || share < 0.01 ? "–" : `about ${duration((seconds * (1 - share)) / share)}`;
}

function makeLog() {
  const lines = h("div", { class: "log", role: "log", "aria-live": "off", tabindex: 0, "aria-label": "Log, newest at the end" });
  const followed = h("input", { type: "checkbox", checked: true });
  const toEnd = () => { if (followed.checked) lines.scrollTop = lines.scrollHeight; };
  followed.addEventListener("change", toEnd);
  const add = (text, level) => {
    lines.append(h("div", { class: levels[level] ?? null }, text));
    while (lines.childElementCount > shownLines) lines.firstElementChild.remove();
  };
  return {
    element: h("section", { class: "card", "aria-labelledby": "log-title" },
      h("div", { class: "head" }, h("h2", { id: "log-title" }, "Log"), h("label", { class: "check" }, followed, "Follow")), lines),
    start(record) {
      lines.replaceChildren();
      for (const text of [...record.logs.stdout].reverse()) add(text, /^\[[^\]]*\] (\w+)/.exec(text)?.[1]);
      toEnd();
    },
    take(event) {
      if (!event.msg || event.sev === "DEBUG") return;
      const level = { WARN: "WARNING", FATAL: "CRITICAL" }[event.sev] ?? event.sev;
      add(`[${moment(event.ts)}] ${level} ${event.msg}`, event.sev);
      toEnd();
    },
  };
}

function makeStages() {
  const place = h("div", {});
  const bars = new Map();
  return {
    element: h("section", { class: "card", "aria-labelledby": "stages-title" }, h("h2", { id: "stages-title" }, "Stages"), place),
    update(job, times) {
      if (job.progress.stages.length === 0) {
        place.replaceChildren(h("p", { class: "quiet" }, "Its stages are known when it begins."));
        return;
      }
      place.replaceChildren(...job.progress.stages.map((stage) => {
        if (!bars.has(stage.key)) bars.set(stage.key, bar(`Progress of ${stage.name}`));
        const one = bars.get(stage.key);
        one.update(stage.progress, stage.status);
        const took = times?.stages.find((other) => other.key === stage.key)?.wall_seconds;
        return h("div", { class: "stage", "data-stage": stage.key },
          h("div", { class: "stage-head" }, h("strong", {}, stage.name),
            h("span", {}, badge(stage.status), took === null || took === undefined ? "" : ` ${duration(took)}`)),
          one, h("div", { class: "stage-params" }, stage.params.map((one) => h("span", {}, `${one.name}: ${number(one.value)}`))));
      }));
    },
    progress(event) {
      const one = bars.get(event.stage);
      if (one && event.attrs?.fraction !== undefined) one.update(Math.min(event.attrs.fraction, 0.999), "STARTED");
    },
  };
}

function attemptsCard(times) {
  if (times.attempts.length === 0) return null;
  return h("section", { class: "card", "aria-labelledby": "attempts-title" }, h("h2", { id: "attempts-title" }, "Attempts"),
    table("Attempts", [{ name: "#", number: true }, "Status", "Began", "Ended", "Where", "Why"],
      times.attempts.map((attempt) => [attempt.number, badge(attempt.status, attempt.reason), timeElement(attempt.started),
        timeElement(attempt.finished), `${attempt.host}, pid ${attempt.pid}`, attempt.error?.message])));
}

async function failedCard(job, signal) {
  if (!job.runner.failed) return null;
  const page = await get(`/api/v2/jobs/${job.id}/failed/?limit=50`, signal);
  const rows = page.results.length
    ? page.results.map((one) => [one.key, one.reason])
    : job.runner.failed.first.map((one) => [one.key, one.reason]);
  return h("section", { class: "card", "aria-labelledby": "failed-title" },
    h("h2", { id: "failed-title" }, `Could not be examined: ${number(Math.max(job.runner.failed.count, rows.length))}`),
    table("Objects that could not be examined", ["Key", "Why"], rows),
    page.count > rows.length ? h("p", { class: "quiet small" }, `The first ${rows.length} of ${number(page.count)}; all: `,
      h("code", {}, `/api/v2/jobs/${job.id}/failed/`)) : null);
}

function factsCard(job) {
  const { runner } = job;
  return h("section", { class: "card", "aria-labelledby": "facts-title" }, h("h2", { id: "facts-title" }, "About"), facts([
    ["Deployment", job.deployment ? h("a", { href: `#/deployments/${job.deployment.id}` }, job.deployment.name) : null],
    ["Project", job.project?.name], ["Type", job.job_type.name], ["Definition", runner.definition],
    ["Created", timeElement(runner.times_utc.created)], ["Started", timeElement(runner.times_utc.started)],
    ["Finished", timeElement(runner.times_utc.finished)],
    job.limit ? ["Limit", `${number(job.limit)}${job.shuffle ? ", a random sample" : ""}`] : null,
    job.delay ? ["Delay", `${job.delay} s`] : null,
    runner.retry_at ? ["Tries again", timeElement(runner.retry_at)] : null,
    ["Host", runner.host ? `${runner.host}, pid ${runner.pid}` : null],
    ["As JSON", h("a", { href: `/api/v2/jobs/${job.id}/` }, "the record")]]));
}

const tilesOf = (job) => tiles([
  ["New", number(job.runner.counts.new)], ["Changed", number(job.runner.counts.changed)],
  ["Unchanged", number(job.runner.counts.unchanged)], ["Missing", number(job.runner.counts.missing)],
  ...(job.runner.counts.passed_over ? [["Passed over", number(job.runner.counts.passed_over)]] : []),
  ["Failed", number(job.runner.counts.failed)], ["Size", bytes(job.runner.counts.bytes)],
  ["Rate", job.runner.progress.rate ? `${number(job.runner.progress.rate)}/s` : "–"],
  ["Took", duration(secondsOf(job))], ["Left", etaOf(job)]]);

export async function showJob(main, signal, id) {
  const heading = h("h1", {});
  const state = h("p", {});
  const actions = h("p", { class: "buttons" });
  const whole = bar("Progress of the job");
  const trouble = h("div", {});
  const counts = h("div", {});
  const side = h("div", {});
  const below = h("div", {});
  const stages = makeStages();
  const log = makeLog();
  let job = null;
  let shown = null;
  let due = null;

  const refresh = async () => {
    job = await get(`/api/v2/jobs/${id}/`, signal);
    if (signal.aborted) return;
    document.title = `${job.name} – Nightshift`;
    heading.textContent = job.name;
    state.replaceChildren(badge(job.status, job.runner.reason), ` #${job.id}`);
    state.dataset.status = job.status;
    whole.update(job.progress.summary.progress, job.status);
    counts.replaceChildren(tilesOf(job));
    if (shown !== `${job.status}/${job.runner.attempt}`) {
      shown = `${job.status}/${job.runner.attempt}`;
      const times = await get(`/api/v2/jobs/${id}/history/`, signal);
      stages.times = times;
      actions.replaceChildren(...jobActions(job, restart));
      trouble.replaceChildren(...(job.runner.error && isFinal(job.status)
        ? [h("div", { class: kindOf(job.status) === "bad" ? "problem" : "card" }, h("strong", {}, job.runner.error.code), h("p", {}, job.runner.error.message))] : []));
      side.replaceChildren(factsCard(job));
      below.replaceChildren(...[attemptsCard(times), await failedCard(job, signal)].filter((card) => card));
      say(`Job ${job.id} is ${job.status}`);
    }
    stages.update(job, stages.times);
  };
  const soon = () => {
    due ??= setTimeout(() => {
      due = null;
      refresh().catch(() => {});
    }, 300);
  };
  let following = new AbortController();
  signal.addEventListener("abort", () => following.abort());
  async function restart() {
    await refresh();
    log.start(job);
    following.abort();
    following = new AbortController();
    follow(id, job.runner.last_event, (event) => {
      log.take(event);
      if (event.event === "progress") stages.progress(event);
      if (event.event !== "heartbeat") soon();
    }, following.signal).then(() => { if (!signal.aborted) refresh().catch(() => {}); });
  }
  await refresh();
  if (signal.aborted) return;
  main.replaceChildren(h("p", { class: "small" }, h("a", { href: "#/jobs" }, "All jobs")),
    h("div", { class: "head" }, heading, actions), state, whole, h("br", {}), trouble, counts,
    h("div", { class: "columns" }, stages.element, side), log.element, below);
  await restart();
  // It may be run or retried from elsewhere.
  every(5000, async () => {
    if (!isFinal(job.status) && job.status !== "CREATED") return;
    const before = job.runner.last_event;
    await refresh().catch(() => {});
    if (job.runner.last_event !== before) await restart().catch(() => {});
  }, signal);
}

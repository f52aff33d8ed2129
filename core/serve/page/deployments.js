// Deployments: what is known of them, and when they took their captures.

import { get, getText, send } from "./api.js";
import { action, bytes, empty, facts, h, number, problem, table, tableRow, tiles, timeElement } from "./dom.js";

const pageSize = 50;

const wall = (text) => (text ? text.replace("T", " ") : "–");

const syncButton = (id) => action("Sync now", "main", async () => {
  const { job_id } = await send("POST", `/api/v2/deployments/${id}/sync/`);
  location.hash = `#/jobs/${job_id}`;
});

export async function showDeployments(main, signal, _, query) {
  const offset = Number(query.get("offset") ?? 0);
  const page = await get(`/api/v2/deployments/?limit=${pageSize}&offset=${offset}`, signal);
  if (signal.aborted) return;
  const cell = (label, text) => h("td", { class: "number small", "data-label": label }, text);
  const list = page.count === 0
    ? empty("No deployments yet", "They are known from job files (--jobs-dir) and after the first sync.")
    : h("table", { class: "list" }, h("caption", { class: "unseen" }, "Deployments"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Deployment"),
        ["Captures", "Sessions", "Missing", "First capture", "Last capture", "Last sync"].map((name) =>
          h("th", { scope: "col", class: "number" }, name)))),
      h("tbody", {}, page.results.map((one) => h("tr", { "data-deployment": one.id },
        h("td", {}, h("a", { class: "name", href: `#/deployments/${one.id}` }, one.name),
          h("div", { class: "quiet small" }, `#${one.id} · ${one.project.name}`)),
        cell("Captures", number(one.captures_count)), cell("Sessions", number(one.events_count)),
        cell("Missing", number(one.missing_count)), cell("First capture", wall(one.first_capture_timestamp)),
        cell("Last capture", wall(one.last_capture_timestamp)),
        cell("Last sync", one.data_source_last_checked ? timeElement(one.data_source_last_checked) : "never")))));
  const step = (text, to) => h("a", { href: `#/deployments?offset=${to}` }, text);
  main.replaceChildren(h("h1", {}, "Deployments"), h("div", { class: "card" }, list),
    h("div", { class: "pager" }, page.previous ? step("Before", Math.max(0, offset - pageSize)) : h("span", {}),
      page.next ? step("More", offset + pageSize) : h("span", {})));
}

// Our own server's picture, as elements: it takes the page's colours.
async function chart(path, signal) {
  const text = await getText(path, signal);
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  return document.importNode(parsed, true);
}

const legend = () => h("ul", { class: "legend" }, [["s0", "none"], ["s1", "few"], ["s3", "more"], ["s5", "most"], ["gap", "nights without any"]]
  .map(([className, text]) => h("li", {}, h("i", { class: className }), text)));

async function activityCards(one, signal) {
  if (one.captures_count === 0) {
    return [h("div", { class: "card" }, empty("No captures yet", "A sync brings them."))];
  }
  const base = `/api/v2/deployments/${one.id}`;
  const [activity, heat, nights] = await Promise.all([
    get(`${base}/activity/`, signal), chart(`${base}/heat_map.svg`, signal), chart(`${base}/nights.svg`, signal)]);
  const scroll = (label, child) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, child);
  const gaps = activity.gaps.length === 0
    ? h("p", { class: "quiet" }, "None: there are captures of every night.")
    : table("Gaps", ["From", "To", { name: "Nights", number: true }], activity.gaps.map((gap) => [gap.first, gap.last, number(gap.nights)]));
  return [
    h("section", { class: "card", "aria-labelledby": "heat-title" }, h("h2", { id: "heat-title" }, "Captures by hour and night"),
      scroll("Captures by hour and night", heat), legend()),
    h("section", { class: "card", "aria-labelledby": "nights-title" }, h("h2", { id: "nights-title" }, "Captures per night"),
      scroll("Captures per night", nights),
      h("details", {}, h("summary", {}, "As a table"), table("Captures per night", ["Night", { name: "Captures", number: true }],
        activity.nights.map((night) => [night.night, number(night.captures)])))),
    h("section", { class: "card", "aria-labelledby": "gaps-title" }, h("h2", { id: "gaps-title" }, "Gaps"), gaps)];
}

// Pages of a list, one below the other as they are asked for. A list of few is shown at once.
function pagedCard({ title, columns, first, row, show }) {
  const place = h("div", {});
  let body = null;
  let next = first;
  const add = (page) => {
    if (!body) {
      const whole = table(title, columns, []);
      place.append(whole);
      body = whole.querySelector("tbody");
    }
    body.append(...page.results.map((one) => tableRow(columns, row(one))));
    next = page.next;
    more.textContent = "More";
    more.hidden = !next;
  };
  const more = action(show, "", async () => add(await get(next)));
  const id = `${title.toLowerCase()}-title`;
  const heading = h("h2", { id }, title);
  const element = h("section", { class: "card", "aria-labelledby": id }, heading, place, h("p", { class: "buttons" }, more));
  return { element, heading, place, add, more };
}

function sessionsCard(id) {
  const card = pagedCard({
    title: "Sessions", columns: ["Night", "From", "To", { name: "Captures", number: true }], show: "More",
    first: `/api/v2/deployments/${id}/sessions/?limit=10`,
    row: (one) => [one.night, wall(one.start), wall(one.end), number(one.captures_count)],
  });
  return { element: card.element, take: (page) => {
    card.heading.textContent = `Sessions: ${number(page.count)}`;
    if (page.count === 0) {
      card.place.replaceChildren(h("p", { class: "quiet" }, "None."));
      card.more.hidden = true;
    } else card.add(page);
  } };
}

const capturesCard = (id) => pagedCard({
  title: "Captures", columns: ["Key", "Taken", { name: "Size", number: true }, "State"], show: "Show captures",
  first: `/api/v2/deployments/${id}/captures/?limit=50`,
  row: (one) => [one.path, wall(one.timestamp), bytes(one.size), one.state],
}).element;

export async function showDeployment(main, signal, id) {
  const one = await get(`/api/v2/deployments/${id}/`, signal);
  if (signal.aborted) return;
  document.title = `${one.name} – Nightshift`;
  const pictures = h("div", { "aria-busy": "true" }, h("p", { class: "card quiet" }, "Counting captures…"));
  const sessions = h("div", {});
  main.replaceChildren(h("p", { class: "small" }, h("a", { href: "#/deployments" }, "All deployments")),
    h("div", { class: "head" }, h("h1", {}, one.name), syncButton(one.id)),
    tiles([["Captures", number(one.captures_count)], ["Sessions", number(one.events_count)], ["Size", bytes(one.data_source_total_size)],
      ["Missing", number(one.missing_count)], ["Undated", number(one.undated_count)], ["Shared times", number(one.duplicate_timestamps)]]),
    pictures, h("div", { class: "columns" }, sessions,
      h("section", { class: "card", "aria-labelledby": "about-title" }, h("h2", { id: "about-title" }, "About"), facts([
        ["Project", one.project.name], ["Source", one.subdir ? `${one.source}, ${one.subdir}` : one.source],
        one.regex ? ["Only keys with", one.regex] : null, ["Time zone", one.time_zone || "not given"],
        ["First capture", wall(one.first_capture_timestamp)], ["Last capture", wall(one.last_capture_timestamp)],
        ["Last sync", one.data_source_last_checked ? timeElement(one.data_source_last_checked) : "never"],
        one.latitude !== null ? ["Place", `${one.latitude}, ${one.longitude}`] : null,
        ["Jobs", h("a", { href: `#/jobs?deployment=${one.id}` }, "all of this deployment")]]))),
    capturesCard(id));
  try {
    pictures.replaceChildren(...await activityCards(one, signal));
    const card = sessionsCard(id);
    card.take(await get(`/api/v2/deployments/${id}/sessions/?limit=10`, signal));
    sessions.replaceChildren(card.element);
  } catch (error) {
    if (!signal.aborted) pictures.replaceChildren(problem(error, () => showDeployment(main, signal, id)));
  }
  pictures.removeAttribute("aria-busy");
}

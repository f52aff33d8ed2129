// Elements and words: everything that is shown goes in as text, never as markup.

export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function say(text) {
  document.getElementById("say").textContent = text;
}

export const number = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en"));

export function bytes(value) {
  if (value === null || value === undefined) return "–";
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)}\u00a0${units[unit]}`;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

// A UTC time in the reader's zone.
export function moment(utc) {
  if (!utc) return "–";
  const time = new Date(utc);
  const two = (part) => String(part).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

export const timeElement = (utc) => (utc ? h("time", { datetime: utc }, moment(utc)) : "–");

const kinds = {
  SUCCESS: "good", FAILURE: "bad", REVOKED: "warn", CANCELING: "warn",
  STARTED: "live", PENDING: "live", RETRY: "live", RECEIVED: "live",
};

export const kindOf = (status) => kinds[status] ?? "";
export const isFinal = (status) => ["SUCCESS", "FAILURE", "REVOKED"].includes(status);

export const badge = (status, reason) =>
  h("span", { class: `badge ${kindOf(status)}` }, reason ? `${status} (${reason})` : status);

// A bar that can be brought up to date.
export function bar(label) {
  const progress = h("progress", { max: 1, "aria-label": label });
  const text = h("span", {});
  const element = h("div", { class: "bar" }, progress, text);
  element.update = (value, status) => {
    progress.value = value;
    progress.className = kindOf(status);
    text.textContent = `${Math.floor(value * 1000) / 10}%`;
  };
  return element;
}

export const facts = (pairs) =>
  h("dl", { class: "facts" }, pairs.filter((pair) => pair).flatMap(([name, value]) =>
    [h("dt", {}, name), h("dd", {}, value ?? "–")]));

export const tiles = (pairs) =>
  h("dl", { class: "tiles" }, pairs.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value))));

export const empty = (title, text) => h("div", { class: "empty" }, h("strong", {}, title), text);

export function problem(error, again) {
  return h("div", { class: "problem", role: "alert" },
    h("p", {}, error.message),
    again ? h("button", { onclick: again }, "Try again") : null);
}

export const tableRow = (columns, cells) => h("tr", {}, cells.map((cell, at) =>
  h("td", { class: columns[at].number ? "number" : null, "data-label": columns[at].name ?? columns[at] }, cell ?? "–")));

export function table(caption, columns, rows) {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", { class: columns.length > 3 ? "list" : null }, h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, columns.map((column) =>
        h("th", { scope: "col", class: column.number ? "number" : null }, column.name ?? column)))),
      h("tbody", {}, rows.map((row) => tableRow(columns, row)))));
}

// While it works, a button is out of use; what goes wrong is told beside it.
export function action(text, className, work) {
  const button = h("button", { class: className, type: "button" }, text);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      say(error.message);
      const place = document.getElementById("offline");
      place.textContent = error.message;
      place.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

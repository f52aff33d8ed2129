// Asking the server. A token, where it wants one, lives as long as the tab.

const key = "nightshift-token";

export class ApiProblem extends Error {
  constructor(status, body) {
    const fields = Object.entries(body.fields ?? {}).map(([name, what]) => `${name}: ${what.join(", ")}`);
    super([body.detail, ...fields].join(" – "));
    this.status = status;
  }
}

let asking = null;

function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token");
    const text = document.getElementById("token-text");
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(key, text.value.trim());
      text.value = "";
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

function connected(yes) {
  const place = document.getElementById("connection");
  place.textContent = yes ? "Connected" : "Offline";
  place.className = `connection ${yes ? "on" : "off"}`;
  const banner = document.getElementById("offline");
  if (yes && banner.dataset.offline) {
    banner.hidden = true;
    delete banner.dataset.offline;
  } else if (!yes) {
    banner.textContent = "The server does not answer. What is shown may be old; trying again…";
    banner.dataset.offline = "yes";
    banner.hidden = false;
  }
}

async function request(method, path, { body, headers = {}, signal } = {}) {
  for (;;) {
    const token = sessionStorage.getItem(key);
    const all = { ...headers };
    if (token) all.Authorization = `Bearer ${token}`;
    if (body !== undefined) all["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(path, {
        method, signal, headers: all, body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      connected(false);
      throw new ApiProblem(0, { detail: "The server does not answer." });
    }
    connected(true);
    if (response.status !== 401) return response;
    await askForToken();
  }
}

async function checked(response) {
  if (response.ok || response.status === 304) return response;
  let body = { detail: `The server answers with ${response.status}.` };
  try {
    body = await response.json();
  } catch {
    // No JSON: the status has to do.
  }
  throw new ApiProblem(response.status, body);
}

export async function get(path, signal) {
  return (await checked(await request("GET", path, { signal }))).json();
}

export async function getText(path, signal) {
  return (await checked(await request("GET", path, { signal }))).text();
}

// The same again and again: null where nothing has changed since the last time.
export function poller(path) {
  let tag = null;
  return async (signal) => {
    const response = await checked(await request("GET", path, { signal, headers: tag ? { "If-None-Match": tag } : {} }));
    if (response.status === 304) return null;
    tag = response.headers.get("ETag");
    return response.json();
  };
}

export async function send(method, path, body = {}) {
  const headers = method === "POST" ? { "Idempotency-Key": crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` } : {};
  document.getElementById("offline").hidden = true;
  const response = await checked(await request(method, path, { body: method === "DELETE" ? undefined : body, headers }));
  return response.status === 204 ? null : response.json();
}

const pause = (milliseconds, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

function parseEvent(block) {
  const event = { id: null, data: [] };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("id:")) event.id = Number(value);
    if (line.startsWith("data:")) event.data.push(value);
  }
  return event.data.length ? { id: event.id, ...JSON.parse(event.data.join("\n")) } : null;
}

// A job's events after number `after`, to the job's end; over all interruptions. EventSource could
// not send a token.
export async function follow(job, after, take, signal) {
  let last = after;
  while (!signal.aborted) {
    try {
      const response = await checked(await request("GET", `/api/v2/jobs/${job}/events`,
        { signal, headers: { "Last-Event-ID": String(last) } }));
      if (response.status === 204) return;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        text += piece.value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const event = parseEvent(block);
          if (event) {
            last = event.id;
            take(event);
          }
        }
      }
    } catch (error) {
      if (error.name === "AbortError" || error.status === 404) return;
    }
    await pause(1000, signal);
  }
}

// Every so often while the page is seen, until the signal.
export async function every(milliseconds, work, signal) {
  while (!signal.aborted) {
    if (!document.hidden) await work();
    await pause(milliseconds, signal);
  }
}

// The page in a browser, as people use it: node page_test.mjs URL SITE [SCREENSHOTS]
//
// SITE is the folder that the server was started for; with a folder for SCREENSHOTS the views are
// kept there at both widths, light and dark.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [url, site, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const patience = 60_000;

const browser = await chromium.launch({
  executablePath: process.env.NIGHTSHIFT_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

async function open({ width = 1440, height = 900, scheme = "light", motion = "no-preference" } = {}) {
  // axe is brought in by the test and not by the page, whose policy would keep it out.
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: motion, bypassCSP: true });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.elsewhere = [];
  page.complaints = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) page.elsewhere.push(request.url());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  return page;
}

async function findings(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
}

// Nothing is wider than the screen, but for what scrolls by itself.
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const post = (path, body) => fetch(new URL(path, url), {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

const hasStatus = (page, status) => page.locator(`main [data-status="${status}"]`).first().waitFor();

const tests = {
  async "without jobs the page says what to do"(page) {
    await page.goto(url);
    await page.getByText("No jobs yet").waitFor();
    assert.equal(await page.title(), "Jobs – Nightshift");
    assert.deepEqual(await findings(page), []);
  },

  async "a delayed job is started, moves, is cancelled and retried"(page) {
    await page.goto(url);
    await page.getByRole("button", { name: "Start a job" }).click();
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.getByRole("combobox", { name: "Job", exact: true }).selectOption({ label: "greet (jobs.yaml)" });
    await page.getByLabel("Delay in seconds").fill("600");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("heading", { name: "greet" }).waitFor();
    await hasStatus(page, "STARTED");
    const bar = page.getByRole("progressbar", { name: "Progress of Delay" });
    await page.waitForFunction((element) => element.value > 0, await bar.elementHandle());
    const before = await bar.evaluate((element) => element.value);
    await page.waitForFunction(([element, value]) => element.value > value, [await bar.elementHandle(), before]);
    assert.deepEqual(await findings(page), []);
    await page.getByRole("button", { name: "Cancel" }).click();
    await hasStatus(page, "REVOKED");
    await page.getByRole("log").getByText("Changing status of job 1 to REVOKED").waitFor();
    await page.getByRole("button", { name: "Retry" }).click();
    await hasStatus(page, "STARTED");
    await page.getByRole("table", { name: "Attempts" }).getByText("REVOKED (cancelled)").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await hasStatus(page, "REVOKED");
  },

  async "the list lives, and the log follows without being asked"(page) {
    await page.goto(url);
    await page.getByRole("link", { name: "greet" }).waitFor();
    await post("/api/v2/jobs/?start_now", { definition: "greet", job_type_key: "hello", delay: 2, name: "seen live" });
    const row = page.locator("tr", { hasText: "seen live" });
    await row.waitFor();
    await page.locator('tr[data-status="SUCCESS"]', { hasText: "seen live" }).waitFor();
    await row.getByRole("link").click();
    await page.getByRole("log").getByText("Finished job").waitFor();
    const made = await (await post("/api/v2/jobs/", { definition: "greet", job_type_key: "hello", delay: 1, name: "watched" })).json();
    await page.goto(`${url}#/jobs/${made.id}`);
    await page.getByText("Its stages are known when it begins.").waitFor();
    await post(`/api/v2/jobs/${made.id}/run/`, {});
    await page.getByRole("log").getByText("Finished job").waitFor();
    await hasStatus(page, "SUCCESS");
    const lines = await page.locator(".log div").allTextContents();
    assert.equal(new Set(lines).size, lines.length, "no line is shown twice");
  },

  async "a deployment that is synced has the right cells"(page) {
    await page.goto(`${url}#/deployments`);
    await page.getByRole("link", { name: "Costa Rica - Restoration" }).click();
    await page.getByText("No captures yet").waitFor();
    await page.getByRole("button", { name: "Sync now" }).click();
    await hasStatus(page, "SUCCESS");
    await page.goto(`${url}#/deployments/250`);
    await page.locator("svg.heat").waitFor();
    const cells = await page.locator("svg.heat rect[data-captures]").evaluateAll((all) =>
      all.filter((cell) => cell.dataset.captures !== "0").map((cell) => `${cell.dataset.night} ${cell.dataset.hour} ${cell.dataset.captures}`));
    assert.deepEqual(cells, ["2024-06-01 21 2", "2024-06-01 23 1", "2024-06-01 3 1", "2024-06-04 22 1"]);
    await page.getByRole("table", { name: "Gaps" }).getByText("2024-06-02").waitFor();
    await page.getByRole("button", { name: "Show captures" }).click();
    await page.getByText("restoration/20240601213000-snapshot.jpg").waitFor();
    assert.deepEqual(await findings(page), []);
  },

  async "what goes wrong is told: a job that fails, a search without results, a job that is not there"(page) {
    const failing = await (await post("/api/v2/jobs/?start_now", { deployment_id: 251 })).json();
    await page.goto(`${url}#/jobs/${failing.id}`);
    await hasStatus(page, "FAILURE");
    await page.locator(".problem").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${url}#/jobs?search=nothing+like+this`);
    await page.getByText("No such jobs").waitFor();
    await page.goto(`${url}#/jobs/4711`);
    await page.getByText("there is no job 4711").waitFor();
    await page.goto(`${url}#/elsewhere`);
    await page.getByText("There is nothing here").waitFor();
  },

  async "offline is told, and over when the server is back"(page) {
    await page.goto(url);
    await page.getByRole("link", { name: "greet" }).first().waitFor();
    await page.context().setOffline(true);
    await page.getByText("The server does not answer").waitFor();
    await page.context().setOffline(false);
    await page.locator("#offline").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#connection").textContent(), "Connected");
  },

  async "the keyboard is enough"(page) {
    await page.goto(url);
    await page.getByRole("link", { name: "greet" }).first().waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    const seen = new Set();
    for (let i = 0; i < 40 && !seen.has("seen live"); ++i) {
      await page.keyboard.press("Tab");
      seen.add(await page.evaluate(() => document.activeElement.textContent.trim()));
    }
    assert.ok(seen.has("Deployments") && seen.has("Start a job") && seen.has("seen live"), [...seen].join(", "));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "seen live" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  },

  async "both widths and both schemes hold all views"() {
    for (const width of [360, 1440]) {
      for (const scheme of ["light", "dark"]) {
        // Each width and each scheme once; the others have nothing to add but pictures.
        if (!screenshots && (width === 360) !== (scheme === "light")) continue;
        const page = await open({ width, scheme, motion: "reduce" });
        for (const [name, hash, shown] of [
          ["jobs", "#/jobs", "text=seen live"], ["job", "#/jobs/1", ".log div"],
          ["failed", "#/jobs?status=FAILURE", "tr[data-status=FAILURE]"],
          ["deployments", "#/deployments", "text=Costa Rica"], ["deployment", "#/deployments/250", "svg.nights"]]) {
          await page.goto(`${url}${hash}`);
          await page.locator(shown).first().waitFor();
          assert.ok((await overflow(page)) <= 0, `${name} at ${width} is too wide`);
          assert.deepEqual(await findings(page), [], `${name} at ${width}, ${scheme}`);
          if (screenshots) await page.screenshot({ path: join(screenshots, `${name}-${width}-${scheme}.png`), fullPage: true });
        }
        await page.goto(`${url}#/jobs`);
        await page.getByRole("button", { name: "Start a job" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.waitFor();
        assert.ok(await dialog.evaluate((one) => one.scrollWidth <= one.clientWidth), `the dialog at ${width} is too wide`);
        if (screenshots) await page.screenshot({ path: join(screenshots, `dialog-${width}-${scheme}.png`) });
        await page.context().close();
      }
    }
  },

  async "a report is whole without a server"(page) {
    const file = join(site, "report.html");
    execFileSync(process.env.NIGHTSHIFT_PROGRAM, ["report", "--deployment", "250", "--html", file, "--state-dir", join(site, "state")]);
    await page.context().setOffline(true);
    await page.goto(`file://${file}`);
    await page.locator("svg.heat").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.setViewportSize({ width: 360, height: 900 });
    assert.ok((await overflow(page)) <= 0, "it is too wide");
    await page.setViewportSize({ width: 1440, height: 900 });
    page.elsewhere = [];
    if (screenshots) await page.screenshot({ path: join(screenshots, "report.png"), fullPage: true });
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const page = await open();
  const began = Date.now();
  try {
    await test(page);
    assert.deepEqual(page.elsewhere, [], "the page asks no other host");
    assert.deepEqual(page.complaints, [], "no script fails");
    console.log(`ok: ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
    if (screenshots) await page.screenshot({ path: join(screenshots, `failed-${failed}.png`) }).catch(() => {});
  }
  await page.context().close();
}
await browser.close();
process.exit(failed === 0 ? 0 : 1);

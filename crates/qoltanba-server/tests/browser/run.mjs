// Does every task of the page in Debian's Chromium. The one argument is a JSON file that
// tests/browser.rs writes: addresses, files, the words of the four states.
import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { AxeBuilder } from "@axe-core/playwright";

const set = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { files } = set;
// The barcodes of the long notice stand on its last three pages; whoever takes photos takes those.
const photos = files.pages.slice(-3);
const LANGUAGES = process.env.QOLTANBA_BROWSER_LANGUAGES?.split(",") ?? ["kk", "ru", "en"];
const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  desk: { viewport: { width: 1280, height: 900 } },
};
const PATIENCE = 280_000;

const browser = await chromium.launch({
  executablePath: process.env.QOLTANBA_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
});

let done = 0;
const failures = [];

/** One person at one device. Whatever a page tries to get from elsewhere, or complains of, counts. */
async function person(lang, device, script, prepare) {
  const context = await browser.newContext({
    ...DEVICES[device], javaScriptEnabled: script, locale: lang, colorScheme: "light", reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  if (prepare) await prepare(context, page);
  const complaints = [];
  page.on("console", (message) => {
    // A status of 4xx is what the task asks for.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (![new URL(set.url).host, new URL(set.blind).host].includes(to.host) && to.protocol !== "data:")
      complaints.push(`goes to ${request.url()}`);
  });
  return { lang, device, script, page, context, complaints };
}

const open = (who, url = set.url) => who.page.goto(`${url}/${who.lang}/`);

/** What holds for every page. */
async function look(who, name) {
  const { page, lang, device, script } = who;
  const folder = join(set.out, lang, `${device}-${script ? "script" : "plain"}`);
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  assert.equal(await page.locator("html").getAttribute("lang"), lang);
  assert.equal(await page.locator("h1").count(), 1);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
  if (script) {
    const found = await new AxeBuilder({ page }).analyze();
    const bad = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    assert.deepEqual(bad.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), []);
  }
  assert.deepEqual(who.complaints, []);
}

async function send(who, form, input, paths) {
  await who.page.setInputFiles(input, paths);
  await Promise.all([
    who.page.waitForNavigation({ timeout: PATIENCE }),
    who.page.locator(`section[aria-labelledby=${form}] form button[type=submit]`).click(),
  ]);
}

/** The state is in its words and not in its colour alone, and there is always something to do. */
async function state(who, standing, next) {
  const { page, lang } = who;
  const verdict = page.locator(".verdict");
  assert.equal(await verdict.getAttribute("data-standing"), standing);
  assert.equal((await page.locator("h1").textContent()).trim(), set.titles[lang][standing]);
  assert.equal(await verdict.locator("svg").count(), 1);
  assert.equal(await page.locator("[data-next]").getAttribute("data-next"), next);
}

const TASKS = {
  async start(who) {
    await open(who);
    assert.equal(await who.page.locator("form").count(), 3);
    for (const input of await who.page.locator("input:not([type=hidden])").all())
      assert.ok(await input.evaluate((element) => element.labels.length > 0));
  },
  async good(who) {
    await open(who);
    await send(who, "by-file", "#file", files.good);
    await state(who, "good", "keep_file");
    assert.equal(await who.page.locator(".questions dt").count(), 5);
    assert.match(await who.page.locator("pre").textContent(), /Өтініш: хабарлама/);
    await who.page.locator("details.card summary").click();
    assert.ok(await who.page.locator("details.card table").first().isVisible());
  },
  async apart(who) {
    await open(who);
    await send(who, "by-file", "#file", [files.data, files.apart]);
    await state(who, "good", "keep_file");
  },
  async altered(who) {
    await open(who);
    await send(who, "by-file", "#file", files.altered);
    await state(who, "not_good", "ask_original");
  },
  async could_not_check(who) {
    await open(who, set.blind);
    await send(who, "by-file", "#file", files.open);
    await state(who, "could_not_check", "try_later");
    // Grey, and never red.
    const [red, green, blue] = (await who.page.locator(".verdict").evaluate((e) => getComputedStyle(e).color)).match(/\d+/g).map(Number);
    assert.ok(red <= green && red <= blue, `${red} ${green} ${blue}`);
  },
  async unsigned_barcodes(who) {
    await open(who);
    await send(who, "by-photo", "#photos", files.unsigned);
    await state(who, "not_good", "ask_signed");
  },
  async notice_pdf(who) {
    await open(who);
    await send(who, "by-file", "#file", files.pdf);
    await state(who, "good", "keep_file");
    assert.match(await who.page.locator(".sheet").textContent(), /15 (жұмыс күні|рабочих дней)/);
  },
  async photos(who) {
    await open(who);
    await send(who, "by-photo", "#photos", photos);
    await state(who, "good_with_remarks", "compare_page");
  },
  async photo_missing(who) {
    await open(who);
    await send(who, "by-photo", "#photos", photos.slice(0, -1));
    await state(who, "could_not_check", "photograph");
    assert.match(await who.page.locator("[data-next]").textContent(), /№ \d|No\. \d/);
  },
  async number_hit(who) {
    await open(who);
    await ask(who, set.number, set.recipient);
    assert.equal(await who.page.locator(".verdict").getAttribute("data-standing"), "good");
    assert.match(await who.page.locator("main").textContent(), new RegExp(set.number));
  },
  async number_withdrawn(who) {
    await open(who);
    await ask(who, set.withdrawn, set.recipient);
    assert.equal(await who.page.locator(".verdict").getAttribute("data-standing"), "not_good");
  },
  async certificate(who) {
    await open(who);
    await send(who, "by-file", "#file", files.certificate);
    assert.equal(await who.page.locator(".verdict").getAttribute("data-standing"), "good");
    assert.equal(await who.page.locator("[data-signature]").count(), 0);
  },
  async number_miss(who) {
    await open(who);
    await ask(who, set.number, "920101100008");
    assert.equal(await who.page.locator(".verdict").getAttribute("data-standing"), "could_not_check");
  },
  async too_large(who) {
    await open(who);
    await who.page.setInputFiles("#file", files.large);
    const button = who.page.locator("section[aria-labelledby=by-file] form button[type=submit]");
    if (who.script) {
      await button.click();
      assert.match(await who.page.locator("section[aria-labelledby=by-file] [role=status]").textContent(), /16/);
    } else {
      await Promise.all([who.page.waitForNavigation(), button.click()]);
      assert.match(await who.page.locator("main").textContent(), /too_large/);
    }
  },
  async unknown(who) {
    await open(who);
    await send(who, "by-file", "#file", files.unknown);
    assert.match(await who.page.locator("main").textContent(), /unrecognised/);
  },
  async protocol(who) {
    const { page } = who;
    await open(who);
    await send(who, "by-file", "#file", files.good);
    await send(who, "protocol", "#again", files.good);
    await state(who, "good", "keep_file");
    const link = await page.locator("section[aria-labelledby=protocol] a").getAttribute("href");
    await page.goto(set.url + new URL(link).pathname);
    assert.equal(await page.locator(".verdict").getAttribute("data-standing"), "good");
    for (const [file, same] of [[files.altered, "false"], [files.good, "true"]]) {
      await send(who, "compare", "#file", file);
      assert.equal(await page.locator("[data-compared]").getAttribute("data-compared"), same);
    }
    for (const address of await page.locator("section[aria-labelledby=signed] a").evaluateAll((all) => all.map((a) => a.href)))
      assert.equal((await page.request.get(address)).status(), 200);
    // The same protocol in another language.
    const other = who.lang === "kk" ? "ru" : "kk";
    await page.locator(`.languages a[lang=${other}]`).click();
    assert.equal(await page.locator("html").getAttribute("lang"), other);
    await page.locator(`.languages a[lang=${who.lang}]`).click();
  },
  async no_protocol(who) {
    const answer = await who.page.goto(`${set.url}/p/${"0".repeat(32)}`);
    assert.equal(answer.status(), 404);
    assert.match(await who.page.locator("main").textContent(), /unknown_protocol/);
  },
  async no_page(who) {
    const answer = await who.page.goto(`${set.url}/nothing/is/here`);
    assert.equal(answer.status(), 404);
    await who.page.locator("main a.button").click();
    assert.equal(await who.page.locator("form").count(), 3);
    await who.page.goBack();
  },
};

async function ask(who, number, recipient) {
  await who.page.fill("#number", number);
  await who.page.fill("#recipient", recipient);
  await Promise.all([
    who.page.waitForNavigation(),
    who.page.locator("section[aria-labelledby=by-number] button").click(),
  ]);
}

/** Tasks that need a script or one device. */
const ALONE = {
  async keyboard(who) {
    await open(who);
    const focused = () => who.page.evaluate(() => {
      const on = document.activeElement;
      return { id: on.id, name: on.tagName, line: getComputedStyle(on).outlineStyle, width: parseFloat(getComputedStyle(on).outlineWidth) };
    });
    await who.page.keyboard.press("Tab");
    assert.match(await who.page.evaluate(() => document.activeElement.className), /skip/);
    await who.page.keyboard.press("Enter");
    assert.equal((await focused()).id, "main");
    let stops = 0;
    for (; stops < 20; stops += 1) {
      await who.page.keyboard.press("Tab");
      const now = await focused();
      assert.ok(now.line !== "none" && now.width >= 2, `${now.name}#${now.id} shows no focus`);
      if (now.id === "number") break;
    }
    assert.ok(stops < 20);
    await who.page.keyboard.type(set.number);
    await who.page.keyboard.press("Tab");
    await who.page.keyboard.type(set.recipient);
    await who.page.keyboard.press("Tab");
    await Promise.all([who.page.waitForNavigation(), who.page.keyboard.press("Enter")]);
    assert.equal(await who.page.locator(".verdict").getAttribute("data-standing"), "good");
  },
  async dropped(who) {
    await open(who);
    const octets = [...readFileSync(files.good)];
    const data = await who.page.evaluateHandle((octets) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(octets)], "dropped.cms"));
      return data;
    }, octets);
    await who.page.dispatchEvent("[data-drop=file]", "dragover", { dataTransfer: data });
    await who.page.dispatchEvent("[data-drop=file]", "drop", { dataTransfer: data });
    await Promise.all([
      who.page.waitForNavigation(),
      who.page.locator("section[aria-labelledby=by-file] form button[type=submit]").click(),
    ]);
    await state(who, "good", "keep_file");
  },
  async printed(who) {
    await open(who);
    await send(who, "by-file", "#file", files.good);
    const pdf = await who.page.pdf({ format: "A4", path: join(set.out, `printed-${who.lang}.pdf`) });
    assert.equal(pdf.toString("latin1").match(/\/Type \/Page\b/g).length, 1);
  },
  async docs(who) {
    await who.page.goto(`${set.url}/api/v1/docs`);
    // For programmers, in one language.
    await who.page.evaluate((lang) => { document.documentElement.lang = lang; }, who.lang);
    assert.ok(await who.page.locator("#problem-no_file").isVisible());
  },
  async no_detector(who) {
    await open(who);
    assert.equal(await who.page.locator("[data-live-unable]").isVisible(), !(await who.page.evaluate(() => "BarcodeDetector" in window)));
  },
};

async function live(who) {
  await open(who);
  await who.page.locator("[data-live-start]").click();
  await who.page.locator("[data-live-done]").waitFor({ state: "visible" });
  await Promise.all([who.page.waitForNavigation({ timeout: PATIENCE }), who.page.locator("[data-live-done]").click()]);
  await state(who, "good_with_remarks", "compare_page");
}

async function attempt(who, name, task) {
  try {
    await task(who);
    await look(who, name);
    done += 1;
  } catch (error) {
    const { lang, device, script } = who;
    failures.push(`${lang} ${device} ${script ? "script" : "plain"} ${name}: ${error.message}`);
    await who.page.screenshot({ path: join(set.out, `failed-${lang}-${device}-${script}-${name}.png`), fullPage: true }).catch(() => {});
  }
}

const wanted = process.env.QOLTANBA_BROWSER_TASKS?.split(",");
for (const lang of LANGUAGES) {
  for (const device of Object.keys(DEVICES)) {
    for (const script of [true, false]) {
      for (const [name, task] of Object.entries(TASKS)) {
        if (wanted && !wanted.includes(name)) continue;
        const who = await person(lang, device, script);
        await attempt(who, name, task);
        await who.context.close();
      }
    }
  }
  for (const [name, task] of Object.entries(ALONE)) {
    if (wanted && !wanted.includes(name)) continue;
    const who = await person(lang, "desk", true);
    await attempt(who, name, task);
    await who.context.close();
  }
  if (!wanted || wanted.includes("live")) {
    // A camera that shows the codes of the notice, read by a detector as Chromium has it elsewhere.
    const who = await person(lang, "phone", true, (context) => context.addInitScript((texts) => {
      window.BarcodeDetector = class { async detect() { return texts.map((rawValue) => ({ rawValue })); } };
    }, set.barcodes));
    await attempt(who, "live", live);
    await who.context.close();
  }
}
await browser.close();
for (const failure of failures) console.error(failure);
console.log(`${done} done, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);

/** The panel in Debian's Chromium: what its first page weighs, how soon it can be used, and how smoothly long lists scroll. */
import type { Browser, BrowserContext } from 'playwright-core';
import { buildPanel } from '../../test/browser/build-panel.ts';
import { launch, skipped } from '../../test/browser/chromium.ts';
import { type Bench, type Line, type Row, median, quantile, show, showAll } from '../row.ts';
import { startServer } from '../server.ts';
import { token } from '../token.ts';

const accounts = 100;
const contacts = 10_000;
const mostBytes = 350_000;
const mostMs = 1500;
const mostFrameMs = 100;

export const panel: Row = {
  name: 'panel',
  async run(bench) {
    if (skipped !== '') {
      bench.say(`no panel${skipped}`);
      return [];
    }
    const records = bench.quick ? 10_000 : 100_000;
    await buildPanel();
    const gateway = await startServer('gateway', { token });
    const browser = await launch();
    try {
      await gateway.call('createAccounts', accounts);
      await gateway.call('fillContacts', contacts);
      await gateway.call('fillSendLog', records / 50);
      const url = `http://127.0.0.1:${gateway.port}`;
      return [
        ...(await firstPage(bench, browser, url)),
        await scrolling(bench, browser, `${url}/panel/contacts?kind=FRIEND`, {
          what: `scrolling through ${show(contacts)} contacts in the panel: slowest frame`,
          row: '[data-contact]',
          list: '.contacts [data-virtuoso-scroller]',
        }),
        await scrolling(bench, browser, `${url}/panel/records`, {
          what: `scrolling through ${show(records)} records in the panel: slowest frame`,
          row: '.records-open',
          list: '.records',
        }),
      ];
    } finally {
      await browser.close();
      await gateway.stop();
    }
  },
};

async function signIn(browser: Browser, url: string): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  const headers = { authorization: `Bearer ${token}` };
  const answer = await context.request.post(new URL('/session', url).href, { headers });
  if (answer.status() !== 204) throw new Error(`the sign-in was answered with ${answer.status()}`);
  return context;
}

/** By who has never been there: nothing of it is at hand. */
async function firstPage(bench: Bench, browser: Browser, url: string): Promise<Line[]> {
  bench.say(`the first page of the panel, with ${accounts} accounts`);
  const times: number[] = [];
  const busy: { all: number; scripts: number }[] = [];
  let bytes = 0;
  // The first one is the gateway's first, too, which reads the files.
  for (let n = -1; n < 2 * bench.repetitions; n += 1) {
    const context = await signIn(browser, url);
    const page = await context.newPage();
    const metrics = await context.newCDPSession(page);
    await metrics.send('Performance.enable', { timeDomain: 'threadTicks' });
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (/^\/(panel.*)?$/.test(new URL(request.url()).pathname))
        sizes.push(request.sizes().then((size) => size.responseBodySize));
    });
    await page.goto(url);
    await page.locator('[data-liveness=live]').waitFor();
    await page.locator('tbody tr[data-row-key]').first().waitFor();
    // Idle, it answers at once.
    const ms = await page.evaluate(
      () => new Promise<number>((done) => requestIdleCallback(() => done(performance.now()))),
    );
    bytes = (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
    const told = (await metrics.send('Performance.getMetrics')).metrics;
    const took = (what: string) => 1000 * told.find(({ name }) => name === what)!.value;
    if (n >= 0) {
      times.push(ms);
      busy.push({ all: took('TaskDuration'), scripts: took('ScriptDuration') });
    }
    await context.close();
  }
  return [
    {
      what: 'first page of the panel, as it is sent',
      against: '-',
      reach: `≤ ${mostBytes / 1000} kB`,
      measured: `${(bytes / 1000).toFixed(0)} kB`,
      reached: bytes <= mostBytes,
      details: [`${show(bytes)} bytes, gzipped, of page, scripts and styles`],
    },
    {
      what: `the same: from the address to accounts that are live and can be clicked on, ${accounts} of them`,
      against: '-',
      reach: `≤ ${mostMs / 1000} s`,
      measured: `${(median(times) / 1000).toFixed(2)} s`,
      reached: median(times) <= mostMs,
      details: [
        `runs ${showAll(times)} ms, with an empty cache, browser and gateway on the same cores`,
        `the processor works ${show(median(busy.map(({ all }) => all)))} ms of it for the page's main thread, ${show(median(busy.map(({ scripts }) => scripts)))} ms for its scripts`,
      ],
    },
  ];
}

type List = { what: string; row: string; list: string };

async function scrolling(bench: Bench, browser: Browser, address: string, { what, row, list }: List): Promise<Line> {
  bench.say(what);
  const context = await signIn(browser, address);
  const page = await context.newPage();
  await page.goto(address);
  await page.locator(row).first().waitFor();
  const idle = await page.evaluate(framesOf, { list, pixels: 0, frames: 120 });
  const frames: number[] = [];
  for (let n = 0; n < bench.repetitions; n += 1) {
    frames.push(...(await page.evaluate(framesOf, { list, pixels: 300, frames: bench.quick ? 120 : 600 })));
  }
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.evaluate(framesOf, { list, pixels: -300, frames: 120 });
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const tasks = traceEvents.flatMap(({ name, tdur }) => (name.endsWith('RunTask') && tdur ? [tdur / 1000] : []));
  await context.close();
  const slowest = Math.max(...frames);
  return {
    what,
    against: '-',
    reach: `≤ ${mostFrameMs} ms`,
    measured: `${slowest.toFixed(0)} ms`,
    reached: slowest <= mostFrameMs,
    details: [
      `${frames.length} frames of 300 pixels each: median ${show(median(frames))} ms, p99 ${show(quantile(frames, 0.99))} ms, ${frames.filter((ms) => ms > mostFrameMs).length} over ${mostFrameMs} ms; while nothing moves, the slowest takes ${show(Math.max(...idle))} ms`,
      `the longest that the processor works for one task: ${show(Math.max(...tasks))} ms`,
    ],
  };
}

/** Microseconds; `tdur` of the thread itself: what others do on the cores is not in it. */
type TraceEvent = { name: string; tdur?: number };

/** Milliseconds of each frame while a list is scrolled on by so many pixels a frame; in the page. */
async function framesOf({ list, pixels, frames }: { list: string; pixels: number; frames: number }): Promise<number[]> {
  const scroller = document.querySelector(list)!;
  const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
  const all: number[] = [];
  let last = await frame();
  while (all.length < frames) {
    scroller.scrollTop += pixels;
    const now = await frame();
    all.push(now - last);
    last = now;
  }
  return all;
}

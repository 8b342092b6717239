/** The panel in a real browser, over a whole gateway and its simulated WeChat. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Stack, type StackOptions, adminToken, startStack } from '../end-to-end/stack.ts';
import { buildPanel } from './build-panel.ts';
import { launch } from './chromium.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export type Panel = AsyncDisposable & {
  stack: Stack;
  browser: Browser;
  /**
   * A window that is signed in (as ADMIN unless a token is given) and shows this page, live. It is the one that was opened last with the
   * same options, loaded anew: that takes half the work of another one.
   */
  open(path: string, options?: OpenOptions): Promise<Window>;
};

export type OpenOptions = BrowserContextOptions & {
  /** Null: not signed in; then it shows whatever it shows. */
  token?: string | null;
};

export type Window = {
  page: Page;
  /** What the browser complained of: errors of scripts and of the console, and requests that left the gateway. */
  complaints: string[];
  /** Throws where the page breaks a rule of accessibility (WCAG 2.1 A and AA), naming what and where. */
  expectAccessible(): Promise<void>;
};

/** Close it with `await using`. One for a file: a browser and a gateway take seconds. */
export async function startPanel(options: StackOptions = {}): Promise<Panel> {
  const [stack, browser] = await Promise.all([startStack(options), launch(), buildPanel()]);
  const { url } = stack.gateway;
  const pages = new Map<string, Promise<Page>>();
  return {
    stack,
    browser,
    open: async (path, given = {}) => {
      const { token = adminToken, ...more } = given;
      const key = JSON.stringify(given);
      const page = pages.get(key) ?? openPage(browser, url, token, more);
      pages.set(key, page);
      const window = await openWindow(await page, url, path);
      if (token !== null) await window.page.locator('[data-liveness=live]').waitFor();
      return window;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await stack.stop();
    },
  };
}

async function openPage(
  browser: Browser,
  url: string,
  token: string | null,
  options: BrowserContextOptions,
): Promise<Page> {
  // What moves cannot be clicked on for sure.
  const still = { reducedMotion: 'reduce', viewport: { width: 1280, height: 800 } } as const;
  const context = await browser.newContext({ locale: 'zh-CN', ...still, ...options });
  if (token === null) return context.newPage();
  const signedIn = await context.request.post(`${url}/session`, { headers: { authorization: `Bearer ${token}` } });
  expect(signedIn.status()).toBe(204);
  return context.newPage();
}

async function openWindow(page: Page, url: string, path: string): Promise<Window> {
  // Nothing of an earlier test, even of one that failed, is left.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.context().setOffline(false);
  page.removeAllListeners();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const { host } = new URL(url);
  const look = (asked: string) => {
    const { protocol, host: other } = new URL(asked);
    if (/^(http|ws)/.test(protocol) && other !== host) complaints.push(`asked ${asked}`);
  };
  page.on('request', (request) => look(request.url()));
  page.on('websocket', (socket) => look(socket.url()));
  await page.goto(url + path);
  return {
    page,
    complaints,
    expectAccessible: async () => {
      if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { run } = (globalThis as unknown as { axe: typeof import('axe-core') }).axe;
        const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
        const { violations } = await run({ runOnly, resultTypes: ['violations'] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      });
      expect(found).toEqual([]);
    },
  };
}

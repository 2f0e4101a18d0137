/** A real browser around a view, with the built server behind it. */
import { existsSync, readFileSync } from 'node:fs';
import { type Browser, chromium, type FrameLocator, type Page } from 'playwright-core';
import { serveHostPage } from '../../scripts/view-host/serve.ts';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** Where Chromium is; undefined where there is none, and then these tests say that they were skipped. */
export const chromiumPath = PLACES.find((path) => path !== undefined && existsSync(path));

export type Shown = {
  page: Page;
  view: FrameLocator;
  /** What the console said as an error, CSP violations among it. */
  errors: string[];
  /** Tools that the page called. */
  calls: { name: string; input: unknown }[];
};
type CallTool = (name: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;
export type ViewOptions = {
  html: string;
  result: Record<string, unknown>;
  input?: Record<string, unknown>;
  theme?: 'light' | 'dark';
  locale?: string;
  width?: number;
  callTool?: CallTool;
};

export type Viewer = { show(options: ViewOptions): Promise<Shown>; close(): Promise<void> };

export async function launchBrowser(): Promise<Viewer> {
  const { url, server } = await serveHostPage({});
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });

  return {
    async show({ html, result, input = {}, theme = 'light', locale = 'en-GB', width = 800, callTool }) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
      const errors: string[] = [];
      const calls: Shown['calls'] = [];
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(url);
      await page.exposeFunction('callTool', (name: string, args: Record<string, unknown>) => {
        calls.push({ name, input: args });
        return callTool?.(name, args) ?? { content: [], isError: true };
      });
      const opened = { html, theme, locale, serverTools: callTool !== undefined, input, result };
      await page.evaluate(`openView(${JSON.stringify(opened)})`);
      return { page, view: page.frameLocator('iframe'), errors, calls };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** What the accessibility checker finds wrong in the view, a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  const frame = page.frames()[1];
  await frame?.evaluate(AXE);
  const found: unknown = await frame?.evaluate('axe.run().then(({ violations }) => violations)');
  return (found as { id: string; nodes: { html: string }[] }[]).map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
}

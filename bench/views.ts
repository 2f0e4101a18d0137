/**
 * How soon a page shows what a tool found: from the result's arrival to the frame in which 100 rows are painted, and from
 * a click on "Next" to the frame of the next page, in 10,000 rows. Medians of 11, in the browser's own clock.
 */
import { launchBrowser } from '../test/views/browser.ts';
import { startServer } from '../test/views/built-server.ts';

const server = await startServer('v1');
const html = await server.pageOf('search_contacts');
const viewer = await launchBrowser();
const median = (values: number[]): string =>
  `${values.sort((a, b) => a - b)[values.length >> 1]?.toFixed(0)} ms`;

const contactsOf = (amount: number) =>
  Array.from({ length: amount }, (_, place) => ({
    phone_number: `+4915100${String(place).padStart(6, '0')}`,
    region_code: 'DE',
    available_channels: ['sms', 'whatsapp'],
    default_channel: 'sms',
    metadata: { name: `Person ${amount - place}` },
  }));
const resultOf = (amount: number) => ({
  content: [],
  structuredContent: { total: amount, contacts: contactsOf(amount), complete: true },
});

/** Runs in the page of the host: hands the frame a result anew and waits until it is painted. */
const FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

const first: number[] = [];
const paging: number[] = [];
for (let turn = 0; turn < 11; turn++) {
  const { page } = await viewer.show({ html, result: resultOf(100) });
  const frame = page.frames()[1];
  await frame?.evaluate(FRAMES);
  const result = { jsonrpc: '2.0', method: 'ui/notifications/tool-result', params: resultOf(100) };
  first.push(
    (await frame?.evaluate(
      `(async () => {
        const at = performance.now();
        dispatchEvent(new MessageEvent('message', { source: parent, data: ${JSON.stringify(result)} }));
        await ${FRAMES};
        return performance.now() - at;
      })()`,
    )) as number,
  );
  await page.close();

  const large = await viewer.show({ html, result: resultOf(10_000) });
  const inner = large.page.frames()[1];
  await inner?.evaluate(FRAMES);
  paging.push(
    (await inner?.evaluate(
      `(async () => {
        const next = [...document.querySelectorAll('nav button')].find((button) => button.textContent === 'Next');
        const at = performance.now();
        next.click();
        await ${FRAMES};
        return performance.now() - at;
      })()`,
    )) as number,
  );
  await large.page.close();
}
await viewer.close();
await server.close();
console.log(
  `100 rows painted after their result: ${median(first)}; the next page of 10,000: ${median(paging)}`,
);

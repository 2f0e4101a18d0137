/** Makes the pictures of the README: the demo in a browser, the views as a host shows them. */
import { mkdirSync } from 'node:fs';
import { launchBrowser } from '../../test/views/browser.ts';
import { startServer } from '../../test/views/built-server.ts';

const FOLDER = 'docs/images';
const PICTURES = [
  { name: 'contacts', tool: 'search_contacts', input: { country: 'BR', limit: 6 }, theme: 'light' },
  { name: 'countries', tool: 'search_contacts', input: { group_by: 'country' }, theme: 'light' },
  {
    name: 'plan',
    tool: 'send_message',
    input: { to: ['+5511987654321', '+16505550123'], text: 'Our shop opens at nine.', preview: true },
    theme: 'dark',
  },
] as const;

mkdirSync(FOLDER, { recursive: true });
const server = await startServer('v1');
const viewer = await launchBrowser();
for (const { name, tool, input, theme } of PICTURES) {
  const html = await server.pageOf(tool);
  const result = await server.call(tool, { ...input });
  const { page, view } = await viewer.show({ html, result, input: { ...input }, theme, width: 640 });
  await view.locator('main h1').waitFor();
  const height = await view.locator('html').evaluate((root) => root.scrollHeight);
  await page.screenshot({
    path: `${FOLDER}/${name}.png`,
    clip: { x: 0, y: 0, width: 640, height: Math.min(420, height) },
  });
  await page.close();
}
await viewer.close();
await server.close();

/** `npm run views`: the views in a browser, without a host, over the demo. Runs until it is stopped. */
import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { serveHostPage } from './serve.ts';

/** Calls to choose from, one for each thing that a view shows. */
const CALLS: Record<string, { name: string; input: Record<string, unknown> }> = {
  'Newest contacts': { name: 'search_contacts', input: { sort: 'newest', limit: 60 } },
  'By country': { name: 'search_contacts', input: { group_by: 'country' } },
  'By month': { name: 'search_contacts', input: { group_by: 'created_month' } },
  'A plan': {
    name: 'send_message',
    input: { to: ['+16505550123', '+5511987654321'], text: 'Our shop opens at nine.', preview: true },
  },
  'An import': {
    name: 'import_contacts',
    input: { csv: 'Name,Mobile\nAda,+447400123456\nNobody,12\n', preview: true },
  },
};

const client = new Client(
  { name: 'views', version: '1.0.0' },
  {
    capabilities: {
      extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
    },
  },
);
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [resolve('dist/sent-contacts-mcp.cjs'), '--demo'],
  }),
);
const { tools } = await client.listTools();
const pages = new Map<string, string>();
for (const { name, _meta } of tools) {
  const uri = (_meta?.ui as { resourceUri?: string } | undefined)?.resourceUri;
  if (uri === undefined) continue;
  const { contents } = await client.readResource({ uri });
  pages.set(name, (contents[0] as { text?: string }).text ?? '');
}

const html = `<!doctype html><meta charset="utf-8"><title>Views of sent-contacts-mcp</title><link rel="icon" href="data:,">
<nav>${Object.keys(CALLS)
  .map((title) => `<button>${title}</button>`)
  .join(' ')} <label><input type="checkbox"> dark</label></nav><div id="view"></div>
<script>
  window.callTool = async (name, input) => (await (await fetch('/call', { method: 'POST', body: JSON.stringify({ name, input }) })).json()).result;
</script>
<script src="/host.js"></script>
<script>
  const calls = ${JSON.stringify(CALLS)};
  document.querySelectorAll('button').forEach((button) => button.addEventListener('click', async () => {
    const { name, input } = calls[button.textContent];
    const { result, html } = await (await fetch('/call', { method: 'POST', body: JSON.stringify({ name, input }) })).json();
    const theme = document.querySelector('input').checked ? 'dark' : 'light';
    await openView({ html, theme, locale: navigator.language, serverTools: true, input, result });
  }));
</script>`;
const { url } = await serveHostPage({
  html,
  port: Number(process.argv[2] ?? 0),
  call: async ({ name, input }) => ({
    result: await client.callTool({ name, arguments: input }),
    html: pages.get(name) ?? '',
  }),
});
console.log(`The views are at ${url} (this machine alone). Stop with Ctrl+C.`);

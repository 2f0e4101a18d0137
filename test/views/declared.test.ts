import { encode } from 'gpt-tokenizer';
import { describe, expect, test } from 'vitest';
import pages from '../../src/mcp/views/pages.json' with { type: 'json' };
import { ERAS, startServer } from './built-server.ts';

describe.each(ERAS)('to a client of the %s era', (era) => {
  test('that can show them, tools name their pages, for at most 150 tokens', async () => {
    const server = await startServer(era);
    const tools = await server.listTools();
    const views = await server.listResources();
    const withPage = tools.filter(({ _meta }) => _meta !== undefined);
    const pages = await Promise.all(withPage.map(({ name }) => server.pageOf(name)));
    await server.close();
    expect(withPage.map(({ name }) => name).sort()).toEqual([
      'delete_contact',
      'get_message',
      'import_contacts',
      'search_contacts',
      'send_message',
      'update_contact',
    ]);
    expect(encode(withPage.map(({ _meta }) => JSON.stringify(_meta)).join('')).length).toBeLessThanOrEqual(
      150,
    );
    expect(views.filter(({ uri }) => uri.startsWith('ui://'))).toHaveLength(4);
    for (const page of pages) {
      expect(Buffer.byteLength(page)).toBeLessThan(12_000);
      // The address of SVG is a name, not a place.
      expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
        /https?:|import\(|@import|url\((?!data:)/i,
      );
    }
  });

  test('that cannot, nothing is named', async () => {
    const server = await startServer(era, { showsViews: false });
    const tools = await server.listTools();
    const resources = await server.listResources();
    await server.close();
    expect(tools.filter(({ _meta }) => _meta?.ui !== undefined)).toEqual([]);
    expect(resources.filter(({ uri }) => uri.startsWith('ui://'))).toEqual([]);
  });
});

test('all pages together take less than 40 kB in the executable', () => {
  expect(Buffer.byteLength(JSON.stringify(pages))).toBeLessThan(40_000);
});

/** Text and structure each alone: every fact of one is in the other, and both are lean. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { publishedTokens } from '../bench/published-tokens.ts';
import { missingInData, missingInText } from './facts.ts';
import { type Called, connect, TOOL_NAMES } from './harness.ts';
import { CALLS, NUMBER } from './surface-calls.ts';

/** Whoever reads only one of the two misses nothing of the other. */
function same({ text, data, isError }: Called): void {
  expect(isError, text).toBe(false);
  const missing = { text: missingInText(text, data), data: missingInData(text, data) };
  expect(missing, text).toEqual({ text: [], data: [] });
  expect(JSON.stringify(data)).not.toContain('null');
}

describe('every fact is in both', () => {
  test.each(CALLS)('%s', async (_title, name, args) => {
    const session = await connect();
    same(await session.call(name, args));
  });

  test('every tool is looked at', () => {
    const others = ['import_contacts', 'get_message'];
    expect(new Set([...CALLS.map(([, name]) => name), ...others])).toEqual(new Set(TOOL_NAMES));
  });

  test('a question with times, a question of two groups, and one that finds a page', async () => {
    const { call } = await connect({ contacts: 200 });
    for (const args of [
      { created_after: '1y', sort: 'newest', limit: 20 },
      { group_by: 'country,opt_out' },
      { query: 'maria', limit: 5 },
      { limit: 0 },
    ])
      same(await call('search_contacts', args));
  });

  test('a contact that has notes, on an account without metadata', async () => {
    const { call } = await connect({ metadata: 'ignored', env: { SENT_STATE: 'off' } });
    same(await call('update_contact', { phone_number: NUMBER, metadata: { vip: true, tier: 3 } }));
    same(await call('get_contact', { phone_number: NUMBER }));
  });

  test.each(['update_contact', 'delete_contact'])(
    'plans of %s, their carrying out, and again',
    async (name) => {
      const { call, simulator } = await connect({ contacts: 100 });
      const { data } = await call('search_contacts', { country: ['BR', 'ES'], limit: 0 });
      const change = name === 'update_contact' ? { opt_out: true, metadata: { seen: 'yes' } } : {};
      const preview = await call(name, { selection: data.selection, ...change });
      same(preview);
      const gone = [...simulator.book.all()].find(({ e164 }) => e164.startsWith('+34'));
      if (gone) simulator.book.remove(gone);
      same(await call(name, { plan: preview.data.plan }));
      same(await call(name, { plan: preview.data.plan }));
      same(await call(name, { plan: preview.data.plan, sandbox: true }));
    },
  );

  test('an import, and its preview', async () => {
    const { call } = await connect();
    const phone_numbers = ['+14155550142', '+14155550142', NUMBER, 'no number'];
    same(await call('import_contacts', { phone_numbers, preview: true }));
    same(await call('import_contacts', { phone_numbers }));
  });

  test('sends to many with some skipped, and what became of them', async () => {
    const session = await connect({ contacts: 100 });
    const { call, simulator } = session;
    const brazilian = [...simulator.book.all()].find(({ e164 }) => e164.startsWith('+55'));
    if (brazilian) simulator.book.change(brazilian, { opt_out: true });
    const { data } = await call('search_contacts', { country: 'BR', limit: 0 });
    const template = { name: 'welcome', parameters: { name: 'Ana' } };
    const preview = await call('send_message', { to: [data.selection], template, preview: true });
    same(preview);
    expect(preview.data.skipped).toHaveLength(1);
    const { plan } = preview.data;
    same(await call('send_message', { plan }));
    same(await call('get_message', { plan }));
    session.advance(600_000);
    const { text, data: followed, isError } = await call('get_message', { plan });
    same({ text, data: followed, isError });
    same(await call('get_message', {}));
    const one = await call('send_message', { to: [NUMBER], text: 'Hello' });
    const [message] = one.data.messages as { message_id: string }[];
    session.advance(600_000);
    same(await call('get_message', { message_id: message?.message_id }));
  });
});

describe('both are lean', () => {
  test('twenty contacts', async () => {
    const { call } = await connect({ contacts: 100 });
    const { text, data } = await call('search_contacts', { channel: 'whatsapp', limit: 20 });
    expect((data.contacts as unknown[]).length).toBe(20);
    expect(countTokens(text)).toBeLessThanOrEqual(700);
    expect(countTokens(JSON.stringify(data))).toBeLessThanOrEqual(1_000);
  });

  test('what is published', async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    const { all, read } = publishedTokens(tools, client.getInstructions() ?? '');
    expect(all).toBeLessThanOrEqual(5_000);
    expect(read).toBeLessThanOrEqual(2_700);
  });
});

test('the comparison sees what is missing', () => {
  const data = {
    total: 12,
    contacts: [{ phone_number: '+4915112345678', opt_out: true }],
    warnings: ['Only some.'],
  };
  expect(missingInText('12 contacts', data)).toEqual([
    '.contacts[0].phone_number = "+4915112345678"',
    '.contacts[0].opt_out = true',
    '.warnings[0] = "Only some."',
  ]);
  const hint = 'If they are to get no more messages, then use opt_out: true, which lasts for ever.';
  expect(missingInData(`13 contacts\n+4915112345679\nOnly some.\n${hint}`, data)).toEqual([
    '13',
    '4915112345679',
    'If they are to get no more messages then use true which lasts for ever',
  ]);
});

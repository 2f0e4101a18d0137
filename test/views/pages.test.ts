/** Plans, sends and imports, as their pages show them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, chromiumPath, launchBrowser, type Viewer, type ViewOptions } from './browser.ts';
import { startServer } from './built-server.ts';

describe.skipIf(chromiumPath === undefined)('the page of', () => {
  let viewer: Viewer;
  const pages = new Map<string, string>();
  beforeAll(async () => {
    viewer = await launchBrowser();
    const server = await startServer('v1');
    for (const tool of ['send_message', 'get_message', 'import_contacts'])
      pages.set(tool, await server.pageOf(tool));
    await server.close();
  });
  afterAll(() => viewer.close());

  /** Shows a result, holds that nothing is wrong with the page, and gives its text. */
  async function textOf(
    tool: string,
    structuredContent: Record<string, unknown>,
    options: Partial<ViewOptions> = {},
    use: (shown: Awaited<ReturnType<Viewer['show']>>) => Promise<void> = async () => {},
  ): Promise<string> {
    const result = { content: [{ type: 'text', text: '' }], structuredContent };
    const shown = await viewer.show({ html: pages.get(tool) ?? '', result, ...options });
    await shown.view.getByRole('heading').first().waitFor();
    await use(shown);
    const text = (await shown.view.locator('main').innerText()).replace(/\s+/g, ' ');
    expect(await axeFindings(shown.page)).toEqual([]);
    const overflow = await shown.view.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
    expect(overflow).toBe(0);
    expect(shown.errors).toEqual([]);
    await shown.page.close();
    return text;
  }

  const PLAN = {
    status: 'preview',
    plan: 'send_abc',
    accepted: 0,
    messages: [
      { to: '+5511987654321', name: 'Ana', text: 'Olá Ana, <b>bem-vinda</b>!' },
      { to: '+5511987654322', text: 'Olá friend, <b>bem-vinda</b>!' },
    ],
    skipped: [{ to: '+5511987654323', reason: 'opted_out' }],
    preview: {
      people: 2670,
      messages: 5340,
      countries: { BR: 2669, PT: 1 },
      requests: 6,
      takes_seconds: 12,
      opt_outs_as_of: '2026-11-23T12:00:00Z',
      not_yet_contacts: ['+5511987654322'],
    },
    warnings: ['2 channels mean 2 billed messages for each recipient.'],
  };

  test.each(['light', 'dark'] as const)(
    'a plan shows who gets what, and what is unsure (%s)',
    async (theme) => {
      const text = await textOf(
        'send_message',
        PLAN,
        { theme, width: 320, locale: 'de-DE' },
        async ({ view, calls }) => {
          expect(await view.locator('.bubble').allInnerTexts()).toEqual([
            'Ana\nOlá Ana, <b>bem-vinda</b>!',
            '+5511987654322\nOlá friend, <b>bem-vinda</b>!',
          ]);
          const width = (await view.locator('.bubble').first().boundingBox())?.width ?? 0;
          expect(width).toBeLessThanOrEqual(300);
          expect(await view.getByRole('button', { name: /send|yes|ok/i }).count()).toBe(0);
          expect(calls).toEqual([]);
        },
      );
      for (const part of [
        'nothing is done yet',
        '2.670 people',
        '5.340 messages',
        '6 requests',
        '12 seconds',
      ])
        expect(text).toContain(part);
      for (const part of [
        '2 billed messages',
        'Not contacts yet +5511987654322',
        'Brasilien',
        'opted out',
        '23.11.2026',
      ])
        expect(text).toContain(part);
    },
  );

  test('a plan of a bulk change counts who is skipped by reason', async () => {
    const text = await textOf('send_message', {
      status: 'preview',
      plan: 'update_abc',
      count: 3,
      countries: [{ country: 'DE', count: 3 }],
      first: [{ phone_number: '+4915100000001', metadata: { name: 'Jörg' } }],
      skipped: [{ reason: 'already_so', count: 7, phone_numbers: ['+4915100000002'] }],
      opted_out: 1,
      requests: 3,
      seconds: 1,
      read_as: 'in Germany (DE)',
    });
    for (const part of [
      '3 people',
      '1 have opted out',
      'Jörg +4915100000001',
      'already so 7',
      'in Germany (DE)',
    ])
      expect(text).toContain(part);
  });

  test('a send done in part names everybody who is left', async () => {
    const text = await textOf('send_message', {
      status: 'partial',
      plan: 'send_abc',
      accepted: 3,
      messages: [],
      not_sent: [{ to: '+4915100000001', reason: 'rate_limited' }],
      unknown: ['+4915100000002'],
      skipped: [],
    });
    for (const part of ['partial', '3 accepted by Sent, not yet delivered', '1 not sent', '1 unknown'])
      expect(text).toContain(part);
    for (const part of ['Nobody knows whether these have it +4915100000002', 'rate limited'])
      expect(text).toContain(part);
  });

  const SEND = {
    plan: 'send_abc',
    sent_at: '2026-11-23T12:00:00Z',
    counts: { DELIVERED: 40, FAILED: 2, QUEUED: 5 },
    reasons: [{ reason: 'DELIVERY_003', count: 2 }],
    not_delivered: [{ to: '+4915100000001', status: 'FAILED', reason: 'DELIVERY_003' }],
    settled: 42,
    unsettled: 5,
  };

  test.each(['light', 'dark'] as const)(
    'a send counts by status and asks anew on demand (%s)',
    async (theme) => {
      const after = { ...SEND, counts: { DELIVERED: 45, FAILED: 2 }, unsettled: 0 };
      const callTool = async () => ({ content: [], structuredContent: after });
      const text = await textOf('get_message', SEND, { theme, callTool }, async ({ view, calls }) => {
        expect(await view.locator('.bars').first().innerText()).toMatch(
          /delivered\s+40\s+failed\s+2\s+queued\s+5/,
        );
        expect(await view.getByRole('table', { name: 'Not reached' }).innerText()).toContain(
          '+4915100000001',
        );
        await view.getByRole('button', { name: 'Refresh' }).click();
        await view.getByText('45', { exact: true }).waitFor();
        expect(calls).toEqual([{ name: 'get_message', input: { plan: 'send_abc' } }]);
      });
      expect(text).not.toContain('still under way');
    },
  );

  test('one message tells its history', async () => {
    const text = await textOf('get_message', {
      message_id: 'm1',
      to: '+4915100000001',
      status: 'FAILED',
      settled: true,
      text: 'مرحبا',
      events: [
        { status: 'QUEUED', at: '2026-11-23T12:00:00Z' },
        { status: 'FAILED', reason: 'BUSINESS_003' },
      ],
    });
    for (const part of ['+4915100000001 failed', 'Settled.', 'مرحبا', 'queued', 'BUSINESS_003'])
      expect(text).toContain(part);
  });

  test('an import shows how its columns are read and what is left out, before anything is created', async () => {
    const text = await textOf('import_contacts', {
      created: 0,
      existing: 0,
      remaining: 2,
      preview: true,
      columns: [{ column: 'Handynummer', read_as: 'phone, mobile' }],
      first: [{ phone_number: '+4915100000001', name: '<script>x</script>' }],
      doubtful: [{ row: 4, value: '0000000000', reason: 'one digit repeated' }],
      invalid: [{ row: 3, value: '12', reason: 'too short' }],
      failed: [],
      duplicates: 1,
    });
    for (const part of [
      'nothing done yet',
      '2 would be imported',
      '1 duplicates',
      'Handynummer phone, mobile',
    ])
      expect(text).toContain(part);
    for (const part of [
      '<script>x</script> +4915100000001',
      '4 0000000000 one digit repeated',
      '3 12 too short',
    ])
      expect(text).toContain(part);
  });
});

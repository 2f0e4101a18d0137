import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, chromiumPath, launchBrowser, type Viewer } from './browser.ts';
import { ERAS, type Result, startServer } from './built-server.ts';

const THEMES = ['light', 'dark'] as const;
/** Known in the page, where it runs. */
declare function getComputedStyle(node: unknown): Record<string, string>;
const styleOf = (node: unknown, name: string) => getComputedStyle(node)[name];

describe.skipIf(chromiumPath === undefined)('the contacts found', () => {
  let viewer: Viewer;
  let html: string;
  beforeAll(async () => {
    viewer = await launchBrowser();
    const server = await startServer('v1');
    html = await server.pageOf('search_contacts');
    await server.close();
  });
  afterAll(() => viewer.close());

  const found = (structuredContent: Record<string, unknown>) => ({
    content: [{ type: 'text', text: 'the text' }],
    structuredContent,
  });
  const contactsOf = (amount: number) =>
    Array.from({ length: amount }, (_, place) => ({
      phone_number: `+4915100${String(place).padStart(6, '0')}`,
      region_code: 'DE',
      available_channels: ['sms'],
      metadata: { name: `Person ${amount - place}` },
    }));

  describe.each(ERAS)('of the built server, %s era', (era) => {
    test.each(THEMES)('are a table in a %s theme: pages, sorting, filter, more', async (theme) => {
      const server = await startServer(era);
      const input = { limit: 52, sort: 'newest' };
      const result = await server.call('search_contacts', input);
      const { view, page, errors, calls } = await viewer.show({
        html: await server.pageOf('search_contacts'),
        result,
        input,
        theme,
        callTool: server.call,
      });
      const { total, contacts } = result.structuredContent as { total: number; contacts: unknown[] };
      await view.getByRole('heading', { name: `${total} contacts` }).waitFor();
      const rows = view.locator('tbody tr');
      expect(await rows.count()).toBe(50);
      expect(await view.locator('nav [role=status]').textContent()).toBe(`1–50 of ${contacts.length}`);

      await view.getByRole('button', { name: 'Next' }).click();
      expect(await rows.count()).toBe(contacts.length - 50);

      const byNumber = view.getByRole('button', { name: 'Number' });
      await byNumber.click();
      expect(await view.locator('th[aria-sort=ascending]').textContent()).toBe('Number');
      const numbers = await view.locator('.phone').allTextContents();
      expect(numbers).toEqual([...numbers].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
      await byNumber.press('Enter');
      expect(await view.locator('th[aria-sort=descending]').textContent()).toBe('Number');

      await view.getByRole('searchbox').fill(numbers[3] ?? '');
      expect(await view.locator('.phone').allTextContents()).toEqual([numbers[3]]);
      await view.getByRole('searchbox').fill('');

      await view.getByRole('button', { name: 'Load more' }).click();
      await view.locator('nav [role=status]', { hasText: `of ${total}` }).waitFor();
      expect(calls.map(({ name }) => name)).toEqual(['search_contacts']);

      const back = await view.locator('body').evaluate(styleOf, 'backgroundColor');
      expect(back).toBe(theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(38, 38, 36)');
      expect(await axeFindings(page)).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
      await server.close();
    });

    test('count by group as bars, by month as a line', async () => {
      const server = await startServer(era);
      const byCountry = await server.call('search_contacts', { group_by: 'country' });
      const bars = await viewer.show({ html, result: byCountry, input: { group_by: 'country' } });
      const { groups } = byCountry.structuredContent as { groups: { count: number }[] };
      await bars.view.getByRole('table', { name: 'By country' }).waitFor();
      expect(await bars.view.locator('.count').allTextContents()).toEqual(
        groups.map(({ count }) => String(count)),
      );
      expect(await bars.view.locator('.bars').textContent()).toContain('Brazil');
      expect(await axeFindings(bars.page)).toEqual([]);
      expect(bars.errors).toEqual([]);
      await bars.page.close();
      await server.close();
    });
  });

  test('a month after the other is a line that says its figures', async () => {
    const groups = [
      { value: '2026-03', count: 1200 },
      { value: '2026-01', count: 7 },
      { value: '2026-02', count: 0 },
    ];
    const result = found({ total: 1207, contacts: [], groups, complete: true });
    const { view, page, errors } = await viewer.show({
      html,
      result,
      input: { group_by: 'created_month' },
      locale: 'de-DE',
    });
    const line = view.getByRole('img');
    expect(await line.getAttribute('aria-label')).toBe(
      'By created month. 2026-01: 7, 2026-02: 0, 2026-03: 1.200',
    );
    expect(await view.locator('circle').count()).toBe(3);
    expect(await view.getByRole('heading').first().textContent()).toBe('1.207 contacts');
    expect(await axeFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('names of strangers stay text, from right to left as well', async () => {
    const names = [
      '<img src=x onerror="document.title=1">',
      '</script><script>document.body.remove()</script>',
      'يوسف إبراهيم',
      '"><svg/onload=alert(1)>',
    ];
    const contacts = names.map((name, place) => ({
      phone_number: `+1415555010${place}`,
      region_code: '<b>',
      available_channels: ['<i>sms</i>'],
      metadata: { name },
    }));
    const { view, page, errors } = await viewer.show({
      html,
      result: found({ total: 4, contacts, complete: true }),
    });
    expect(await view.locator('td:first-child').allTextContents()).toEqual(names);
    expect(await view.locator('img, td svg, td script, i, b').count()).toBe(0);
    const direction = (nth: number) =>
      view.locator('td:first-child bdi').nth(nth).evaluate(styleOf, 'direction');
    expect([await direction(2), await direction(0)]).toEqual(['rtl', 'ltr']);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('10,000 of them are drawn a page at a time', async () => {
    const result = found({ total: 10_000, contacts: contactsOf(10_000), complete: true });
    const { view, page, errors } = await viewer.show({ html, result });
    await view.getByText('1–50 of 10,000').waitFor();
    expect(await view.locator('tbody tr').count()).toBe(50);
    await view.getByRole('button', { name: 'Name' }).click();
    expect(await view.locator('tbody tr').first().textContent()).toContain('Person 1');
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each([320, 1200])('fit into %i pixels', async (width) => {
    const { view, page, errors } = await viewer.show({
      html,
      width,
      result: found({
        total: 30,
        contacts: contactsOf(30),
        complete: false,
        read_as: 'in Germany (DE)',
        warnings: ['w'],
      }),
    });
    await view.locator('tbody tr').first().waitFor();
    const overflow = await view.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
    expect(overflow).toBe(0);
    expect(await view.getByRole('note').allTextContents()).toEqual([
      'The account has not been read whole yet: there may be more.',
      'w',
    ]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('the host is told the size, and answered when it asks or ends', async () => {
    const { view, page } = await viewer.show({
      html,
      result: found({ total: 3, contacts: contactsOf(3), complete: true }),
    });
    await view.locator('tbody tr').first().waitFor();
    const sizes = (await page.evaluate('sizes')) as { height: number }[];
    expect(sizes.at(-1)?.height).toBeGreaterThan(100);
    expect(await page.evaluate('tearDown()')).toEqual({});
    await page.close();
  });

  test.each([
    ['an error', { isError: true, content: [{ type: 'text', text: 'rate_limited: …\nNext: wait.' }] }],
    [
      'a shape that the page does not know',
      found({ total: 1, contacts: [], groups: [{ value: 'x', count: {} }], metadata: null }),
    ],
  ])('%s hides nothing', async (_what, result) => {
    const { view, page } = await viewer.show({ html, result: result as unknown as Result });
    await view.locator('main, pre').first().waitFor();
    const text = await view.locator('body').textContent();
    expect(text).toContain('content' in result && 'isError' in result ? 'Next: wait.' : '1 contact');
    await page.close();
  });
});

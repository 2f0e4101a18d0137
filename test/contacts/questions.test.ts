import { describe, expect, it } from 'vitest';
import { countryName, findCountry, oneCountry } from '../../src/contacts/model/country.ts';
import { readMoment } from '../../src/contacts/model/moment.ts';
import { parsePhone } from '../../src/contacts/model/phone.ts';
import { readCriteria, type SearchInput } from '../../src/contacts/question/criteria.ts';
import { createCursors } from '../../src/contacts/question/cursors.ts';
import { readGroupBy } from '../../src/contacts/question/grouping.ts';
import { readText } from '../../src/contacts/question/text-query.ts';
import { AppError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/state/memory.ts';
import { closest, fold, withinOneTypo } from '../../src/text/fold.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const errorOf = (act: () => unknown): AppError => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('countries', () => {
  it.each([
    ['BR', 'BR'],
    ['br', 'BR'],
    ['BRA', 'BR'],
    ['UK', 'GB'],
    ['U.S.A.', 'US'],
    ['Brazil', 'BR'],
    ['Brasil', 'BR'],
    ['Deutschland', 'DE'],
    ['españa', 'ES'],
    ['Österreich', 'AT'],
    ['Suisse', 'CH'],
    ['日本', 'JP'],
    ['भारत', 'IN'],
    ['the Netherlands', 'NL'],
    ['Holland', 'NL'],
    ['England', 'GB'],
    ['Czech Republic', 'CZ'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
    ["Cote d'Ivoire", 'CI'],
    ['Alemania', 'DE'],
    ['+55', 'BR'],
    ['0055', 'BR'],
    ['55', 'BR'],
    ['+٥٥', 'BR'],
  ])('%s is %s', (name, region) => {
    expect(findCountry(name).regions).toEqual([region]);
  });

  it('a calling code stands for all countries that share it', () => {
    const { regions, callingCode } = findCountry('+1');
    expect(regions).toEqual(expect.arrayContaining(['US', 'CA', 'JM']));
    expect(callingCode).toBe('1');
    expect(oneCountry('+1')).toBe('+1');
    expect(parsePhone('07400 123456', oneCountry('+44')).e164).toBe('+447400123456');
    expect(oneCountry('Canada')).toBe('CA');
  });

  it.each([
    ['Brazl', 'Brazil (BR)'],
    ['Germny', 'Germany (DE)'],
    ['Korea', 'South Korea (KR), North Korea (KP)'],
    ['Congo', 'Congo - Kinshasa (CD), Congo - Brazzaville (CG)'],
    ['Britain', 'United Kingdom (GB)'],
  ])('%s is an error that names %s', (name, near) => {
    const { code, next } = errorOf(() => findCountry(name));
    expect(code).toBe('invalid_input');
    expect(next).toMatch(/^Did you mean /);
    expect(next.split('?')[0]).toContain(near);
  });

  it.each(['Atlantis', 'xx', '+999999', 'Latin America', ''])('%s is an error', (name) => {
    expect(errorOf(() => findCountry(name)).next).toContain('Use an ISO code (BR)');
  });

  it('has a name for every code, known or not', () => {
    expect([countryName('TR'), countryName('ZQ')]).toEqual(['Türkiye', 'ZQ']);
  });
});

describe('moments', () => {
  it.each([
    ['2026-09-01', '2026-09-01T00:00:00Z'],
    ['2026-09-01T08:30:00', '2026-09-01T08:30:00Z'],
    ['2026-09-01 08:30', '2026-09-01T08:30:00Z'],
    ['2026-09-01T08:30:00.123+02:00', '2026-09-01T06:30:00.123Z'],
    ['24h', '2026-11-22T12:00:00Z'],
    ['7d', '2026-11-16T12:00:00Z'],
    ['2W', '2026-11-09T12:00:00Z'],
    ['3mo', '2026-08-23T12:00:00Z'],
    [' 1 y ', '2025-11-23T12:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, iso) => {
    expect(readMoment(text, NOW, 'created_after')).toBe(Date.parse(iso));
  });

  it('a month back from the 31st is the last day of a shorter month', () => {
    const march = Date.UTC(2026, 2, 31, 9);
    expect(readMoment('1mo', march, 'x')).toBe(Date.UTC(2026, 1, 28, 9));
    expect(readMoment('1y', Date.UTC(2024, 1, 29), 'x')).toBe(Date.UTC(2023, 1, 28));
  });

  it.each(['yesterday', '2026-02-30', '2026-13-01', '01/09/2026', '7', '-7d', '2026-09-01T25:00'])(
    '%s is an error that names the field',
    (text) => {
      const { code, message } = errorOf(() => readMoment(text, NOW, 'updated_before'));
      expect([code, message]).toEqual(['invalid_input', 'updated_before is not a date.']);
    },
  );
});

describe('text', () => {
  const part = (query: string) => readText(query).numbers[0];
  it.each([
    ['ends in 70877', { digits: '70877', place: 'end' }],
    ['ending with 0877', { digits: '0877', place: 'end', home: undefined }],
    ['starts with +34 6', { digits: '346', place: 'plus' }],
    ['beginning with 612', { digits: '612', place: 'start' }],
    ['(415) 555', { digits: '415555', place: 'anywhere' }],
    ['+1 (415) 555-0123', { digits: '14155550123', place: 'plus' }],
    ['0034 612', { digits: '0034612', place: 'anywhere', abroad: '34612' }],
    ['0612 34', { digits: '061234', place: 'anywhere', home: '61234' }],
    ['+44 (0)20 7946', { digits: '44207946', place: 'plus' }],
    ['４１５－５５５', { digits: '415555', place: 'anywhere' }],
    ['٤١٥', { digits: '415', place: 'anywhere' }],
    ['\u202a415\u202c', { digits: '415', place: 'anywhere' }],
    ['7', { digits: '7', place: 'anywhere' }],
  ])('reads %s as digits', (query, expected) => {
    expect(part(query)).toMatchObject(expected);
    expect(readText(query).words).toEqual([]);
  });

  it('parts words from numbers, and leaves digits in words alone', () => {
    expect(readText('Zoë O’Connor 415 555 B2B ends in 12')).toMatchObject({
      words: ['zoe', 'o', 'connor', 'b2b'],
      numbers: [
        { digits: '415555', words: ['415', '555'] },
        { digits: '12', place: 'end' },
      ],
    });
  });

  it.each(['', '  ', '()-', '…'])('refuses %j', (query) => {
    expect(errorOf(() => readText(query))).toMatchObject({
      code: 'invalid_input',
      next: 'Give part of a number, a country or a word of the metadata, or leave query out.',
    });
  });

  it.each([
    ['Hernández-Ruiz', 'hernandez ruiz'],
    ['ÅSA Ødegård', 'asa odegard'],
    ['Weiß & Söhne', 'weiss and sohne'],
    ['İzmir', 'izmir'],
    ['Čapek', 'capek'],
    ['が', 'が'],
    ['हिन्दी', 'हिन्दी'],
    ['مُحَمَّد', 'محمد'],
    ['Ｆｕｌｌ', 'full'],
  ])('folds %s to %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('forgives one letter and no more', () => {
    const near = ['hernandez', 'hernandes', 'hernande', 'hernanndez', 'hernadnez'];
    const far = ['hernands', 'ernandes', 'hrnandezz', 'hernandezab'];
    expect(near.filter((word) => !withinOneTypo('hernandez', word))).toEqual([]);
    expect(far.filter((word) => withinOneTypo('hernandez', word))).toEqual([]);
  });

  it('lists near names, best first', () => {
    expect(closest('swedn', ['norway', 'sweden', 'denmark', 'yemen'], 3)).toEqual(['sweden']);
    expect(closest('korea', ['north korea', 'south korea', 'eritrea'], 2)).toEqual([
      'north korea',
      'south korea',
    ]);
  });
});

describe('the parts of a question', () => {
  it('groups by what the product names, and by nothing else', () => {
    expect(readGroupBy('metadata.order').parts).toEqual([{ on: 'metadata', key: 'order' }]);
    expect(readGroupBy('metadata.last, first').parts).toEqual([{ on: 'metadata', key: 'last, first' }]);
    expect(readGroupBy('country, metadata.a,b').parts[1]).toEqual({ on: 'metadata', key: 'a,b' });
    expect(errorOf(() => readGroupBy('constructor')).next).toBe(
      'Use one of country, channel, channels, default_channel, opt_out, created_month, metadata.<key>, or two of them with a comma.',
    );
  });

  it.each<[SearchInput, string]>([
    [{}, ''],
    [{ country: ['Spain', '+55'] }, 'in Spain (ES) or +55'],
    [{ query: 'Zoë ends in 99', opt_out: false }, 'words zoe, number ending in 99, not opted out'],
    [{ country: 'CH, AT' }, 'in Switzerland (CH) or Austria (AT)'],
    [{ country: ['Korea, Republic of', '+41,Brasil,'] }, 'in South Korea (KR) or +41 or Brazil (BR)'],
    [{ channel: 'whatsapp', only_channel: 'sms' }, 'reachable on whatsapp, reachable on sms alone'],
    [{ metadata: { tier: 'gold', vip: null } }, 'tier = gold, without vip'],
    [
      { created_after: '7d', updated_before: '2026-11-01' },
      'created from 2026-11-16T12:00Z, updated before 2026-11-01',
    ],
  ])('%j reads as %j', (input, expected) => {
    expect(readCriteria(input, NOW).readAs).toBe(expected);
  });

  it('tells a pasted letter again only in part', () => {
    const letter = Array.from(
      { length: 500 },
      (_, at) => `word${'abcdefghij'[at % 10]}${'x'.repeat(at)} ${at}1 `,
    );
    expect(readCriteria({ query: letter.join('and ') }, NOW).readAs.length).toBeLessThan(1_000);
  });

  it.each([
    ['words', (at: number) => `w${'abcdefghijklmn'[at]}`],
    ['numbers', (at: number) => `+1${at}`],
  ])('tells twelve %s again, and that there were more', (_what, make) => {
    const asked = (count: number) => Array.from({ length: count }, (_, at) => make(at));
    const readAs = (count: number) => readCriteria({ query: asked(count).join(' ') }, NOW).readAs;
    const last = make(11);
    const [twelve, more] = [readAs(12), readAs(13)];
    expect([twelve.includes(last), twelve.includes('…'), more.includes(last), more.includes('…')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('names the one country of several that is none, and repeats no number', () => {
    expect(errorOf(() => readCriteria({ country: ['BR', 'Atlantis'] }, NOW)).message).toBe(
      'There is no country "Atlantis".',
    );
    expect(errorOf(() => readCriteria({ country: 'BR, Atlantis' }, NOW)).message).toBe(
      'There is no country "Atlantis".',
    );
    expect(errorOf(() => readCriteria({ country: '+999 555 0142' }, NOW)).message).toBe(
      'There is no such country.',
    );
  });

  it('refuses a filter that it does not know, as a newer version may have stored', () => {
    expect(errorOf(() => readCriteria({ shoe_size: 43 } as never, NOW)).code).toBe('invalid_input');
  });

  it.each<[SearchInput, boolean]>([
    [{ query: 'ana' }, true],
    [{ metadata: { vip: true }, country: 'ES' }, true],
    [{ country: 'ES' }, false],
    [{ query: 'ana', opt_out: false }, false],
    [{ metadata: {}, country: 'ES' }, false],
  ])('%j asks people of the address book: %j', (input, expected) => {
    expect(readCriteria(input, NOW).asksPeople).toBe(expected);
  });
});

describe('cursors', () => {
  const options = () => {
    let keys = 0;
    let now = NOW;
    const clock = { now: () => now };
    const store = createMemoryStore(clock, { lasts: true });
    return {
      state: store.account('a'),
      stranger: store.account('b'),
      clock,
      newKey: () => `key-${String(keys++)}`,
      advance: (ms: number) => {
        now += ms;
      },
    };
  };
  const read = (value: object) => ('page' in value ? (value as { page: number }) : undefined);
  const code = (error: unknown) => (error as AppError).code;

  it('lead back to their place and to all that was shown, in another process too, for a day', async () => {
    const world = options();
    const cursors = createCursors(world, read);
    const first = await cursors.put({ page: 1 }, ['a', 'b']);
    const second = await cursors.put({ page: 2 }, ['c'], first);
    expect(first).toMatch(/^[a-z2-7]{12}$/);
    const elsewhere = createCursors(world, read);
    for (const known of [cursors, elsewhere]) {
      const { position, shown } = await known.take(second);
      expect([position, [...shown].sort()]).toEqual([{ page: 2 }, ['a', 'b', 'c']]);
    }
    world.advance(24 * 3_600_000);
    expect(await cursors.take(second).catch(code)).toBe('invalid_input');
    expect(await createCursors(world, read).take(second).catch(code)).toBe('invalid_input');
  });

  it('are refused where they were made up, or by another account', async () => {
    const world = options();
    const cursor = await createCursors(world, read).put({ page: 1 });
    const elsewhere = createCursors({ ...world, state: world.stranger }, read);
    expect(await elsewhere.take(cursor).catch(code)).toBe('invalid_input');
    expect(await elsewhere.take('made up').catch(code)).toBe('invalid_input');
  });

  it.each([
    ['a position that is a text', { position: 'page', ids: [] }],
    ['no position', { position: null, ids: [] }],
    ['a position of another kind', { position: { row: 1 }, ids: [] }],
    ['no ids', { position: { page: 1 } }],
  ])('are refused where another version wrote %s', async (_what, entry) => {
    const world = options();
    await world.state.append('cursors', { handle: 'other', ...entry });
    expect(await createCursors(world, read).take('other').catch(code)).toBe('invalid_input');
  });

  it('are looked for by one reading after the other, which goes on where the last one ended, and after a failure too', async () => {
    const world = options();
    const starts: unknown[] = [];
    let isDown = true;
    const elsewhere = createCursors(
      {
        ...world,
        state: {
          append: world.state.append,
          async read(log, after) {
            starts.push(after);
            if (isDown) throw new AppError('unavailable', 'The disk is gone.');
            return world.state.read(log, after);
          },
        },
      },
      read,
    );
    const cursors = createCursors(world, read);
    const first = await cursors.put({ page: 1 });
    expect(await elsewhere.take(first).catch(code)).toBe('unavailable');
    isDown = false;
    const found = await Promise.all([elsewhere.take(first), elsewhere.take(first)]);
    expect(found.map(({ position }) => position)).toEqual([{ page: 1 }, { page: 1 }]);
    expect(starts).toEqual([undefined, undefined, expect.any(String)]);
    await elsewhere.take(await cursors.put({ page: 2 }));
    await elsewhere.take(first);
    expect(starts).toHaveLength(4);
  });

  it('work in this process where nothing can be written', async () => {
    const world = options();
    const failing = async () => {
      throw new AppError('unavailable', 'The disk is full.');
    };
    const cursors = createCursors({ ...world, state: { append: failing, read: world.state.read } }, read);
    expect((await cursors.take(await cursors.put({ page: 3 }))).position).toEqual({ page: 3 });
  });
});

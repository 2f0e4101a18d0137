import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { type CountryCode, getExampleNumber, parsePhoneNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { countries } from '../../src/simulator/book/countries.ts';
import { formatsOf, looksDiallable, parseE164, splitNumber } from '../../src/simulator/book/numbers.ts';
import { MAX_PEOPLE, numberOfPerson, personOf, personOfNumber } from '../../src/simulator/book/people.ts';

/** libphonenumber-js writes international dashes as spaces; Google's own, and so Sent, keeps them. */
const spaced = (text: string): string => text.replaceAll('-', ' ');

describe('numbers', () => {
  const table = [...countries()].map((country) => country.region);

  it('knows at least fourteen countries', () => expect(table.length).toBeGreaterThanOrEqual(14));

  it.each(table)('writes numbers of %s as libphonenumber does', (region) => {
    const example = getExampleNumber(region as CountryCode, examples);
    expect(example).toBeDefined();
    const forms = formatsOf(example?.number ?? '');
    expect({ ...forms, format_international: spaced(forms.format_international) }).toMatchObject({
      format_e164: example?.number,
      format_national: example?.formatNational(),
      format_international: example && spaced(example.formatInternational()),
      region_code: region,
      country_code: example?.countryCallingCode,
    });
    expect(looksDiallable(forms.format_e164)).toBe(true);
  });

  it("shows the guide's example number as the guide does", () => {
    expect(formatsOf('+1234567890')).toEqual({
      format_e164: '+1234567890',
      format_international: '+1 234-567-890',
      format_national: '(234) 567-890',
      format_rfc: 'tel:+1-234-567-890',
      country_code: '1',
      region_code: 'US',
    });
    expect(looksDiallable('+1234567890')).toBe(false);
  });

  it.each([
    ['+79123456789', '7', 'RU', '+7 912 345 6789'],
    ['+5491123456789', '54', 'AR', '+54 911 234 567 89'],
    ['+97333123456', '973', 'BH', '+973 331 234 56'],
    ['+18091234567', '1', 'DO', '+1 809 123 4567'],
    ['+88213300001', '882', 'ZZ', '+882 133 000 01'],
  ])('groups %s by calling code', (e164, code, region, international) => {
    expect(splitNumber(e164)).toMatchObject({ code, region });
    expect(formatsOf(e164).format_international).toBe(international);
  });

  it.each([
    ['+1 (415) 555-01.23', '+14155550123'],
    ['+1234567890', '+1234567890'],
    ['14155550123', undefined],
    [' 14155550123', undefined],
    ['+0123456789', undefined],
    ['+123456', undefined],
    ['+1234567890123456', undefined],
    ['+1415555o123', undefined],
  ])('reads %j as %s', (text, e164) => expect(parseE164(text)).toBe(e164));
});

describe('people', () => {
  const sample = Array.from({ length: 2400 }, (_, i) => (i < 1200 ? i : (i * 331) % MAX_PEOPLE));

  it('have numbers that are valid in their country, at least ten of them', () => {
    const regions = new Set<string>();
    const wrong = sample.filter((i) => {
      const number = parsePhoneNumber(numberOfPerson(i));
      const forms = formatsOf(number.number);
      regions.add(forms.region_code);
      const same =
        number.formatNational() === forms.format_national &&
        spaced(number.formatInternational()) === spaced(forms.format_international);
      return !number.isValid() || number.country !== forms.region_code || !same;
    });
    expect(wrong.length).toBeLessThanOrEqual(sample.length / 100);
    expect(regions.size).toBeGreaterThanOrEqual(10);
  });

  it('are found by their number, which nobody else has', () => {
    expect(sample.map((i) => personOfNumber(numberOfPerson(i)))).toEqual(sample);
    expect(new Set(Array.from({ length: 50_000 }, (_, i) => numberOfPerson(i))).size).toBe(50_000);
    for (const nobody of ['+14155550199', '+12345678', '+49301234567', '+3361'])
      expect(personOfNumber(nobody) ?? MAX_PEOPLE).toBeGreaterThanOrEqual(1000);
  });

  it('in a small book only have North American numbers that are kept for fiction', () => {
    const numbers = Array.from({ length: 250 }, (_, i) => numberOfPerson(i)).filter((n) =>
      n.startsWith('+1'),
    );
    expect(numbers.length).toBeGreaterThan(50);
    for (const number of numbers) expect(number).toMatch(/^\+1\d{3}55501\d\d$/);
  });

  it('have names as they are written at home', () => {
    const names = Array.from({ length: 2000 }, (_, i) => personOf(i).name).join(' ');
    for (const name of ['Hernández', 'Zoë', 'Müller', 'Çelik', 'Øberg']) expect(names).toContain(name);
  });
});

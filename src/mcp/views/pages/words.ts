import type { Host } from './host.ts';

/** Numbers, times and countries as the host's locale writes them. */
export function wordsOf({ locale, timeZone }: Host) {
  const languages = usable(locale);
  const numbers = new Intl.NumberFormat(languages);
  const dates = new Intl.DateTimeFormat(languages, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  const countries = new Intl.DisplayNames(languages ?? 'en', { type: 'region', fallback: 'code' });
  return {
    number: (value: number): string => numbers.format(value),
    time(iso: unknown): string {
      const at = Date.parse(String(iso));
      return Number.isNaN(at) ? '' : dates.format(at);
    },
    country(code: unknown): string {
      if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code)) return '';
      return `${flagOf(code)} ${countries.of(code)}`;
    },
    compare: new Intl.Collator(languages, { numeric: true }).compare,
  };
}
export type Words = ReturnType<typeof wordsOf>;

/** The locale, if this browser knows it; else the browser's own. */
function usable(locale: string | undefined): string | undefined {
  try {
    return locale && Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}

const flagOf = (code: string): string =>
  String.fromCodePoint(...[...code].map((letter) => 0x1f1a5 + letter.charCodeAt(0)));

/** `opted_out` → `opted out`. */
export const plain = (word: string): string => word.replace(/_/g, ' ').toLowerCase();

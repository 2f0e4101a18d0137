import type { RawSetting } from './flags.ts';

/** What a reader finds wrong: `problems` keep the server from starting, `mistakes` are told while it serves. */
export type Findings = { problems: string[]; mistakes: string[] };

const DEFAULT_BASE_URL = 'https://api.sent.dm';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const DEFAULT_TIMEOUT_MS = 30_000;
/** Longest time limit accepted, a day; also keeps timers inside their 32 bits. */
const LONGEST_TIMEOUT_MS = 86_400_000;
const YES = /^(true|1|yes|y|on)$/i;
const NO = /^(false|0|no|n|off)$/i;

/**
 * The value as given, or undefined when there is none: empty, the word of a program that had none (`null`), or a host's
 * placeholder that nobody filled in (`${user_config.x}`).
 */
export function presentValue(value: string | undefined): string | undefined {
  const text = value?.trim().replace(/^(["'])(.*)\1$/, '$2');
  return text === undefined || /^(null|undefined|\$\{.*)?$/is.test(text) ? undefined : text;
}

/** One of a few words in any case, or the fallback with a mistake told. `synonyms` are read as the word that they stand for. */
export function readChoice<T extends string>(
  { value, name }: RawSetting,
  allowed: readonly T[],
  { unset, otherwise }: { unset: T; otherwise: T },
  { mistakes }: Findings,
  synonyms: Readonly<Record<string, T>> = {},
): T {
  if (value === undefined) return unset;
  const word = value.toLowerCase();
  const found = allowed.find((option) => option === word) ?? synonyms[word];
  if (found === undefined)
    mistakes.push(`${name} is not one of: ${allowed.join(', ')}. It counts as ${otherwise}.`);
  return found ?? otherwise;
}

/** A yes or no in the usual words; any other word counts as `otherwise`, and is told. */
export function readYesNo({ value, name }: RawSetting, otherwise: boolean, { mistakes }: Findings): boolean {
  if (value === undefined || NO.test(value)) return false;
  if (YES.test(value)) return true;
  mistakes.push(
    `${name} is not a yes or no: use true or false. It counts as ${otherwise ? 'true' : 'false'}.`,
  );
  return otherwise;
}

export function readBaseUrl({ value, name }: RawSetting, { problems }: Findings): string {
  if (value === undefined) return DEFAULT_BASE_URL;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!plain) problems.push(`${name} is not a web address such as ${DEFAULT_BASE_URL}.`);
  else if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    problems.push(
      `${name} must begin with https:// (http:// is allowed for this machine alone), to keep the key private.`,
    );
  }
  return value.replace(/\/+$/, '');
}

/** A problem where it cannot be one: without it the account itself would be acted on. */
export function readProfile({ value, name }: RawSetting, { problems }: Findings): string | undefined {
  if (value !== undefined && !/^[\x21-\x7e]{1,200}$/.test(value))
    problems.push(`${name} is not a profile id.`);
  return value;
}

/** Two letters as an ISO code, `UK` as `GB`; anything else as it is, for those who know the names of countries. */
export function readCountry({ value }: RawSetting): string | undefined {
  if (value === undefined || !/^[A-Za-z]{2}$/.test(value)) return value;
  return new Intl.Locale(`und-${value}`).region ?? value;
}

/** The tools that exist of those named. Where none would be published, the empty list, which leaves those that read. */
export function readTools(
  { value, name }: RawSetting,
  all: readonly { name: string; readOnly: boolean }[],
  readOnlyAlone: boolean,
  { mistakes }: Findings,
): string[] | undefined {
  const named = value
    ?.split(/[\s,;]+/)
    .map((tool) => tool.toLowerCase())
    .filter(Boolean);
  if (named === undefined) return undefined;
  const known = all.filter((tool) => named.includes(tool.name));
  const none = known.length === 0;
  if (!named.every((tool) => known.some((one) => one.name === tool))) {
    const left = none ? ' Until it names one, only tools that read are published.' : '';
    mistakes.push(
      `${name} names a tool that does not exist: the tools are ${all.map((tool) => tool.name).join(', ')}.${left}`,
    );
  }
  if (!none && readOnlyAlone && !known.some(({ readOnly }) => readOnly)) {
    // Without a tool nobody could be told why there is none.
    mistakes.push(
      `${name} names only tools that SENT_READ_ONLY leaves out. Until it names one that reads, all of those are published.`,
    );
    return [];
  }
  return known.map((tool) => tool.name);
}

export function readTimeout({ value, name }: RawSetting, { mistakes }: Findings): number {
  if (value === undefined) return DEFAULT_TIMEOUT_MS;
  const timeoutMs = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (timeoutMs >= 100 && timeoutMs <= LONGEST_TIMEOUT_MS) return timeoutMs;
  mistakes.push(
    `${name} is not a number of milliseconds from 100 to ${LONGEST_TIMEOUT_MS}. It counts as ${DEFAULT_TIMEOUT_MS}.`,
  );
  return DEFAULT_TIMEOUT_MS;
}

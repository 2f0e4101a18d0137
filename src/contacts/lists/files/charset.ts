import { isAscii } from 'node:buffer';
import { analyse } from 'chardet';
import { callingCodeOf } from '../../model/index.ts';
import { isKnownHeading, remembered } from '../headings/index.ts';

/** So many bytes of lines that hold more than ASCII tell the character set. */
const SAMPLE_BYTES = 32_768;

/** How a text in such a set looks, and what beside it speaks for it: calling codes, domains. */
const CANDIDATES: readonly { charset: string; hint?: RegExp }[] = [
  {
    charset: 'windows-1252',
    hint: /\+(?:49|33|34|39|351|55|43|41|46|47|45)\d|\.(?:de|fr|es|it|pt|at|ch|se|no|dk)\b/,
  },
  {
    charset: 'windows-1250',
    hint: /\+(?:48|420|421|36|385|386|387|381|40)[\s\d]|\.(?:pl|cz|sk|hu|hr|si|ro)\b/,
  },
  { charset: 'iso-8859-2', hint: /\+(?:48|420|421|36|385|386|40)[\s\d]|\.(?:pl|cz|sk|hu|hr|si|ro)\b/ },
  { charset: 'windows-1251', hint: /\+(?:7|380|359|381|375)[\s\d]|\.(?:ru|ua|bg|by)\b/ },
  { charset: 'koi8-r', hint: /\+(?:7|380)[\s\d]|\.(?:ru|ua)\b/ },
  { charset: 'windows-1253', hint: /\+(?:30|357)[\s\d]|\.(?:gr|cy)\b/ },
  { charset: 'windows-1254', hint: /\+90[\s\d]|\.tr\b/ },
  { charset: 'windows-1255', hint: /\+972[\s\d-]|\.il\b/ },
  { charset: 'windows-1256', hint: /\+(?:966|971|20|962|961|212|213|216|98)[\s\d]|\.(?:sa|ae|eg|ir)\b/ },
  { charset: 'windows-1257', hint: /\+37[012][\s\d]|\.(?:lt|lv|ee)\b/ },
  { charset: 'windows-1258', hint: /\+84[\s\d]|\.vn\b/ },
  { charset: 'windows-874', hint: /\+66[\s\d]|\.th\b/ },
  { charset: 'shift_jis', hint: /\+81[\s\d-]|\b0[789]0-?\d{4}-?\d{4}\b|\.jp\b/ },
  { charset: 'euc-jp', hint: /\+81[\s\d-]|\.jp\b/ },
  { charset: 'gb18030', hint: /\+86[\s\d-]|\b1[3-9]\d{9}\b|\.cn\b/ },
  { charset: 'big5', hint: /\+(?:886|852|853)[\s\d-]|\b09\d{2}-?\d{3}-?\d{3}\b|\.(?:tw|hk)\b/ },
  { charset: 'euc-kr', hint: /\+82[\s\d-]|\b01[016789]-?\d{3,4}-?\d{4}\b|\.kr\b/ },
];
/** The names that the detector gives, where they are others. */
const SAME: Readonly<Record<string, string>> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-5': 'windows-1251',
  'iso-8859-6': 'windows-1256',
  'iso-8859-7': 'windows-1253',
  'iso-8859-8': 'windows-1255',
  'iso-8859-9': 'windows-1254',
};
/** A text that is read right is made of words: so few of its letters may be out of place. */
const LEAST_PLAUSIBLE = 0.75;
const HINT = 0.35;
/** What the words of a header in some language say for the set in which they read so. */
const KNOWN_HEADING = 0.6;
/** Of two sets that read the same words the one of Windows is the likelier. */
const RARE: Readonly<Record<string, number>> = {
  'iso-8859-2': 0.45,
  'windows-1257': 0.2,
  'koi8-r': 0.1,
  'euc-jp': 0.1,
  'windows-1258': 0.2,
};

/**
 * The character set of a text that is not Unicode, by how well its words look in it, by what is known of the
 * frequency of its letters, and by what else the list says; undefined where it looks well in none.
 * @param countries those that its numbers may be from.
 */
export function legacyCharset(bytes: Uint8Array, countries: readonly string[]): string | undefined {
  const sample = linesBeyondAscii(bytes);
  const codes = countries.map((country) => ` +${callingCodeOf(country)} `);
  const ascii = `${Buffer.from(bytes.subarray(0, SAMPLE_BYTES)).toString('latin1')}${codes.join('')}`;
  const confidence = new Map<string, number>();
  for (const { name, confidence: sure } of analyse(sample)) {
    const charset = SAME[name.toLowerCase()] ?? name.toLowerCase();
    confidence.set(charset, Math.max(confidence.get(charset) ?? 0, sure / 100));
  }
  let best: { charset: string; score: number } | undefined;
  for (const { charset, hint } of CANDIDATES) {
    const text = decoded(sample, charset);
    const plausible = text === undefined ? 0 : plausibility(text, charset);
    if (text === undefined || plausible < LEAST_PLAUSIBLE) continue;
    const score =
      2 * plausible +
      (confidence.get(charset) ?? 0) +
      (hint?.test(ascii) ? HINT : 0) +
      KNOWN_HEADING * namedColumns(text) -
      (hasNoCapital(text) ? NO_CAPITAL : 0) -
      (RARE[charset] ?? 0);
    if (best === undefined || score > best.score) best = { charset, score };
  }
  return best?.charset;
}

function decoded(sample: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(sample);
  } catch {
    return undefined; // The bytes are not in this set.
  }
}

/** Greek and Cyrillic names have capitals; letters of scripts that have none look like their small ones. */
const hasNoCapital = (text: string): boolean =>
  /[\p{Script=Greek}\p{Script=Cyrillic}]/u.test(text) && !/(?![A-Z])\p{Lu}/u.test(text);
const NO_CAPITAL = 0.3;

const BEYOND_ASCII = /\P{ASCII}/u;

/** Which part of the cells beyond ASCII in the first line that has any are words for a column, 0 to 1. */
function namedColumns(text: string): number {
  const [first = ''] = text.split(/[\r\n]/, 1);
  const cells = first.split(/[,;\t|]/).filter((cell) => BEYOND_ASCII.test(cell));
  return cells.length === 0 ? 0 : cells.filter(isKnownHeading).length / cells.length;
}

/** The lines that tell something, one after the other. */
function linesBeyondAscii(bytes: Uint8Array): Buffer {
  const lines: Uint8Array[] = [];
  let length = 0;
  for (let start = 0; start < bytes.length && length < SAMPLE_BYTES; ) {
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found + 1;
    const line = bytes.subarray(start, Math.min(end, start + SAMPLE_BYTES));
    if (!isAscii(line)) {
      lines.push(line);
      length += line.length;
    }
    start = end;
  }
  return Buffer.concat(lines);
}

const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]/u;
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Hangul}/u,
  EAST_ASIAN,
];
const USUAL_MARKS = /[\u2010-\u2027\u00b7\u00a0\u3000-\u303f\uff00-\uff65°№«»¿¡€ºª´`’©®™₪£§]/u;
/** Letters of Icelandic, which stand where Turkish has its own. */
const ICELANDIC = /[þðÞÐýÝ]/;
/** Which part of what is beyond ASCII looks as in words, 0 to 1. */
function plausibility(text: string, charset: string): number {
  const isIcelandic = /\+354|\.is\b|(?:dóttir|sson)\b/.test(text);
  let good = 0;
  let bad = 0;
  for (const [word] of text.matchAll(/[\p{L}\p{M}]+/gu)) {
    const foreign = [...word].filter((letter) => letter > '\u007f').length;
    if (foreign === 0) continue;
    const scripts = SCRIPTS.filter((script) => script.test(word));
    const isLatin = scripts[0] === SCRIPTS[0];
    const mixed = scripts.length !== 1;
    // In a Latin script most letters of a word are plain ones.
    const strange = isLatin && word.length > 2 && foreign > word.length / 2;
    const odd = !isUsualCase(word) || (charset === 'windows-1252' && ICELANDIC.test(word) && !isIcelandic);
    if (mixed || strange) bad += foreign;
    else if (odd) bad += foreign / 2;
    good += foreign * commonness(word, charset);
    bad += foreign * (1 - commonness(word, charset)) * 0.5;
  }
  for (const [mark] of text.matchAll(/[^\p{L}\p{M}\p{N}\p{ASCII}]/gu)) if (!USUAL_MARKS.test(mark)) bad++;
  // A mark in the middle of a word, as in `Ko³odziej`.
  bad += [...text.matchAll(/\p{L}[^\p{L}\p{M}\p{ASCII}’·´ー]\p{L}/gu)].length;
  return good + bad === 0 ? 0 : good / (good + bad);
}

/** As names and words are written: small, with a capital first, or all in capitals. */
const isUsualCase = (word: string): boolean => !/\p{Ll}\p{Lu}/u.test(word);

/**
 * The first bytes of what each East Asian set put together as its frequent characters (GB 2312 and JIS level 1, Big5
 * A440 to C67E, the syllables of KS X 1001): the others are rare in names, and are what another set looks like in it.
 */
const FREQUENT: Readonly<Record<string, readonly [from: number, to: number]>> = {
  gb18030: [0xb0, 0xd7],
  big5: [0xa4, 0xc6],
  'euc-kr': [0xb0, 0xc8],
  shift_jis: [0x88, 0x97],
  'euc-jp': [0xb0, 0xcf],
};
const KANA = /[\u3040-\u30ff々]/;

const frequentOf = remembered((charset): ReadonlySet<string> => {
  const [from, to] = FREQUENT[charset] ?? [1, 0];
  const bytes: number[] = [];
  for (let lead = from; lead <= to; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) bytes.push(lead, trail, 0x20);
  return new Set(new TextDecoder(charset).decode(Uint8Array.from(bytes)));
});

/** How common the letters of a word are in lists of this set: rare characters are those of another set, misread. */
function commonness(word: string, charset: string): number {
  if (!(charset in FREQUENT)) return 1;
  const letters = [...word].filter((letter) => letter > '\u007f');
  const isJapanese = charset === 'shift_jis' || charset === 'euc-jp';
  const common = letters.filter(
    (letter) => frequentOf(charset).has(letter) || (isJapanese && KANA.test(letter)),
  );
  return common.length / Math.max(1, letters.length);
}

import type { Contact } from './contact.ts';

/** What contacts have in common with many others; each combination is kept once. */
export type Traits = Pick<Contact, 'region_code' | 'available_channels' | 'default_channel' | 'opt_out'>;

export type TraitsTable = {
  /** The number of a combination, from 0 on. */
  numberOf(traits: Traits): number;
  all(): readonly Traits[];
};

export function createTraitsTable(): TraitsTable {
  const all: Traits[] = [];
  const numbers = new Map<string, number>();
  /** Lists of channels are mostly one and the same; their text is made once. */
  const texts = new WeakMap<readonly string[], string>();
  const textOf = (channels: readonly string[]): string => {
    const known = texts.get(channels);
    if (known !== undefined) return known;
    const text = channels.join('\n');
    texts.set(channels, text);
    return text;
  };
  return {
    all: () => all,
    numberOf({ region_code, available_channels, default_channel, opt_out }) {
      const key = `${region_code}\n${default_channel}\n${opt_out}\n${textOf(available_channels)}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, all.length);
      return all.push({ region_code, available_channels, default_channel, opt_out }) - 1;
    },
  };
}

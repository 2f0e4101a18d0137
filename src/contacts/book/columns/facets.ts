import type { Facets } from '../../model/index.ts';

export type FacetsTable = {
  /** The number of a combination, from 0 on. */
  numberOf(facets: Facets): number;
  all(): readonly Facets[];
};

export function createFacetsTable(): FacetsTable {
  const all: Facets[] = [];
  const numbers = new Map<string, number>();
  return {
    all: () => all,
    numberOf({ region_code, available_channels, default_channel, opt_out }) {
      const key = `${region_code}\n${default_channel}\n${opt_out}\n${available_channels.join('\n')}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, all.length);
      return all.push({ region_code, available_channels, default_channel, opt_out }) - 1;
    },
  };
}

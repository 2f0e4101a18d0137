import { dirname } from 'node:path';
import { editDistance } from '../../text/index.ts';
import type { Host, Machine } from './host.ts';
import { HOSTS } from './hosts.ts';

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');

/** The host that a person named, by id or title, in any case and with any marks between the words. */
export const hostNamed = (typed: string): Host | undefined =>
  HOSTS.find(({ id, title }) => plain(id) === plain(typed) || plain(title) === plain(typed));

/** Ids of all hosts, those nearest to what was typed first: a shared word counts before the number of wrong letters. */
export function hostsNearest(typed: string): string[] {
  const wanted = plain(typed);
  const distance = ({ id, title }: Host): number => {
    const names = [plain(id), plain(title)];
    const part = wanted.length > 2 && names.some((name) => name.includes(wanted) || wanted.includes(name));
    return Math.min(...names.map((name) => editDistance(wanted, name))) - (part ? 100 : 0);
  };
  const ranked = HOSTS.map((host) => ({ id: host.id, distance: distance(host) }));
  return ranked.sort((a, b) => a.distance - b.distance).map(({ id }) => id);
}

/** The hosts of which there is a trace on the machine. */
export const hostsOn = (machine: Machine): Host[] =>
  HOSTS.filter(({ file, traces }) => {
    const path = file(machine);
    return [path, ...(traces?.(machine) ?? [dirname(path)])].some(machine.exists);
  });

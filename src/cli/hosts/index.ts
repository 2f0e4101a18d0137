export { hostNamed, hostsNearest, hostsOn } from './find-host.ts';
export type { Host, Machine } from './host.ts';
export { HOSTS } from './hosts.ts';
export { isRecord, type Launch, type Shape } from './shape.ts';

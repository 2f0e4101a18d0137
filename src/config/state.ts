import type { RawSetting } from './flags.ts';

/** A folder, a `postgres://` address or `off`; undefined where nothing is said. Other addresses become a problem. */
export function readState({ value, name }: RawSetting, problems: string[]): string | undefined {
  if (value === undefined || !/^[a-z][a-z0-9+.-]+:\/\//i.test(value))
    return value?.toLowerCase() === 'off' ? 'off' : value;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!/^postgres(ql)?:$/.test(url?.protocol ?? '')) {
    problems.push(`${name} is neither a folder, nor an address such as postgres://host/database, nor off.`);
  } else if (name.startsWith('--') && url?.password) {
    problems.push(`${name} holds a password, and flags show in process lists: set SENT_STATE instead.`);
  }
  return value;
}

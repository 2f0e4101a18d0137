import { type ConfigFile, FORMATS, readBackups } from '../files/index.ts';
import type { Host } from '../hosts/index.ts';
import { collectionsOf, ENTRY, presentEntry } from './entry.ts';

/** What a file was before the server was written into it: undefined text where there was none. */
export type Original = { text: string | undefined };

/**
 * That, to the byte: of the backups, the one in which writing the entry gives what the file holds now. Undefined where
 * something else was changed since.
 */
export async function originalOf(host: Host, file: ConfigFile): Promise<Original | undefined> {
  const format = FORMATS[host.format];
  const data = format.read(file.text, collectionsOf(host));
  const entry = presentEntry(host, data);
  if (entry === undefined) return undefined;
  const inputs = host.canPrompt && Array.isArray(data.inputs) ? data.inputs : [];
  for (const text of [...(await readBackups(file)), undefined]) {
    const before = text ?? '';
    try {
      const then = format.read(before, collectionsOf(host));
      if (presentEntry(host, then) !== undefined) continue;
      const known = Array.isArray(then.inputs) ? then.inputs.length : 0;
      const again = format.edit(before, [
        { path: [host.shape.servers, ENTRY], value: entry },
        ...inputs.slice(known).map((input, at) => ({ path: ['inputs', known + at], value: input })),
      ]);
      if (again === file.text) return { text };
    } catch {} // A backup that cannot be edited is not the one.
  }
  return undefined;
}

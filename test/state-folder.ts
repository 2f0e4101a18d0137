import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base: string | undefined;
/** A folder for what lasts, of one test's own, removed when the tests of the file are over. */
export function stateFolder(): string {
  if (base === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'sent-state-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    base = made;
  }
  return mkdtempSync(join(base, 'kept-'));
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle, EXECUTABLE } from '../scripts/build.ts';

/** Makes the executable anew, so that the tests never drive an old one, and keeps what lasts out of the user's own folder. */
export async function setup({ provide }: TestProject): Promise<void> {
  process.env.XDG_STATE_HOME = mkdtempSync(join(tmpdir(), 'sent-tests-'));
  await bundle();
  provide('executable', resolve(EXECUTABLE));
}
export const teardown = () => rmSync(process.env.XDG_STATE_HOME ?? '', { recursive: true, force: true });

declare module 'vitest' {
  interface ProvidedContext {
    /** The program that the test drives: the executable, or the source as it is. */
    executable: string;
  }
}

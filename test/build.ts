import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle, EXECUTABLE } from '../scripts/build.ts';

/** Makes the executable anew, so that the tests never drive an old one. */
export async function setup({ provide }: TestProject): Promise<void> {
  await bundle();
  provide('executable', resolve(EXECUTABLE));
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The program that the test drives: the executable, or the source as it is. */
    executable: string;
  }
}

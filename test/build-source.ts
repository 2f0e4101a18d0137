import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundlePlain } from '../scripts/build.ts';

/** The program with nothing replaced, left out or made smaller. @returns what takes it away again. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'sent-source-'));
  const executable = join(folder, 'main.cjs');
  await bundlePlain('src/main.ts', executable);
  provide('executable', executable);
  return () => rmSync(folder, { recursive: true, force: true });
}

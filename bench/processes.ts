/** Programs of the bench in processes of their own, bundled so that nothing of the tool chain is measured. */
import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** @returns the path of the bundle of an entry point. */
export async function bundled(entry: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'sent-bench-')), 'bundle.cjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return outfile;
}

/** Starts a bundle, and gives its first message; it is left running if asked. */
export function started<T>(bundle: string, args: string[]): Promise<{ first: T; stop(): void }> {
  const child = fork(bundle, args, { execArgv: ['--expose-gc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (first) => resolve({ first: first as T, stop: () => child.kill() }));
    child.once('exit', (code) => reject(new Error(`${bundle} ended with ${code}`)));
  });
}

export async function runBundled<T>(bundle: string, args: string[]): Promise<T> {
  const { first, stop } = await started<T>(bundle, args);
  stop();
  return first;
}

/** A simulator in a process of its own, so that it shares neither the heap nor the event loop of what is measured. */
import { bundled, started } from './processes.ts';

const KEY = 'sk_test_simulator';
export type Running = { url: string; key: string; stop(): void };

/** @param contacts size of the book. */
export async function simulatorOf(contacts: number): Promise<Running> {
  bundle ??= bundled('bench/simulator-program.ts');
  const { first: url, stop } = await started<string>(await bundle, [String(contacts), KEY]);
  return { url, key: KEY, stop };
}
let bundle: Promise<string> | undefined;

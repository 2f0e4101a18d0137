/** A simulator in a process of its own, so that it shares neither the heap nor the event loop of what is measured. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '../src/simulator/simulator.ts';

const KEY = 'sk_test_simulator';
export type Running = { url: string; key: string; stop(): void };

/** @param contacts size of the book. */
export async function simulatorOf(contacts: number): Promise<Running> {
  const child = fork(fileURLToPath(import.meta.url), [String(contacts)], { execArgv: process.execArgv });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)));
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  return { url, key: KEY, stop: () => child.kill() };
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, requests } = await startSimulator({ contacts: Number(process.argv[2]), key: KEY });
  // What was asked is recorded for tests; here it would only grow.
  setInterval(() => requests.splice(0), 1000);
  process.send(url);
  process.once('disconnect', () => process.exit());
}

/**
 * What a send costs where many are kept, all with the same words to other people: the first one of a process, which
 * reads them all, and those after it. Run: npx tsx bench/kept-sends.ts [kept]
 */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAccount } from '../src/app/account.ts';
import { readSettings } from '../src/config/index.ts';
import { createSimulator } from '../src/simulator/simulator.ts';
import { createFolderStore } from '../src/state/index.ts';

const KEPT = Number(process.argv[2] ?? 10_000);
const base = mkdtempSync(join(tmpdir(), 'sent-bench-kept-'));
const caller = {
  signal: new AbortController().signal,
  canAsk: true,
  confirm: async () => {},
  progress: () => {},
};
const number = (index: number) => `+346${String(index).padStart(8, '0')}`;
const text = 'Your order is ready';

/** A process of its own on the folder. */
function start(folder: string) {
  const simulator = createSimulator({ contacts: 0, requestsKept: 0 });
  const store = createFolderStore(folder, { clock: { now: Date.now }, newId: () => crypto.randomUUID() });
  const settings = readSettings([], { SENT_API_KEY: simulator.key }, []);
  const account = openAccount(settings, { fetch: simulator.fetch, apiKey: simulator.key }, () => {}, store);
  return { account, close: () => account.close().then(store.close) };
}

async function measure(kept: number): Promise<void> {
  const folder = join(base, String(kept));
  const first = start(folder);
  await first.account.messages.send({ to: [number(0)], text }, caller);
  await first.close();
  const path = join(folder, 'accounts');
  const file = join(path, readdirSync(path)[0] ?? '', 'sends.jsonl');
  const one = readFileSync(file, 'utf8');
  const [send = ''] = /send_[a-z2-7]{16}/.exec(one) ?? [];
  const [, fingerprint = ''] = /"fingerprint":"(\w+)"/.exec(one) ?? [];
  for (let index = 1; index < kept; index++) {
    const mark = index.toString().padStart(6, '0');
    const another = one
      .replaceAll(
        send,
        `send_${mark.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}${send.slice(11)}`,
      )
      .replaceAll(fingerprint, `${mark}${fingerprint.slice(6)}`)
      .replaceAll(number(0), number(index));
    appendFileSync(file, another);
  }
  const process = start(folder);
  const took: number[] = [];
  for (let index = 0; index < 31; index++) {
    const before = globalThis.process.cpuUsage();
    await process.account.messages.send({ to: [number(kept + index)], text }, caller);
    const { user, system } = globalThis.process.cpuUsage(before);
    took.push((user + system) / 1000);
  }
  await process.close();
  const [opening = 0, ...others] = took;
  const median = others.sort((a, b) => a - b)[15] ?? 0;
  console.log(
    `${kept} kept, ${(one.length * kept) / 1e6} MB: the first send ${opening.toFixed(0)} ms of processor time, another one ${median.toFixed(1)} ms`,
  );
}

for (const kept of [10, KEPT]) await measure(kept);
rmSync(base, { recursive: true });

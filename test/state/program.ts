/** A process that uses a store as the server does; what was acknowledged goes to standard output, a line each. */
import { existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createFolderStore } from '../../src/state/index.ts';

const [folder = '', task = '', amount = '0', id = '0'] = process.argv.slice(2);
const startedAt = Date.now();
/** Five minutes an instant, a little off from process to process: some are in tomorrow while others are not. */
const MIDNIGHT = Date.UTC(2026, 10, 24);
const acrossMidnight = () => MIDNIGHT - 1000 + (Date.now() - startedAt) * 20 - Number(id) * 100;
const clock = { now: task === 'claim' ? acrossMidnight : Date.now };
const store = createFolderStore(folder, { clock, newId: () => crypto.randomUUID() });
const state = store.account('acc');
const say = (line: string) => writeSync(1, `${line}\n`);

if (task === 'write') {
  for (let n = 0; n < Number(amount); n++) {
    await state.append('notes', { by: id, n });
    say(`${n}`);
  }
} else if (task === 'claim') {
  for (let n = 0; n < Number(amount); n++) {
    const { won } = await state.claim('sends', `key-${n}`, {
      by: id,
      text: 'x'.repeat(n % 50 === 0 ? 20_000 : 100),
    });
    if (won) say(`${n}`);
    if (n % 3 === 0) await state.append('sends', { by: id, n });
  }
} else if (task === 'hold') {
  say((await state.hold(Number(id) > 0 ? `reading-${id}` : 'reading')) ? 'held' : 'taken');
  setInterval(() => {}, 1000);
} else if (task === 'turns') {
  // Whoever is in has a file there, and finds that of nobody who lives.
  const inside = join(folder, 'inside');
  for (let n = 0; n < Number(amount); ) {
    const held = await state.hold('reading');
    if (held) {
      n++;
      if (existsSync(inside)) say(`after ${readFileSync(inside, 'utf8')}`);
      writeFileSync(inside, `${process.pid}`);
      say('in');
      await new Promise((resolve) => setTimeout(resolve, n % 3));
      if (readFileSync(inside, 'utf8') !== `${process.pid}`) say('two');
      rmSync(inside);
      await held.release();
    }
    await new Promise((resolve) => setTimeout(resolve, (n * Number(id)) % 4));
  }
} else if (task === 'snapshot') {
  for (let n = 0; n < Number(amount); n++) {
    await state.saveSnapshot('directory', new Uint8Array(500_000).fill(n % 256));
    say(`${n}`);
  }
}

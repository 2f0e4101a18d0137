/**
 * What lists cost: folded photographs (time per megabyte, which must stay the same), files that are none, and an
 * address book of 100,000 in the built server: its first search, its memory, and how long another call waits meanwhile.
 * `npm run build && npx tsx bench/lists.ts`
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { eachRow, openList } from '../src/contacts/lists/index.ts';
import { createAddressBook } from '../src/contacts/people/index.ts';
import { systemClock } from '../src/runtime/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sent-lists-'));
const MB = 1_000_000;

const card = (name: string, phone: string, photo = ''): string =>
  `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nTEL;TYPE=CELL:${phone}\r\n${photo}END:VCARD\r\n`;
const photo = (bytes: number): string =>
  `PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n${` ${'QUJD'.repeat(18)}\r\n`.repeat(Math.ceil(bytes / 75))}`;
const phoneOf = (i: number): string => `+49170${1_000_000 + i}`;

/** So many megabytes are read for each figure, since a small file alone takes less than can be told. */
const MEASURED_MB = 32;

/** Milliseconds of processor time for each megabyte of a photograph folded into lines, the best of nine. */
async function photographs(): Promise<void> {
  const perMb: number[] = [];
  for (const megabytes of [0.5, 1, 2, 4, 8]) {
    const bytes = Buffer.from(card('Mia', phoneOf(1), photo(megabytes * MB)) + card('Ole', phoneOf(2)));
    let best = Number.POSITIVE_INFINITY;
    for (let time = 0; time < 9; time++) {
      const before = process.cpuUsage();
      for (let read = 0; read < MEASURED_MB; read += megabytes) {
        const { rows } = await openList(bytes);
        let people = 0;
        await eachRow(rows, () => people++);
        if (people !== 2) throw new Error('People are missing.');
      }
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, (user + system) / 1000 / MEASURED_MB);
    }
    perMb.push(best);
    console.log(`photograph of ${megabytes} MB: ${best.toFixed(2)} ms a MB`);
  }
  const ratio = Math.max(...perMb) / Math.min(...perMb);
  console.log(`time a megabyte: at most ${ratio.toFixed(2)} times the least (at most 1.5)`);
}

async function server(addressBook: string | undefined) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/sent-contacts-mcp.cjs', '--demo'],
    env: {
      PATH: process.env.PATH ?? '',
      SENT_STATE: 'off',
      ...(addressBook === undefined ? {} : { SENT_ADDRESS_BOOK: addressBook }),
    },
    stderr: 'inherit',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  const rss = (field: 'VmRSS' | 'VmHWM') => {
    const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(
      readFileSync(`/proc/${transport.pid}/status`, 'utf8'),
    );
    return Number(line?.[1]) / 1000;
  };
  /** Seconds of processor time that it has used. */
  const cpu = () => {
    const [, stat = ''] = readFileSync(`/proc/${transport.pid}/stat`, 'utf8').split(') ');
    const fields = stat.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  return { client, rss, cpu };
}
type Server = Awaited<ReturnType<typeof server>>;

async function timed(client: Client, name: string, args: Record<string, unknown>) {
  const startedAt = performance.now();
  const result = await client.callTool({ name, arguments: args });
  const [part] = result.content as { text: string }[];
  return { ms: performance.now() - startedAt, text: part?.text ?? '' };
}

/** The first search with an address book, and how long calls that have nothing to do with it wait meanwhile. */
async function searched({ client, rss, cpu }: Server, query: string) {
  await timed(client, 'list_templates', {}); // The simulator is up, the tools are loaded.
  let longest = 0;
  let searching = true;
  const others = (async () => {
    while (searching) {
      longest = Math.max(longest, (await timed(client, 'list_templates', {})).ms);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const before = cpu();
  const first = await timed(client, 'search_contacts', { query });
  const cpuSeconds = cpu() - before;
  searching = false;
  await others;
  const warm = await timed(client, 'search_contacts', { query });
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const result = { first, cpuSeconds, warm, longest, peak: rss('VmHWM'), rest: rss('VmRSS') };
  await client.close();
  return result;
}

/** Milliseconds of processor time of this thread alone: of it other work on a machine takes nothing. */
const threadMs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;

/** How long, in processor time, a reading keeps all other work waiting at a time: the longest and the tenth longest. */
async function turns(file: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const source = { name: file, read: async () => bytes, watch: () => {} };
  const book = createAddressBook(source, {
    defaultCountry: undefined,
    clock: systemClock,
    onRead: () => {},
  });
  const took: number[] = [];
  let reading = true;
  let from = threadMs();
  const tick = () => {
    took.push(threadMs() - from);
    from = threadMs();
    if (reading) setImmediate(tick);
  };
  setImmediate(tick);
  await book.ready();
  reading = false;
  const [longest = 0, , , , , , , , , tenth = 0] = took.sort((a, b) => b - a);
  console.log(
    `${file}: others wait at most ${longest.toFixed(0)} ms of processor time at once, ${tenth.toFixed(0)} ms the tenth longest time`,
  );
}

async function addressBooks(): Promise<void> {
  const plain = await searched(await server(undefined), 'Person 77777');
  const people = Array.from({ length: 100_000 }, (_, i) => ({
    name: `Person ${i} Nr${i % 977}`,
    phone: phoneOf(i),
  }));
  const csv = [
    'name,phone,company,city',
    ...people.map(({ name, phone }, i) => `${name},${phone},Acme ${i % 500},City ${i % 90}`),
  ];
  const files = {
    'people.csv': csv.join('\n'),
    'people.vcf': people.map(({ name, phone }) => card(name, phone)).join(''),
  };
  for (const [file, text] of Object.entries(files)) {
    await turns(file, text);
    writeFileSync(join(folder, file), text);
    const found = await searched(await server(join(folder, file)), 'Person 77777');
    if (!found.first.text.includes(phoneOf(77_777))) throw new Error(`${file}: ${found.first.text}`);
    console.log(
      `${file}, 100,000 people, ${(text.length / MB).toFixed(1)} MB: first search ${(found.first.ms / 1000).toFixed(2)} s (at most 3; ${found.cpuSeconds.toFixed(2)} s of processor time),` +
        ` then ${found.warm.ms.toFixed(0)} ms; another call waited at most ${found.longest.toFixed(0)} ms (at most 100; ${plain.longest.toFixed(0)} without);` +
        ` memory ${(found.peak - plain.peak).toFixed(0)} MB more at its peak, ${(found.rest - plain.rest).toFixed(0)} MB at rest (at most 250)`,
    );
  }
}

async function hostile(): Promise<void> {
  const bad: Record<string, () => string | undefined> = {
    'a cell of 50 MB': () => `name,phone\n"${'x\n'.repeat(25 * MB)}",+491701234501\n`,
    'a line of 50 MB': () => `name,phone\n${'x'.repeat(50 * MB)}\n`,
    'a cell of 40 MB': () => `name,phone\n"${'x\n'.repeat(20 * MB)}",+491701234501\n`,
    '300,000 blanks': () => `name,phone\nMia,${' '.repeat(300_000)}1\n`,
    '/dev/zero': () => undefined,
  };
  for (const [name, make] of Object.entries(bad)) {
    const text = make();
    const path = text === undefined ? name : join(folder, 'bad.csv');
    if (text !== undefined) writeFileSync(path, text);
    const one = await server(path);
    const { ms, text: said } = await timed(one.client, 'search_contacts', { query: 'mia' });
    console.log(
      `${name}: ${Math.round(ms)} ms, ${Math.round(one.rss('VmHWM'))} MB at its peak; ${said.split('\n').at(-1)}`,
    );
    await one.client.close();
  }
}

async function main(): Promise<void> {
  await photographs();
  if (process.argv[2] !== 'photographs') {
    await addressBooks();
    await hostile();
  }
  rmSync(folder, { recursive: true });
}
void main();

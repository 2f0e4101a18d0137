import { parseArgs } from 'node:util';
import { startSimulator } from '../simulator/index.ts';

/** Serves the simulator on this machine until it is stopped; prints its address and key. */
export async function runSimulator(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const options = { port: { type: 'string' }, contacts: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...argv], options, strict: false });
  const port = wholeNumber(values.port, 65_535);
  const contacts = wholeNumber(values.contacts, 10_000_000);
  const known = Object.keys(values).every((name) => name in options);
  if (port === null || contacts === null || !known) {
    process.stderr.write('Usage: sent-contacts-mcp simulator [--port 0..65535] [--contacts 0..10000000]\n');
    return 2;
  }
  const simulator = await startSimulator({
    requestsKept: 0,
    ...(port !== undefined && { port }),
    ...(contacts !== undefined && { contacts }),
  });
  out(`SENT_BASE_URL=${simulator.url}\nSENT_API_KEY=${simulator.key}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
  await simulator.close();
  return 0;
}

/** The number, undefined where none was given, null where it is none. */
function wholeNumber(text: string | boolean | undefined, most: number): number | undefined | null {
  if (text === undefined) return undefined;
  return typeof text === 'string' && /^\d+$/.test(text) && Number(text) <= most ? Number(text) : null;
}

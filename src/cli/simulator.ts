import { parseArgs } from 'node:util';
import { startSimulator } from '../simulator/index.ts';

const USAGE = `Usage: sent-contacts-mcp simulator [--port 0..65535] [--contacts 0..10000000]

Serves a simulated Sent API on this machine until it is stopped, and prints its address and key. Without --port it takes any
free one.
`;

type Output = { write(text: string): unknown };

/** Serves the simulator on this machine until it is stopped; prints its address and key. */
export async function runSimulator(
  argv: readonly string[],
  { stdout, stderr }: { stdout: Output; stderr: Output },
): Promise<number> {
  const options = {
    port: { type: 'string' },
    contacts: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args: [...argv], options, strict: false });
  if (values.help) {
    stdout.write(USAGE);
    return 0;
  }
  const port = wholeNumber(values.port, 65_535);
  const contacts = wholeNumber(values.contacts, 10_000_000);
  const known = Object.keys(values).every((name) => name in options);
  if (port === null || contacts === null || !known) {
    stderr.write(USAGE);
    return 2;
  }
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  try {
    simulator = await startSimulator({
      requestsKept: 0,
      ...(port !== undefined && { port }),
      ...(contacts !== undefined && { contacts }),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    stderr.write(
      `The simulator cannot listen on port ${port ?? 0}: ${REASONS[code] ?? code}.\nNext: ${NEXT}\n`,
    );
    return 1;
  }
  stdout.write(`SENT_BASE_URL=${simulator.url}\nSENT_API_KEY=${simulator.key}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
  await simulator.close();
  return 0;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'this user may not use it',
};
const NEXT = 'Choose another with --port, or leave it out for any free one.';

/** The number, undefined where none was given, null where it is none. */
function wholeNumber(text: string | boolean | undefined, most: number): number | undefined | null {
  if (text === undefined) return undefined;
  return typeof text === 'string' && /^\d+$/.test(text) && Number(text) <= most ? Number(text) : null;
}

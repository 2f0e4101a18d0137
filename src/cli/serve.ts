import { Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { version } from '../../package.json';
import type { openAccount } from '../app/index.ts';
import type { Settings } from '../config/index.ts';
import { createServer, TOOLS } from '../mcp/index.ts';
import { placeOf } from '../runtime/index.ts';
import type { UserPlace } from '../state/index.ts';
import { createLog } from './log.ts';

/** The tools that the settings leave. */
export function publishedTools({ readOnly: readOnlyAlone, tools }: Settings) {
  const none = tools?.length === 0; // Whoever meant to leave out tools shall not get all of them.
  return TOOLS.filter(
    ({ name, readOnly }) =>
      (readOnly || !(readOnlyAlone || none)) && (none || (tools?.includes(name) ?? true)),
  );
}

/**
 * Serves MCP over stdio until the client leaves or a signal comes. Then no further message is begun, the one under way
 * is heard, for at most five seconds, and the process ends.
 * Standard output carries the protocol alone: whatever else writes to it goes to standard error.
 */
export async function serve(settings: Settings, place: UserPlace): Promise<void> {
  const protocol = keepStdout();
  const log = createLog(settings.log, (line) => process.stderr.write(line), Date.now);
  let opened: Promise<ReturnType<typeof openAccount>> | undefined;
  /** Loaded and opened by the first call, so that no host waits for it. */
  const services = () => {
    opened ??= (async () => {
      const { demoApi, networkApi, openAccount, openStore } = await import('../app/index.ts');
      const api = settings.demo ? await demoApi() : networkApi(settings);
      return openAccount(settings, api, log, openStore(settings, place));
    })();
    return opened;
  };
  const failed = (error: unknown) => log('error', 'failed', { tool: 'process', at: placeOf(error) });
  const tools = publishedTools(settings);

  const handle = serveStdio(() => createServer({ version, tools, services }), {
    transport: new StdioServerTransport(process.stdin, protocol),
    onerror: (error) => log('error', 'protocol', { kind: error.name }),
  });
  let isEnding = false;
  const end = (code: number) => {
    if (isEnding) return;
    isEnding = true;
    const leave = () => {
      void handle.close();
      setImmediate(() => process.exit(code));
    };
    Promise.resolve(opened?.then((account) => account.close())).then(leave, leave);
  };
  process.stdin.once('end', () => end(0)).once('close', () => end(0));
  process.once('SIGTERM', () => end(0)).once('SIGINT', () => end(0));
  process.stdout.on('error', () => end(0)); // The client closed its end: nobody is left to talk to.
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', failed);
  process.on('uncaughtException', (error) => {
    failed(error);
    end(1);
  });
  log('info', 'serving', { version, tools: tools.length, demo: settings.demo });
}

/** Gives the real standard output, and turns everything else that is written there to standard error. */
function keepStdout(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return new Writable({
    decodeStrings: false,
    write: (chunk: string, encoding, done) => void write(chunk, encoding, () => done()),
  });
}

/** The executable over its demo, on HTTP: what the conformance suite speaks is what a team is served. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EXECUTABLE } from '../scripts/build.ts';

/** Listens on a free port of this machine. */
export async function serveHttp(): Promise<{ url: string; close(): void }> {
  const child = spawn(process.execPath, [EXECUTABLE, 'serve', '--demo', '--http', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const [url] = /http:\/\/\S+/.exec(String(line)) ?? [];
  if (url === undefined) throw new Error('it said no address');
  return { url, close: () => void child.kill() };
}

import { spawn } from 'node:child_process';
import type { Launch } from '../hosts/index.ts';

/** What came of starting a server: its tools, or why there are none. */
export type Started =
  | { kind: 'serves'; tools: number; tookMs: number }
  | { kind: 'not_found' }
  /** It ended, or said nothing, before it listed its tools; what it wrote to standard error. */
  | { kind: 'ended'; code: number | null; stderr: string }
  | { kind: 'silent'; stderr: string };

/** Long enough for npx to fetch the package the first time. */
const PATIENCE_MS = 60_000;

/** Starts the server exactly as a host would, asks for its tools, and ends it. Nothing else is called. */
export function startServer(
  { command, args, env }: Launch,
  {
    cwd,
    inherited,
    now,
  }: { cwd: string; inherited: Readonly<Record<string, string | undefined>>; now: () => number },
): Promise<Started> {
  const startedAt = now();
  const own = Object.entries(env).map(([name, value]) => [name, String(value)]);
  const child = spawn(command, [...args], {
    cwd,
    env: { ...inherited, ...Object.fromEntries(own) },
    windowsHide: true,
  });
  let stdout = '';
  let stderr = '';
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish({ kind: 'silent', stderr }), PATIENCE_MS);
    const finish = (started: Started): void => {
      clearTimeout(timer);
      child.kill();
      resolve(started);
    };
    const send = (message: object) =>
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    child.on('error', (error: NodeJS.ErrnoException) =>
      finish(
        error.code === 'ENOENT'
          ? { kind: 'not_found' }
          : { kind: 'ended', code: null, stderr: String(error.code) },
      ),
    );
    child.on('close', (code) => finish({ kind: 'ended', code, stderr }));
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4_000);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const lines = stdout.split('\n');
      stdout = lines.pop() ?? '';
      for (const line of lines) {
        const message = parsed(line);
        if (message.id === 1) {
          send({ method: 'notifications/initialized' });
          send({ id: 2, method: 'tools/list' });
        }
        if (message.id === 2)
          finish({
            kind: 'serves',
            tools: message.result?.tools?.length ?? 0,
            tookMs: Math.round(now() - startedAt),
          });
      }
    });
    const clientInfo = { name: 'sent-contacts-mcp doctor', version: '1' };
    send({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
    });
  });
}

function parsed(line: string): { id?: number; result?: { tools?: unknown[] } } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

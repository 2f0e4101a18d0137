import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { startBalancer } from './balancer.ts';
import { EXECUTABLE } from './build.ts';

/** A server of a team, as a process of its own; it keeps its address over restarts. */
export type Instance = {
  url: string;
  /** As it is now; undefined while it is ended. */
  pid(): number | undefined;
  start(): Promise<void>;
  /** Ends it as asked; resolves when it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startInstance(env: Record<string, string>): Promise<Instance> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const instance: Instance = {
    url: `http://127.0.0.1:${port}/mcp`,
    pid: () => child?.pid,
    async start() {
      const started = spawn(process.execPath, [EXECUTABLE, 'serve', '--http', String(port)], {
        env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = started;
      const ended = once(started, 'close').then(([code]) => {
        throw new Error(`an instance ended with ${code} before it served`);
      });
      await Promise.race([once(started.stdout, 'data'), ended]); // It says where it is.
      ended.catch(() => {});
    },
    async end(signal) {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null) return;
      const ended = once(ending, 'close');
      ending.kill(signal);
      await ended;
    },
  };
  await instance.start();
  return instance;
}

/** Several instances over one state, and a balancer before them. */
export async function startInstances(count: number, env: Record<string, string>) {
  const instances = await Promise.all(Array.from({ length: count }, () => startInstance(env)));
  const balancer = await startBalancer(instances.map(({ url }) => url));
  return {
    url: balancer.url,
    instances: instances as [Instance, ...Instance[]],
    async close() {
      await balancer.close();
      await Promise.all(instances.map((instance) => instance.end('SIGTERM')));
    },
  };
}

import { readFileSync, readlinkSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { hostname } from 'node:os';

const HELLO = 'sent-contacts-mcp';
const PROBE_MS = 1_000;

/** How a process tells others that it lives: where it can be asked, or at least its number. */
export type Address = { port?: number | undefined; pid: number; space: string };

export type Liveness = {
  address(): Promise<Address>;
  /** Ids that this process answers for. */
  ids: Set<string>;
  /** Whether the process at that address lives and has that id; `foreign` where it cannot be asked from here. */
  has(address: Address, id: string): Promise<boolean | 'foreign'>;
  close(): void;
};

/**
 * Life that the kernel ends with the process, kill -9 included: a listening port of this machine, which says which ids
 * it has. A stranger who gets the port later does not know them. Where nothing may listen, the number of the process
 * has to do.
 */
export function createLiveness(): Liveness {
  const ids = new Set<string>();
  let server: Server | undefined;
  let listening: Promise<number | undefined> | undefined;

  const listen = async (): Promise<number | undefined> => {
    const { createServer } = await import('node:net');
    const made = createServer((socket) => answer(socket, ids)).unref();
    server = made;
    return new Promise((resolve) => {
      made.once('error', () => resolve(undefined));
      made.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
        const address = made.address();
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  };

  return {
    ids,
    async address() {
      listening ??= listen();
      return { port: await listening, pid: process.pid, space: space() };
    },
    async has(address, id) {
      if (address.space !== space()) return 'foreign';
      if (address.port === undefined) return isRunning(address.pid);
      if (address.port === (await listening)) return ids.has(id);
      const said = await ask(address.port, id);
      // It is there and says nothing, or may not be asked: as long as the process runs it may well have it.
      return said === 'held' || (said === undefined && isRunning(address.pid));
    },
    close() {
      server?.close();
    },
  };
}

function answer(socket: Socket, ids: ReadonlySet<string>): void {
  socket.unref();
  socket.setTimeout(PROBE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  let asked = '';
  socket.on('data', (data) => {
    asked += data.toString('latin1');
    if (asked.length > 200) socket.destroy();
    else if (asked.endsWith('\n')) socket.end(`${HELLO} ${ids.has(asked.trim()) ? 'held' : 'free'}\n`);
  });
}

/** `free` where nobody listens, or a stranger or a process without that id does; undefined where nothing can be told. */
async function ask(port: number, id: string): Promise<'held' | 'free' | undefined> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`${id}\n`));
    const end = (result: 'held' | 'free' | undefined) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PROBE_MS, () => end(said === '' ? undefined : 'free'));
    socket.on('data', (data) => {
      said += data.toString('latin1');
      if (said.length > 100) end('free');
    });
    socket.on('end', () => end(said === `${HELLO} held\n` ? 'held' : 'free'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? 'free' : undefined),
    );
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let known: string | undefined;
/** Processes with the same value can reach each other's ports and see each other's numbers; containers differ. */
function space(): string {
  const read = (from: () => string): string => {
    try {
      return from().trim();
    } catch {
      return '';
    }
  };
  known ??= [
    hostname(),
    read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    read(() => readlinkSync('/proc/self/ns/net')),
    read(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');
  return known;
}

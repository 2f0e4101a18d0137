import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres-server.ts';

/** One PostgreSQL for all tests that need one; each makes a database of its own. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  provide('postgres', await server.createDatabase());
  return () => server.remove();
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a database whose user may make others. */
    postgres: string;
  }
}

import type { Worker } from 'node:worker_threads';
import { defineConfig } from 'vitest/config';
import { type PoolOptions, type TestSpecification, ThreadsPoolWorker } from 'vitest/node';

const tests = (process.env.MUTATION_TESTS ?? '').split(',');

/** Runs after which the thread is a new one, so that nothing a change left behind lasts. */
const MAX_RUNS = 40;
/** How long a thread is watched after a run: one that still works by then is done with. */
const WATCHED_MS = 10;
let kept: { thread: Worker; runs: number } | undefined;

/** A thread that stays when Vitest is done with it: the next change finds the modules loaded, which is most of the time. */
class KeptThread extends ThreadsPoolWorker {
  override readonly name = 'kept' as never;
  private get own() {
    return this as unknown as { _thread?: Worker | undefined };
  }

  override async start() {
    if (kept) this.own._thread = kept.thread;
    await super.start();
    kept ??= { thread: this.own._thread as Worker, runs: 0 };
    kept.runs++;
    kept.thread.once('exit', () => {
      kept = undefined;
    });
  }

  override send(message: Parameters<ThreadsPoolWorker['send']>[0]) {
    if (message.type === 'stop')
      this.own._thread?.emit('message', { type: 'stopped', __vitest_worker_response__: true });
    else super.send(message);
  }

  override async stop() {
    const thread = this.own._thread;
    const before = thread?.performance.eventLoopUtilization();
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
    const isBusy = thread && thread.performance.eventLoopUtilization(before).utilization > 0.5;
    if (kept && (isBusy || kept.runs >= MAX_RUNS)) {
      kept = undefined;
      return super.stop();
    }
    for (const event of ['message', 'error', 'exit']) thread?.removeAllListeners(event);
    thread?.stdout.unpipe();
    thread?.stderr.unpipe();
  }
}

/** The order in which the room lists them: what is quick and near comes first, and mostly notices. */
class AsListed {
  async shard(files: TestSpecification[]) {
    return files;
  }
  async sort(files: TestSpecification[]) {
    const place = ({ moduleId }: TestSpecification) => tests.findIndex((path) => moduleId.endsWith(path));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/** The tests of one room, as `scripts/mutation.ts` names them: no build, no processes. */
export default defineConfig({
  plugins: [
    {
      name: 'kept-thread',
      configureVitest({ project }) {
        project.config.pool = 'kept';
        project.config.poolRunner = {
          name: 'kept',
          createPoolWorker: (options: PoolOptions) => new KeptThread(options),
        };
      },
    },
  ],
  test: {
    include: tests,
    testTimeout: 30_000,
    isolate: false,
    sequence: { sequencer: AsListed },
  },
});

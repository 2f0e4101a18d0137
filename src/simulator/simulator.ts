import { createApp, type RateLimit } from './api/index.ts';
import { type Book, createBook, type Dialect, idOf } from './book/index.ts';
import { createMessageLog, type Message } from './messages/index.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import {
  createFaults,
  createTransport,
  type Faults,
  fetchOver,
  type RecordedRequest,
  serve,
  type Transport,
} from './transport/index.ts';

export type { Contact, ContactChange } from './book/index.ts';
export type { Message } from './messages/index.ts';
export type { Fault, FaultKind, RecordedRequest } from './transport/index.ts';

export type SimulatorOptions = {
  /** Default `sk_test_simulator`. */
  key?: string;
  /** Which organization the key is of; accounts with other numbers have other ids. Default 0. */
  account?: number;
  /** How many fictional people the book begins with; default 60. A million is cheap. */
  contacts?: number;
  /** The API of today, or as it was when the user's guide was written (March 2026). Default today. */
  dialect?: Dialect;
  /** `ignored`: contacts have no metadata, as in the real API. Default `stored`. */
  metadata?: 'stored' | 'ignored';
  /** Whether a dry run of a send tells what each message would cost. Default false, as in the documents. */
  pricedDryRuns?: boolean;
  /** Milliseconds; default `Date.now`. */
  now?: () => number;
  /** Must reject when the signal is aborted. Default: a timer. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Default: one so high that nothing meets it, told in the headers as any; `false`: none, and none told. */
  rateLimit?: RateLimit | false;
  /** How long the API takes over each request; default 0. */
  latencyMs?: number;
  /** Time between two steps in a message's life; default 2000. */
  stepMs?: number;
  /** How many of the latest requests `requests` keeps; default all. */
  requestsKept?: number;
};

export type Simulator = {
  /** In process; takes any origin. Loses, delays and cuts as the faults say, and honours abort signals. */
  fetch: typeof globalThis.fetch;
  key: string;
  /** Everything that reached the API, in order, faults included. */
  requests: RecordedRequest[];
  faults: Pick<Faults, 'add' | 'clear'>;
  book: Book;
  /** Messages that really came to be: no dry runs, no replays. */
  messages: Message[];
};

const HIGH_LIMIT: RateLimit = { perMinute: 100_000, burst: 100_000 };

/** A Sent v3 API with a book of fictional people. Everything is the same on each run, apart from the clock. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  return build(options).simulator;
}

/** The same as a server on 127.0.0.1; port 0 (the default) takes a free one. @throws if the port is taken */
export async function startSimulator(
  options: SimulatorOptions & { port?: number } = {},
): Promise<Simulator & { url: string; close(): Promise<void> }> {
  const { simulator, transport } = build(options);
  return Object.assign(simulator, await serve(transport, options.port ?? 0));
}

function build(options: SimulatorOptions): { simulator: Simulator; transport: Transport } {
  const {
    key = 'sk_test_simulator',
    dialect = 'today',
    metadata = 'stored',
    now = Date.now,
    sleep = timer,
  } = options;
  const storesMetadata = metadata === 'stored';
  const searchMetadata = storesMetadata && dialect === 'guide';
  const book = createBook({ size: options.contacts ?? 60, dialect, now, searchMetadata });
  const log = createMessageLog();
  const account: SimulatedAccount = {
    key,
    dialect,
    customerId: idOf('organization', options.account ?? 0, dialect),
    storesMetadata,
    pricedDryRuns: options.pricedDryRuns ?? false,
    now,
    startedAt: now(),
    sleep,
    stepMs: options.stepMs ?? 2000,
    book,
    log,
  };
  const faults = createFaults();
  const requests: RecordedRequest[] = [];
  const requestsKept = options.requestsKept ?? Number.POSITIVE_INFINITY;
  const app = createApp(account, options.rateLimit ?? HIGH_LIMIT);
  const transport = createTransport(app, account, {
    faults,
    requests,
    requestsKept,
    latencyMs: options.latencyMs ?? 0,
  });
  return {
    transport,
    simulator: { fetch: fetchOver(transport), key, requests, faults, book, messages: log.all },
  };
}

function timer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

import { setMaxListeners } from 'node:events';
import type { Contacts } from '../contacts/index.ts';
import type { Caller, Clock } from '../runtime/index.ts';
import type { SentClient } from '../sent/index.ts';
import type { AccountState } from '../state/index.ts';
import {
  type FollowUp,
  followUp,
  getMessage,
  latestSends,
  type Message,
  type PastSend,
} from './follow-up/index.ts';
import { createSendLog } from './record/index.ts';
import { createSend, type Send } from './send/index.ts';
import { createTemplates, type Templates } from './template.ts';

/** Saying something to somebody, once, and what became of it. */
export type Messages = {
  send: Send;
  templates: Templates;
  get(id: string, signal: AbortSignal): Promise<Message>;
  /** What became of a whole send, by its plan. */
  followUp(plan: string, caller: Caller): Promise<FollowUp>;
  latestSends(): Promise<{ sends: readonly PastSend[] }>;
  /** No request begins after this; those under way are heard, at most for `withinMs`. The rest stays written down. */
  close(withinMs: number): Promise<void>;
};

export type MessagesOptions = {
  clock: Clock;
  newKey: () => string;
  defaultCountry: string | undefined;
  /** Every send is a dry run. */
  sandbox: boolean;
  state: AccountState;
  /** Called when a call is over of whose send more than a thousand messages have been accepted. */
  afterLargeSend?: (() => void) | undefined;
};

const LARGE = 1_000;

export function createMessages(client: SentClient, contacts: Contacts, options: MessagesOptions): Messages {
  const { clock, afterLargeSend = () => {} } = options;
  const templates = createTemplates(client, options);
  const log = createSendLog(options.state, clock);
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // Each send that is under way listens.
  const send = createSend({
    ...options,
    client,
    contacts,
    templates,
    log,
    closing: closing.signal,
    dryRuns: { tellPrices: false },
    msUntilSent: (requests) => client.sendRate().msUntil(requests),
  });

  return {
    templates,
    send(request, caller) {
      const call = send(request, caller);
      underWay.add(call);
      const over = () => underWay.delete(call);
      call.then(({ accepted }) => {
        over();
        if (accepted > LARGE) afterLargeSend();
      }, over);
      return call;
    },
    get: (id, signal) => getMessage(client, id, { signal }),
    followUp: (plan, caller) => followUp(plan, { client, clock, log, contacts }, caller),
    latestSends: () => latestSends(log),
    async close(withinMs) {
      closing.abort();
      const timeUp = new AbortController();
      await Promise.race([Promise.allSettled(underWay), clock.sleep(withinMs, timeUp.signal)]);
      timeUp.abort();
    },
  };
}

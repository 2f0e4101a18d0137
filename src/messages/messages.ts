import type { Contacts } from '../contacts/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { SentClient } from '../sent/index.ts';
import type { AccountState } from '../state/index.ts';
import { getMessage, type Message } from './message.ts';
import { createSend, type Send } from './send.ts';
import { createTemplates, type Templates } from './template.ts';

/** Saying something to somebody, and what became of it. */
export type Messages = {
  send: Send;
  templates: Templates;
  get(id: string, signal: AbortSignal): Promise<Message>;
};

export function createMessages(
  client: SentClient,
  contacts: Contacts,
  options: {
    clock: Clock;
    /** What lasts for this account. */
    state: AccountState;
    newKey: () => string;
    defaultCountry: string | undefined;
    sandbox: boolean;
  },
): Messages {
  const templates = createTemplates(client, options.newKey);
  return {
    templates,
    send: createSend({ ...options, client, contacts, templates }),
    get: (id, signal) => getMessage(client, id, { signal }),
  };
}

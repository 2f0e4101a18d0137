import { ResourceNotFoundError } from '@modelcontextprotocol/server';
import { errorText, toAppError } from '../errors.ts';
import type { Caller } from '../runtime/index.ts';
import { catchErrors } from './boundary.ts';
import type { ListedResource, Resource, Visit } from './serve-resources.ts';
import { sanitiseResult } from './text.ts';

/** How many contacts a list of resources names, and how many a completion offers. */
const RECENT = 50;
const COMPLETIONS = 100;
const JSON_TYPE = 'application/json';

/** `sent://account`, `sent://contacts/{id}` and `sent://templates/{id}` as JSON, `sent://selections/{selection}` as CSV. */
export const RESOURCES: readonly Resource[] = [
  {
    name: 'account',
    address: 'sent://account',
    title: 'Account',
    description: 'The Sent account, its channels and what is left of its rate limit.',
    mimeType: JSON_TYPE,
    read: (visit, uri) =>
      reading(uri, async () => {
        const { contacts } = await visit.services();
        return asJson(await contacts.account(visit.context.mcpReq.signal));
      }),
  },
  {
    name: 'contact',
    address: 'sent://contacts/{id}',
    title: 'Contact',
    description: 'A contact of the Sent account, by its id.',
    mimeType: JSON_TYPE,
    list: (visit) =>
      listing(async () => {
        const { contacts } = await visit.services();
        const recent = await contacts.recent(RECENT, quietCaller(visit));
        return recent.map((contact) => ({
          uri: `sent://contacts/${encodeURIComponent(contact.id)}`,
          name: contact.phone_number,
          mimeType: JSON_TYPE,
        }));
      }),
    complete: { id: async (typed, { contacts }) => contacts.complete(typed, COMPLETIONS) },
    read: (visit, uri, id) =>
      reading(uri, async () => {
        const contact_id = idIn(id);
        const { contacts } = await visit.services();
        return asJson(await contacts.get({ contact_id }, quietCaller(visit)));
      }),
  },
  {
    name: 'selection',
    address: 'sent://selections/{selection}',
    title: 'Selection',
    description: 'Everybody that a selection of search_contacts stands for.',
    mimeType: 'text/csv',
    read: (visit, uri, selection) =>
      reading(uri, async () => {
        const { contacts } = await visit.services();
        const { csvOf } = await import('../contacts/index.ts'); // Not before it is asked for.
        return csvOf((await contacts.selections.people(idIn(selection), quietCaller(visit))).contacts);
      }),
  },
  {
    name: 'template',
    address: 'sent://templates/{id}',
    title: 'Template',
    description: 'A message template, by its id.',
    mimeType: JSON_TYPE,
    list: (visit) =>
      listing(async () => {
        const { messages } = await visit.services();
        const { templates } = await messages.templates.list({ limit: 100 }, visit.context.mcpReq.signal);
        return templates.map((template) => ({
          uri: `sent://templates/${encodeURIComponent(template.id)}`,
          name: template.name,
          mimeType: JSON_TYPE,
        }));
      }),
    read: (visit, uri, id) =>
      reading(uri, async () => {
        const { messages } = await visit.services();
        return asJson(await messages.templates.find({ id: idIn(id) }, visit.context.mcpReq.signal));
      }),
  },
];

/** An id arrives percent-encoded; a query is no part of it. */
const idIn = (id: string): string => decodeURIComponent(id).replace(/\?.*$/, '');

/** An API that cannot be asked is an error here too, never an empty list. */
const listing = (list: () => Promise<ListedResource[]>): Promise<ListedResource[]> =>
  catchErrors(
    async () => sanitiseResult(await list()) as ListedResource[],
    (thrown) => {
      throw protocolError(thrown);
    },
  );

const asJson = (value: unknown): string => JSON.stringify(sanitiseResult(value));

const reading = (uri: string, read: () => Promise<string>): Promise<{ text: string }> =>
  catchErrors(
    async () => ({ text: await read() }),
    (thrown) => {
      const unknown = toAppError(thrown).isAboutRequest || thrown instanceof URIError;
      throw unknown ? new ResourceNotFoundError(uri) : protocolError(thrown);
    },
  );

/** The two lines of a failure, as the message of a JSON-RPC error. */
const protocolError = (thrown: unknown): Error => new Error(errorText(toAppError(thrown)));

/** Somebody who waits without being told or asked anything. */
const quietCaller = ({ context }: Visit): Caller => ({
  signal: context.mcpReq.signal,
  canAsk: false,
  progress: () => {},
  confirm: async () => {},
});

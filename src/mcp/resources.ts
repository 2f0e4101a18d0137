import {
  type McpServer,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { csvOf } from '../contacts/index.ts';
import { errorText, toAppError } from '../errors.ts';
import type { Caller } from '../runtime/index.ts';
import { catchErrors } from './boundary.ts';
import { sanitiseResult } from './text.ts';
import type { Services } from './tool.ts';

/** How many contacts a list of resources names, and how many a completion offers. */
const RECENT = 50;
const COMPLETIONS = 100;

/** `sent://contacts/{id}`, `sent://templates/{id}` and `sent://account` as JSON, `sent://selections/{selection}` as CSV. */
export function registerResources(server: McpServer, services: Services): void {
  const { contacts, messages } = services;

  server.registerResource(
    'contact',
    new ResourceTemplate('sent://contacts/{id}', {
      list: (context: ServerContext) =>
        listing(async () => {
          const recent = await contacts.recent(RECENT, quietCaller(context.mcpReq.signal));
          return recent.map((contact) => ({
            uri: `sent://contacts/${encodeURIComponent(contact.id)}`,
            name: contact.phone_number,
            mimeType: 'application/json',
          }));
        }),
      complete: { id: (typed: string) => contacts.complete(typed, COMPLETIONS) },
    }),
    {
      title: 'Contact',
      description: 'A contact of the Sent account, by its id.',
      mimeType: 'application/json',
    },
    (uri: URL, { id }, context: ServerContext) =>
      reading(uri, 'application/json', async () => {
        const contact_id = idIn(id);
        return asJson(await contacts.get({ contact_id }, quietCaller(context.mcpReq.signal)));
      }),
  );

  server.registerResource(
    'selection',
    new ResourceTemplate('sent://selections/{selection}', { list: undefined }),
    {
      title: 'Selection',
      description: 'Everybody that a selection of search_contacts stands for.',
      mimeType: 'text/csv',
    },
    (uri: URL, { selection }, context: ServerContext) =>
      reading(uri, 'text/csv', async () => {
        const found = await contacts.selections.people(idIn(selection), quietCaller(context.mcpReq.signal));
        return csvOf(found.contacts);
      }),
  );

  server.registerResource(
    'template',
    new ResourceTemplate('sent://templates/{id}', {
      list: (context: ServerContext) =>
        listing(async () => {
          const { templates } = await messages.templates.list({ limit: 100 }, context.mcpReq.signal);
          return templates.map((template) => ({
            uri: `sent://templates/${encodeURIComponent(template.id)}`,
            name: template.name,
            mimeType: 'application/json',
          }));
        }),
    }),
    { title: 'Template', description: 'A message template, by its id.', mimeType: 'application/json' },
    (uri: URL, { id }, context: ServerContext) =>
      reading(uri, 'application/json', async () =>
        asJson(await messages.templates.find({ id: idIn(id) }, context.mcpReq.signal)),
      ),
  );

  server.registerResource(
    'account',
    'sent://account',
    {
      title: 'Account',
      description: 'The Sent account, its channels and what is left of its rate limit.',
      mimeType: 'application/json',
    },
    (uri: URL, context: ServerContext) =>
      reading(uri, 'application/json', async () => asJson(await contacts.account(context.mcpReq.signal))),
  );
}

/** Variables of a template arrive percent-encoded; a query is no part of an id. */
const idIn = (id: string | string[] | undefined): string =>
  decodeURIComponent(typeof id === 'string' ? id : '').replace(/\?.*$/, '');

/** An API that cannot be asked is an error here too, never an empty list. */
const listing = <T>(list: () => Promise<T[]>): Promise<{ resources: T[] }> =>
  catchErrors(
    async () => ({ resources: sanitiseResult(await list()) as T[] }),
    (thrown) => {
      throw protocolError(thrown);
    },
  );

const asJson = (value: unknown): string => JSON.stringify(sanitiseResult(value));

const reading = (uri: URL, mimeType: string, read: () => Promise<string>): Promise<ReadResourceResult> =>
  catchErrors(
    async () => ({ contents: [{ uri: uri.href, mimeType, text: await read() }] }),
    (thrown) => {
      const unknown = toAppError(thrown).isAboutRequest || thrown instanceof URIError;
      throw unknown ? new ResourceNotFoundError(uri.href) : protocolError(thrown);
    },
  );

/** The two lines of a failure, as the message of a JSON-RPC error. */
const protocolError = (thrown: unknown): Error => new Error(errorText(toAppError(thrown)));

/** Somebody who waits without being told or asked anything. */
const quietCaller = (signal: AbortSignal): Caller => ({
  signal,
  canAsk: false,
  progress: () => {},
  confirm: async () => {},
});

import { AppError } from '../errors.ts';

/** Every endpoint that this server may reach; nothing else can be asked of the API. */
export type Endpoint =
  | 'GET /v3/contacts'
  | 'POST /v3/contacts'
  | 'GET /v3/contacts/{id}'
  | 'PATCH /v3/contacts/{id}'
  | 'DELETE /v3/contacts/{id}'
  | 'GET /v3/contacts/{id}/message-summary'
  | 'POST /v3/messages'
  | 'GET /v3/messages/{id}'
  | 'GET /v3/messages/{id}/activities'
  | 'POST /v3/messages/{id}/cancel'
  | 'GET /v3/templates'
  | 'GET /v3/templates/{id}'
  | 'GET /v3/numbers/lookup/{id}'
  | 'GET /v3/me';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export const methodOf = (endpoint: Endpoint): Method => endpoint.slice(0, endpoint.indexOf(' ')) as Method;

/**
 * What a request to it may do: a read may be given up and repeated at will; what is billed is never asked for again
 * once it may have run; POST and PATCH are safe to repeat under one `Idempotency-Key`, and a DELETE by itself; what
 * reaches people is safe in the same way, but no refusal of a repetition says that it had not been done.
 */
export type Effect = 'read' | 'billed' | 'keyed' | 'send' | 'delete';

export function effectOf(endpoint: Endpoint): Effect {
  if (endpoint === 'GET /v3/numbers/lookup/{id}') return 'billed';
  if (endpoint === 'POST /v3/messages') return 'send';
  const method = methodOf(endpoint);
  return method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'keyed';
}

/** An id is opaque, but no spaces, slashes, percent or invisible characters, and nothing that climbs in a path. */
const ID = /^(?!\.{1,2}$)[^\s/\\%?#\p{C}]{1,200}$/u;

/** @throws AppError `invalid_input` for what cannot be an id of the API; the id itself is not repeated. */
export function checkId(id: string): string {
  if (!ID.test(id)) {
    throw new AppError('invalid_input', 'That cannot be an id of Sent.', {
      next: 'Use an id as search_contacts, list_templates or send_message gave it.',
    });
  }
  return id;
}

/**
 * The address of the endpoint, and of no other: `encodeURIComponent` leaves `..` as it is, and a URL then climbs.
 * @throws AppError `invalid_input` for an id that would lead anywhere else.
 */
export function endpointUrl(baseUrl: string, endpoint: Endpoint, id?: string): URL {
  const path = endpoint
    .slice(endpoint.indexOf(' ') + 1)
    .replace('{id}', () => encodeURIComponent(checkId(id ?? '')));
  const base = new URL(`${baseUrl}/`);
  const url = new URL(`${baseUrl}${path}`);
  if (url.origin !== base.origin || url.pathname !== base.pathname.slice(0, -1) + path) {
    throw new AppError('invalid_input', 'That id would lead to another place of the API.');
  }
  return url;
}

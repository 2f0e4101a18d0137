/** No id, however it is written, makes a request to any other place than its endpoint. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SentClient } from '../../src/sent/client.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { anyText } from '../any-text.ts';
import { client, scripted } from './client.ts';

const BY_ID: Record<string, (sent: SentClient, id: string) => Promise<unknown>> = {
  'GET /v3/contacts/{id}': (sent, id) => sent.getContact(id),
  'PATCH /v3/contacts/{id}': (sent, id) => sent.updateContact(id, { opt_out: true }),
  'DELETE /v3/contacts/{id}': (sent, id) => sent.deleteContact(id),
  'GET /v3/contacts/{id}/message-summary': (sent, id) => sent.messageSummary(id),
  'GET /v3/messages/{id}': (sent, id) => sent.getMessage(id),
  'GET /v3/messages/{id}/activities': (sent, id) => sent.getActivities(id),
  'POST /v3/messages/{id}/cancel': (sent, id) => sent.cancelMessage(id),
  'GET /v3/templates/{id}': (sent, id) => sent.getTemplate(id),
  'GET /v3/numbers/lookup/{id}': (sent, id) => sent.lookupNumber(id),
};
const WILD = [
  '',
  '.',
  '..',
  '../domains/abc',
  'a/b',
  'a\\b',
  '%2e%2e',
  '%2E%2e%2fx',
  'a?b',
  'a#b',
  ' ',
  'a b',
  'a\nb',
  'a\u0000b',
  '\u202eid',
  'id\u200b',
  '\ud800',
  'x'.repeat(201),
];
const WELL = [
  'contact_1234567890',
  '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  '+12025551234',
  'ä名',
  'a;b=c',
  '...',
  "it's",
  'a&b',
  '@x:y',
];

/** What went out for an id: the paths as they stand in the request, and the failure's code. */
async function pathsFor(
  endpoint: string,
  id: string,
): Promise<{ paths: string[]; code: string | undefined }> {
  const { fetch, requests } = scripted(() => new Response('{}', { status: 404 }));
  const code = await BY_ID[endpoint]?.(client(fetch).sent, id).then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
  return { paths: requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`), code };
}

test.each(WILD)('%j is refused before anything goes out', async (id) => {
  expect(await pathsFor('PATCH /v3/contacts/{id}', id)).toEqual({ paths: [], code: 'invalid_input' });
});

test.each(WELL)('%j stays in its place', async (id) => {
  const { paths } = await pathsFor('GET /v3/contacts/{id}/message-summary', id);
  expect(new Set(paths)).toEqual(new Set([`GET /v3/contacts/${encodeURIComponent(id)}/message-summary`]));
});

test.each(Object.keys(BY_ID))('%s takes an id as one part of its path, and no other', async (endpoint) => {
  const { paths } = await pathsFor(endpoint, '+1;ä');
  expect(new Set(paths)).toEqual(new Set([endpoint.replace('{id}', encodeURIComponent('+1;ä'))]));
  for (const id of ['..', '../domains/abc'])
    expect(await pathsFor(endpoint, id)).toEqual({ paths: [], code: 'invalid_input' });
});

test('any text at all stays in its place or does not go out', async () => {
  const wild = fc.oneof(
    anyText(),
    fc
      .array(fc.constantFrom('', '.', '..', 'domains', 'a%2Fb', '%2e%2E', "it's;a=b,c&d", '@x:y', '~_-'))
      .map((segments) => segments.join('/')),
    fc.string({ unit: fc.constantFrom('.', '/', '%', '2', 'e', 'f', '\\', '?') }),
  );
  await fc.assert(
    fc.asyncProperty(wild, async (id) => {
      const { paths, code } = await pathsFor('DELETE /v3/contacts/{id}', id);
      if (paths.length === 0) expect(code).toBe('invalid_input');
      for (const path of paths) {
        const segments = path.split('/');
        expect(segments.slice(0, 3).join('/')).toBe('DELETE /v3/contacts');
        expect(segments).toHaveLength(4);
        expect(decodeURIComponent(segments[3] ?? '')).toBe(id);
      }
    }),
    { numRuns: 100 },
  );
});

test('a base with a path of its own keeps it', async () => {
  const { fetch, requests } = scripted(() => new Response('{}', { status: 404 }));
  const { sent } = client(fetch, { baseUrl: 'https://proxy.example/sent' });
  await sent.getContact('c1').catch(() => {});
  expect(requests[0]?.url).toBe('https://proxy.example/sent/v3/contacts/c1');
  await expect(sent.getContact('..')).rejects.toMatchObject({ code: 'invalid_input' });
  expect(requests).toHaveLength(1);
});

test('what is searched for is encoded, and nothing that is not given goes along', async () => {
  const simulator = createSimulator();
  const { sent } = client(simulator.fetch, { apiKey: simulator.key });
  await sent.listContacts({ page: 1, pageSize: 10, search: '+1 & page=9' });
  expect(simulator.requests[0]).toMatchObject({
    path: '/v3/contacts',
    query: { page: '1', page_size: '10', pageSize: '10', search: '+1 & page=9' },
  });
  expect(Object.keys(simulator.requests[0]?.query ?? {})).not.toContain('phone');
});

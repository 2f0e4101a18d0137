/** The official clients, of both lines and in every mode, over HTTP: one instance, and three behind a balancer. */
import { describe, expect, test } from 'vitest';
import { connect, ERAS, startTeam } from './team.ts';

const CASES = [1, 3].flatMap((instances) => ERAS.map((era) => [era, instances] as const));

describe.each(CASES)('a client: %s, over %i instances', (era, instances) => {
  test('finds, lists and reads', async () => {
    const { url, simulator } = await startTeam({ instances });
    const { client, call } = await connect(url, simulator.key, { era });
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('send_message');
    expect((await call('search_contacts', { limit: 3 })).data).toMatchObject({ total: 60 });
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0);
    const account = await client.readResource({ uri: 'sent://account' });
    expect(JSON.stringify(account.contents)).toContain('Alder & Finch');
    expect(client.getServerVersion()?.name).toBe('sent-contacts-mcp');
  });

  test('is asked before an act, and its answer counts', async () => {
    const { url, simulator } = await startTeam({ instances });
    const asked: string[] = [];
    let action: 'accept' | 'decline' = 'decline';
    const { call } = await connect(url, simulator.key, {
      era,
      onQuestion: (message) => {
        asked.push(message);
        return { action, ...(action === 'accept' && { content: { confirm: true } }) };
      },
    });
    const [first] = simulator.book.page(1, 1, {}).contacts;
    const args = { contact_id: first?.id };
    expect((await call('delete_contact', args)).text).toMatch(/^cancelled: /);
    expect(simulator.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(0);
    action = 'accept';
    expect((await call('delete_contact', args)).isError).toBe(false);
    expect(simulator.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(asked.length).toBe(2);
  });

  test('is told how far the work is', async () => {
    const { url, simulator } = await startTeam({ instances, accounts: [{ contacts: 2_000 }] });
    const { call } = await connect(url, simulator.key, { era });
    const told: { progress: number }[] = [];
    await call(
      'search_contacts',
      { group_by: 'country' },
      { onprogress: (progress: never) => told.push(progress) },
    );
    expect(told.length).toBeGreaterThan(0);
  });

  test('that gives a call up, or goes away, stops it', async () => {
    const { url, simulator, givenUp } = await startTeam({ instances });
    const { client, call } = await connect(url, simulator.key, { era });
    await call('search_contacts', { limit: 1 });
    const hangs = (path: RegExp) => simulator.faults.add({ method: 'GET', path, kind: 'hang' });
    const arrived = (path: string) =>
      expect.poll(() => simulator.requests.some((request) => request.path === path)).toBe(true);

    hangs(/templates/);
    const stop = new AbortController();
    const first = call('list_templates', {}, { signal: stop.signal });
    await arrived('/v3/templates');
    stop.abort();
    await expect(first).rejects.toThrow();
    await expect.poll(() => givenUp).toEqual(['/v3/templates']);

    hangs(/messages/);
    const second = call('get_message', { message_id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8' }).catch(
      () => 'gone',
    );
    await expect.poll(() => simulator.requests.some(({ path }) => path.includes('/messages/'))).toBe(true);
    await client.close();
    expect(await second).toBe('gone');
    await expect.poll(() => givenUp.length).toBeGreaterThan(1);
  });
});

/** A change to many as a host makes it: found, shown, asked, done. */
import { describe, expect, test } from 'vitest';
import { connect } from '../harness.ts';

const ERAS = ['v1', 'legacy', 'modern'] as const;

describe.each(ERAS)('the %s client', (era) => {
  test('is asked at the second step; a no does nothing, a yes all of it, once', async () => {
    const questions: string[] = [];
    const answers: ('decline' | 'accept')[] = ['decline', 'accept'];
    const session = await connect({
      era,
      contacts: 120,
      onQuestion(message) {
        questions.push(message);
        return { action: answers.shift() ?? 'decline', content: { confirm: true } };
      },
    });
    const { call, simulator } = session;
    const mutations = () => simulator.requests.filter(({ method }) => method !== 'GET').length;
    const found = await call('search_contacts', { country: ['Brazil', 'Spain'], limit: 0 });
    const { data: preview } = await call('delete_contact', { selection: found.data.selection });
    expect([questions, mutations()]).toEqual([[], 0]);
    const { plan, count } = preview;
    const no = await call('delete_contact', { plan });
    expect(no.text).toMatch(/^cancelled: The person was asked and said no/);
    expect(mutations()).toBe(0);
    expect((await call('delete_contact', { plan })).data).toMatchObject({ done: count, remaining: 0 });
    expect((await call('delete_contact', { plan })).data).toMatchObject({ done: count, remaining: 0 });
    expect(mutations()).toBe(count);
    expect(questions).toHaveLength(2);
    for (const question of questions) {
      expect(question).toMatch(
        new RegExp(`^Delete ${count} contacts for good \\(Brazil \\d+, Spain \\d+\\)\\?`),
      );
      expect(question).toMatch(/The first are \+\d+, \+\d+, \+\d+, \+\d+, \+\d+\./);
    }
  });
});

test('tells how far it is', async () => {
  const { client, call } = await connect({ contacts: 40 });
  const found = await call('search_contacts', { opt_out: false, limit: 0 });
  const { data } = await call('update_contact', { selection: found.data.selection, opt_out: true });
  const seen: [number, number | undefined][] = [];
  const request = { name: 'update_contact', arguments: { plan: data.plan } };
  await (client.callTool as (...given: unknown[]) => Promise<unknown>).call(client, request, undefined, {
    onprogress: ({ progress, total }: { progress: number; total?: number }) => seen.push([progress, total]),
  });
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.at(-1)).toEqual([data.count, data.count]);
});

test('where nobody can be asked a plan is enough, and refused where they must be asked', async () => {
  const set = async (env: Record<string, string>) => {
    const { call } = await connect({ contacts: 60, env });
    const found = await call('search_contacts', { country: 'BR', limit: 0 });
    const { data } = await call('update_contact', { selection: found.data.selection, opt_out: true });
    return call('update_contact', { plan: data.plan });
  };
  expect((await set({})).data).toMatchObject({ status: 'done' });
  expect((await set({ SENT_CONFIRM: 'always' })).text).toMatch(/^forbidden: /);
});

test('a selection or a plan that is none, and a plan with more beside it, are refused with what to do', async () => {
  const { call, simulator } = await connect();
  const found = await call('search_contacts', { limit: 0 });
  const { selection } = found.data;
  const { data } = await call('update_contact', { selection, opt_out: true });
  const refused = async (name: string, args: object) => {
    const { text, isError } = await call(name, { ...args });
    expect(isError).toBe(true);
    expect(text).toMatch(/^invalid_input: .+\nNext: .+$/);
    return text;
  };
  expect(await refused('update_contact', { selection: 'sel_aaaaaaaaaaaa', opt_out: true })).toContain(
    'selection',
  );
  expect(await refused('update_contact', { selection: data.plan, opt_out: true })).toContain('plan');
  expect(await refused('update_contact', { selection })).toContain('Nothing to change');
  expect(await refused('update_contact', { plan: data.plan, opt_out: true })).toContain('plan goes alone');
  expect(await refused('update_contact', { plan: data.plan, selection })).toContain('plan goes alone');
  expect(await refused('delete_contact', { plan: data.plan })).toContain('update_contact');
  expect(await refused('delete_contact', { selection, phone_number: '+14155550142' })).toContain(
    'Exactly one',
  );
  expect(simulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

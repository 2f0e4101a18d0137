import { describe, expect, test } from 'vitest';
import { stage } from '../faults/stage.ts';
import { connect } from '../harness.ts';

const numbers = (amount: number) =>
  Array.from({ length: amount }, (_, i) => `+34612${String(i).padStart(6, '0')}`);

describe('a preview says what was read as what', () => {
  const csv = [
    'Name;Geburtsdatum;Festnetz;Handynummer;Fax',
    'Mia Sommer;12.03.1980;030 9018200;0170 1234501;030 9018201',
    'Ole "=1+1" Winter;01.01.1990;;0170 1234502;',
    'Ida Herbst;24.12.1975;030 9018202 x12;;',
    'Test;01.01.2000;;0000000000;',
    'Otto;;;12345;',
  ].join('\n');

  test('columns, the first numbers with their names, what is doubtful or not taken: in data and text', async () => {
    const session = await connect({ contacts: 0 });
    const result = await session.call('import_contacts', { csv, country: 'Germany', preview: true });
    expect(result).toMatchSnapshot();
    expect(session.wire()).toEqual([]);
    for (const said of [
      'Handynummer',
      'phone number (mobile)',
      '+491701234501',
      'Mia Sommer',
      '0000000000',
      '12345',
    ])
      for (const side of [result.text, JSON.stringify(result.data)]) expect(side).toContain(said);
  });

  test('what is doubtful is not imported', async () => {
    const session = await connect({ contacts: 0 });
    const { data } = await session.call('import_contacts', { csv, country: 'Germany' });
    expect(data).toMatchObject({ created: 3, remaining: 0 });
    expect(
      session.simulator.book
        .page(1, 10, {})
        .contacts.map(({ e164 }) => e164)
        .sort(),
    ).toEqual(['+491701234501', '+491701234502', '+49309018202']);
  });

  test('where two columns may be meant, the answer says how to name the right one', async () => {
    const session = await connect({ contacts: 0 });
    const two = 'wer;eins;zwei\nMia;+491701234501;+491701234511\nOle;+491701234502;+491701234512\n';
    const result = await session.call('import_contacts', { csv: two });
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(/^invalid_input: .*"eins" or "zwei"/);
    expect(result.text).toContain('Next: Name the right one "phone"');
    expect(session.wire()).toEqual([]);
  });
});

describe('imports that meet each other or trouble', () => {
  test('of parallel imports of one list each contact is claimed once', async () => {
    const session = await connect({ contacts: 0, latencyMs: 1 });
    const args = { phone_numbers: numbers(40) };
    const results = await Promise.all(
      Array.from({ length: 20 }, () => session.call('import_contacts', args)),
    );
    const created = results.map(({ data }) => data.created as number);
    expect(created.reduce((sum, count) => sum + count)).toBe(40);
    for (const { data } of results) {
      expect((data.created as number) + (data.existing as number)).toBe(40);
      expect(data).toMatchObject({ failed: [], remaining: 0 });
    }
  });

  test('what failed in passing gets a second round: no contact is left undone', async () => {
    const { simulator, call } = await stage({ simulator: { contacts: 0 } });
    // Longer than the tries of one request, so that some numbers fail, and over before the end.
    simulator.faults.add({
      method: 'POST',
      after: 50,
      times: 20,
      kind: { status: 503, code: 'SERVICE_001' },
    });
    const { data } = await call('import_contacts', { phone_numbers: numbers(300) });
    expect(data).toMatchObject({ created: 300, existing: 0, failed: [], remaining: 0 });
  });

  test.each([
    ['down', { status: 503, code: 'SERVICE_001' }, 'unavailable'],
    ['not there', 'lost-before', 'unknown_outcome'],
  ] as const)('with an API that is %s nothing is called a success', async (_, kind, code) => {
    const session = await connect({ contacts: 0 });
    session.simulator.faults.add({ kind });
    for (const amount of [1, 5, 200]) {
      const result = await session.call('import_contacts', { phone_numbers: numbers(amount) });
      expect(result.isError).toBe(true);
      expect(result.text).toMatch(new RegExp(`^${code}: .*\nNext: Make the same call again`));
    }
    session.simulator.faults.clear();
    const { data } = await session.call('import_contacts', { phone_numbers: numbers(200) });
    expect(data).toMatchObject({ created: 200, existing: 0, failed: [] });
  });

  test.each(['hang', 'hang-after'] as const)(
    'an API that does not answer (%s) is an error in time for the host',
    async (kind) => {
      for (const amount of [1, 2, 9, 100]) {
        const { clock, simulator, call } = await stage({ simulator: { contacts: 0 } });
        simulator.faults.add({ method: 'POST', kind });
        const startedAt = clock.monotonic();
        const { code, text } = await call('import_contacts', { phone_numbers: numbers(amount) });
        expect(clock.monotonic() - startedAt).toBeLessThanOrEqual(amount === 1 ? 30_000 : 45_000);
        expect(code).toBe('unknown_outcome');
        expect(text).toContain('Next: Make the same call again');
        simulator.faults.clear();
        const { data } = await call('import_contacts', { phone_numbers: numbers(amount) });
        expect(data).toMatchObject({ created: amount, existing: 0, failed: [], remaining: 0 });
      }
    },
  );
});

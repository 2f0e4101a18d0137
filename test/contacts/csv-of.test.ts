import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../src/contacts/csv-of.ts';
import { readCsv } from '../../src/contacts/lists/files/csv.ts';
import type { Contact } from '../../src/contacts/model/contact.ts';
import { anyText } from '../any-text.ts';
import { RUNS } from './arbitrary.ts';

const contact = (over: Partial<Contact> = {}): Contact => ({
  id: '1',
  phone_number: '+34612345678',
  region_code: 'ES',
  available_channels: ['sms', 'whatsapp'],
  default_channel: 'sms',
  opt_out: false,
  metadata: undefined,
  created_at: '2026-09-01T08:00:00Z',
  updated_at: undefined,
  ...over,
});
const cellsOf = (csv: string): string[][] => parse(csv, { relax_column_count: false });

describe('contacts as CSV', () => {
  it('one row each, a column for each key of the metadata', () => {
    const list = [
      contact({ metadata: { name: 'Zoë, "Z"', tags: ['vip', 'new'] } }),
      contact({ phone_number: '+447400123456', opt_out: true, metadata: { opt_out: 'letter', name: 'Ana' } }),
    ];
    expect(csvOf(list)).toBe(
      [
        'phone_number,region_code,available_channels,default_channel,opt_out,created_at,updated_at,name,tags,metadata.opt_out',
        '+34612345678,ES,"sms;whatsapp",sms,false,2026-09-01T08:00:00Z,,"Zoë, ""Z""","vip;new",',
        '+447400123456,ES,"sms;whatsapp",sms,true,2026-09-01T08:00:00Z,,Ana,,letter',
        '',
      ].join('\r\n'),
    );
  });

  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', ' =1', '\t=1', '＝1', '-5+1|calc'])(
    'a spreadsheet does not run %j',
    (value) => {
      const [, row] = cellsOf(csvOf([contact({ metadata: { note: value } })]));
      expect(row?.at(-1)).toMatch(/^'/);
    },
  );

  it.each([-5, '+34612345678', '3.5', 'a=b'])('leaves %j as it is', (value) => {
    const [, row] = cellsOf(csvOf([contact({ metadata: { note: value } })]));
    expect(row?.at(-1)).toBe(String(value));
  });

  it('no key of a column is a formula either', () => {
    const [head] = cellsOf(csvOf([contact({ metadata: { '=HYPERLINK("x")': 1 } })]));
    expect(head?.at(-1)).toBe(`'=HYPERLINK("x")`);
  });

  it('any text comes back in its cell, and no cell begins like a formula', () => {
    fc.assert(
      fc.property(fc.array(anyText(), { minLength: 1 }), (values) => {
        const csv = csvOf(
          values.map((note, n) => contact({ phone_number: `+3460000${1000 + n}`, metadata: { note } })),
        );
        const [head, ...rows] = cellsOf(csv);
        expect(rows).toHaveLength(values.length);
        for (const row of rows) {
          expect(row).toHaveLength(head?.length ?? 0);
          for (const cell of row.slice(1)) expect(cell).not.toMatch(/^[=@\t\r]|^[+-](?!\d+(\.\d+)?$)/);
        }
      }),
      RUNS,
    );
  });

  it('is read by our own import again', () => {
    const rows = [...readCsv(csvOf([contact({ metadata: { name: 'Ana' } })]))];
    expect(JSON.stringify(rows)).toContain('+34612345678');
  });

  it('says who is in the address book alone', () => {
    const csv = csvOf([contact(), contact({ phone_number: '+351912345678', in_sent: false })]);
    expect(cellsOf(csv).map((row) => row.at(-1))).toEqual(['in_sent', 'true', 'false']);
  });
});

import { expect, test } from 'vitest';
import * as z from 'zod/v4';
import { AppError } from '../../src/errors.ts';
import { coerceInput, type JsonSchema, readInput } from '../../src/mcp/input.ts';

const schema = z.strictObject({
  to: z.array(z.string()).optional(),
  country: z.union([z.string(), z.array(z.string())]).optional(),
  limit: z.number().max(100).optional(),
  opt_out: z.boolean().optional(),
  phone_number: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  sandbox: z.boolean().optional(),
  channels: z.array(z.enum(['sms', 'whatsapp'])).optional(),
  template: z
    .strictObject({ id: z.string().optional(), parameters: z.record(z.string(), z.string()).optional() })
    .optional(),
});
const published = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const read = (args: unknown) => readInput(schema, published, args);
const refusal = (args: unknown): AppError => {
  try {
    read(args);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('was not refused');
};

test.each([
  [{ to: '["+14155550123","+34612345678"]' }, { to: ['+14155550123', '+34612345678'] }],
  [{ to: '+14155550123' }, { to: ['+14155550123'] }],
  [{ to: [14155550123] }, { to: ['14155550123'] }],
  [{ limit: '20' }, { limit: 20 }],
  [
    { opt_out: 'true', sandbox: 'False' },
    { opt_out: true, sandbox: false },
  ],
  [{ country: '["BR","AR"]' }, { country: ['BR', 'AR'] }],
  [{ country: 'Brazil' }, { country: 'Brazil' }],
  [{ country: ['BR'] }, { country: ['BR'] }],
  [{ metadata: '{"vip":true,"n":null}' }, { metadata: { vip: true, n: null } }],
  [{ metadata: { text: '[1]', flag: 'true' } }, { metadata: { text: '[1]', flag: 'true' } }],
  [
    { template: '{"id":"t","parameters":{"n":5,"b":true}}' },
    { template: { id: 't', parameters: { n: '5', b: 'true' } } },
  ],
  [{ phone_number: 14155550123 }, { phone_number: '14155550123' }],
  [
    { phoneNumber: '+1', optOut: true },
    { phone_number: '+1', opt_out: true },
  ],
  [{ test_mode: true }, { sandbox: true }],
  [{ testMode: 'true' }, { sandbox: true }],
  [{ limit: null, to: null, metadata: null }, {}],
  [{ channels: 'sms' }, { channels: ['sms'] }],
  [{ channels: ['WhatsApp', ' SMS'] }, { channels: ['whatsapp', 'sms'] }],
  [undefined, {}],
])('%j is read as meant', (args, meant) => expect(read(args)).toEqual(meant));

test('what the schema does not want is left as it is', () => {
  expect(coerceInput({ limit: 'many', to: '{"a":1}' }, published)).toEqual({
    limit: 'many',
    to: ['{"a":1}'],
  });
});

test('the refusal names the fields and repeats no value', () => {
  const error = refusal({ limit: '+14155550123', foo_bar: 'sk_live_1', channels: ['fax'] });
  expect(error.code).toBe('invalid_input');
  expect(error.message).toMatch(/limit is wrong .*channels\.0 is wrong .*"sms"\|"whatsapp".*unknown foo_bar/);
  expect(error.next).toContain('phone_number');
  expect(`${error.message}${error.next}`).not.toMatch(/4155550123|sk_live_1|fax/);
});

test('a missing field is said to be missing', () => {
  const needed = z.strictObject({ message_id: z.string() });
  expect(() => readInput(needed, z.toJSONSchema(needed) as JsonSchema, {})).toThrow('message_id is missing.');
});

test('a key named __proto__ changes nothing', () => {
  const args = JSON.parse('{"metadata":{"__proto__":{"polluted":true}}}');
  read(args);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each([
  { sandbox: false, test_mode: true },
  { test_mode: true, sandbox: false },
  { sandbox: 'false', testMode: 'true' },
])('two names that contradict each other mean a dry run: %j', (args) =>
  expect(read(args)).toEqual({ sandbox: true }),
);

import type * as z from 'zod/v4';
import { AppError } from '../errors.ts';

/** The part of JSON Schema that the tools publish. */
export type JsonSchema = {
  type?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
};

/** Names of the guide's dialect that mean something else's name today. */
const OLD_NAMES: Record<string, string> = { test_mode: 'sandbox' };
/** Given under two names that contradict each other, a dry run is meant: the other way round something would be done. */
const EITHER_COUNTS = 'sandbox';

/**
 * Arguments as they were meant: hosts send lists, objects, numbers and booleans as JSON text, null for what is left
 * out, one value for a list of one, choices in any letters, and the guide writes names in camelCase. Only what the schema wants is touched.
 */
export function coerceInput(value: unknown, schema: JsonSchema): unknown {
  // As each of ten thousand numbers is.
  if (typeof value === 'string' && schema.type === 'string' && schema.enum === undefined) return value;
  const types = typesOf(schema);
  const read = typeof value === 'string' ? fromText(value, types) : value;
  if (
    (typeof read === 'number' || typeof read === 'boolean') &&
    types.has('string') &&
    !types.has(typeof read)
  ) {
    return String(read);
  }
  if (typeof read === 'string' && schema.enum !== undefined) return choiceOf(read, schema.enum);
  const items = schema.items ?? schema.anyOf?.find((option) => option.items)?.items;
  if (Array.isArray(read)) return items ? read.map((item) => coerceInput(item, items)) : read;
  if (items && !types.has('string') && (typeof read === 'string' || typeof read === 'number')) {
    return [coerceInput(read, items)];
  }
  return isRecord(read) && types.has('object') ? coerceObject(read, schema) : read;
}

/** A choice in letters of another size, such as `WhatsApp`, is that choice. */
const choiceOf = (text: string, choices: readonly unknown[]): unknown =>
  choices.find(
    (choice) => typeof choice === 'string' && choice.toLowerCase() === text.trim().toLowerCase(),
  ) ?? text;

function coerceObject(value: Record<string, unknown>, schema: JsonSchema): Record<string, unknown> {
  const { properties = {}, additionalProperties } = schema;
  const entries = Object.entries(value).flatMap(([given, inner]): [string, unknown][] => {
    const snake = given.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const name =
      [given, snake, OLD_NAMES[snake] ?? ''].find((option) => Object.hasOwn(properties, option)) ?? given;
    const property = properties[name];
    if (property) return inner === null ? [] : [[name, coerceInput(inner, property)]];
    return [
      [name, isRecord(additionalProperties) ? coerceInput(inner, additionalProperties as JsonSchema) : inner],
    ];
  });
  const coerced = Object.fromEntries(entries);
  const isDryRun = entries.some(([name, inner]) => name === EITHER_COUNTS && inner === true);
  return isDryRun ? { ...coerced, [EITHER_COUNTS]: true } : coerced;
}

const typesOf = (schema: JsonSchema): Set<string> =>
  new Set(
    [schema.type, ...(schema.anyOf ?? []).map(({ type }) => type)].filter((type) => type !== undefined),
  );

function fromText(text: string, types: Set<string>): unknown {
  const wanted = (parsed: unknown): boolean =>
    (Array.isArray(parsed) && types.has('array')) ||
    (isRecord(parsed) && types.has('object')) ||
    (typeof parsed === 'number' && (types.has('number') || types.has('integer')) && !types.has('string')) ||
    (typeof parsed === 'boolean' && types.has('boolean') && !types.has('string'));
  try {
    const parsed: unknown = JSON.parse(text.trim().replace(/^(true|false)$/i, (word) => word.toLowerCase()));
    return wanted(parsed) ? parsed : text;
  } catch {
    return text;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The arguments, read as meant and checked.
 * @throws AppError `invalid_input` that names each wrong field and never repeats a value.
 */
export function readInput<T>(schema: z.ZodType<T>, published: JsonSchema, args: unknown): T {
  const result = schema.safeParse(coerceInput(args ?? {}, published));
  if (result.success) return result.data;
  const known = Object.keys(published.properties ?? {});
  const problems = result.error.issues.slice(0, 5).map((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      return `${path ? `${path}: ` : ''}unknown ${issue.keys.map((key) => inlineName(key)).join(', ')}`;
    }
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return `${inlineName(path)} ${missing ? 'is missing' : `is wrong (${issue.message})`}`;
  });
  throw new AppError('invalid_input', `${problems.join('; ')}.`, {
    next: `Correct that and call again. The fields are: ${known.join(', ')}.`,
  });
}

const inlineName = (name: string): string => name.replace(/[^\w.[\]]/g, '').slice(0, 60) || 'a field';

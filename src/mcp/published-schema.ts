import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import type { JsonSchema } from './input.ts';

export type PublishedSchema = { json: () => JsonSchema; standard: StandardSchemaWithJSON };

/** Drops what tells a reader nothing: that further fields may be there, and that their names are text. */
function withoutNoise({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { additionalProperties } = jsonSchema;
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length === 0) {
    delete jsonSchema.additionalProperties;
  }
  delete jsonSchema.propertyNames;
}

/**
 * A schema as published, made when it is first asked for. Values are checked by the tool itself, so that wrong input
 * is told in our own words.
 */
export function publishSchema(schema: () => z.ZodType, io: 'input' | 'output'): PublishedSchema {
  let made: JsonSchema | undefined;
  const json = (): JsonSchema => {
    if (made === undefined) {
      const { $schema: _, ...published } = z.toJSONSchema(schema(), { io, override: withoutNoise });
      made = published as JsonSchema;
    }
    return made;
  };
  const standard: StandardSchemaWithJSON = {
    '~standard': {
      version: 1,
      vendor: 'sent-contacts-mcp',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
  return { json, standard };
}

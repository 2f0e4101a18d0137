import * as z from 'zod/v4';
import type { JsonSchema } from './input.ts';

/** Drops what tells a reader nothing: that further fields may be there, and that their names are text. */
function withoutNoise({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { additionalProperties } = jsonSchema;
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length === 0) {
    delete jsonSchema.additionalProperties;
  }
  delete jsonSchema.propertyNames;
}

/** A schema as published, made when it is first asked for. */
export function publishSchema(schema: () => z.ZodType, io: 'input' | 'output'): () => JsonSchema {
  let made: JsonSchema | undefined;
  return () => {
    if (made === undefined) {
      const { $schema: _, ...published } = z.toJSONSchema(schema(), { io, override: withoutNoise });
      made = published as JsonSchema;
    }
    return made;
  };
}

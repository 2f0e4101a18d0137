import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

type PublishedTool = {
  name: string;
  description?: string | undefined;
  inputSchema: object;
  outputSchema?: object | undefined;
};

export type PublishedTokens = {
  /** Of every field of every tool. */
  all: number;
  /** Of names, descriptions and input schemas, which is what hosts hand to a model. */
  read: number;
  instructions: number;
  tools: Record<string, { read: number; output: number }>;
};

/** What `tools/list` and the instructions cost, in tokens of o200k. */
export function publishedTokens(tools: readonly PublishedTool[], instructions: string): PublishedTokens {
  const tokens = (value: unknown): number => countTokens(JSON.stringify(value));
  const each = tools.map(
    ({ name, description, inputSchema, outputSchema }): [string, { read: number; output: number }] => [
      name,
      { read: tokens({ name, description, inputSchema }), output: outputSchema ? tokens(outputSchema) : 0 },
    ],
  );
  return {
    all: tokens(tools),
    read: tokens(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
    instructions: countTokens(instructions),
    tools: Object.fromEntries(each),
  };
}

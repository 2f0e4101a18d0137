import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import type { Contacts } from '../contacts/index.ts';
import { errorText, toAppError } from '../errors.ts';
import type { Messages } from '../messages/index.ts';
import type { Caller } from '../runtime/index.ts';
import { guarded } from './boundary.ts';
import { Asking, type ConfirmMode, createConfirm } from './confirm.ts';
import { type JsonSchema, readInput } from './input.ts';
import { cleanDeep } from './text.ts';

/** What a tool may use: the rooms below, and whoever waits for it. */
export type ToolContext = { contacts: Contacts; messages: Messages; services: Services; caller: Caller };
export type Services = {
  contacts: Contacts;
  messages: Messages;
  confirm: ConfirmMode;
  /** Tells the log of a failure that is not an `AppError`; its words never leave the machine. */
  failed(tool: string, error: unknown): void;
};

/** What a tool does to the world; all four annotations follow from it. */
const EFFECTS = {
  read: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  update: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  delete: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  /** Reaches people and cannot be taken back. */
  send: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  /** Asks a third party and is billed. */
  paid: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
} as const;
export type Effect = keyof typeof EFFECTS;

export type ToolDefinition<I, O> = {
  name: string;
  title: string;
  /** For a model: what it does, when not to use it, what comes back. */
  description: string;
  effect: Effect;
  input: z.ZodType<I>;
  output: z.ZodType;
  run(input: I, context: ToolContext): Promise<O>;
  /** The one text that the model reads. */
  render(output: O): string;
};

export type Tool = {
  name: string;
  title: string;
  description: string;
  effect: Effect;
  readOnly: boolean;
  register(server: McpServer, services: Services): void;
};

type Published = { json: () => JsonSchema; standard: StandardSchemaWithJSON };

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
function publish(schema: () => z.ZodType, io: 'input' | 'output'): Published {
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

/** Makes a tool out of its promise. */
export function defineTool<I, O extends object>(definition: ToolDefinition<I, O>): Tool {
  const { name, title, description, effect } = definition;
  const inputSchema = publish(() => definition.input, 'input');
  const outputSchema = publish(() => definition.output, 'output');

  const call = (args: unknown, server: McpServer, services: Services, context: ServerContext) =>
    guarded<CallToolResult | InputRequiredResult>(
      async () => {
        const input = readInput(definition.input, inputSchema.json(), args);
        const caller = callerOf(server, services, context);
        const output = await definition.run(input, { ...services, services, caller });
        const shown = cleanDeep(output) as O;
        return {
          content: [{ type: 'text', text: definition.render(shown) }],
          structuredContent: shown as Record<string, unknown>,
        };
      },
      (thrown) => {
        if (thrown instanceof Asking) return thrown.request;
        const error = toAppError(thrown);
        if (error.code === 'internal') services.failed(name, thrown);
        return { content: [{ type: 'text', text: errorText(error) }], isError: true };
      },
    );

  return {
    name,
    title,
    description,
    effect,
    readOnly: EFFECTS[effect].readOnlyHint,
    register(server, services) {
      server.registerTool(
        name,
        {
          title,
          description,
          inputSchema: inputSchema.standard,
          outputSchema: outputSchema.standard,
          annotations: EFFECTS[effect],
        },
        (args: unknown, context: ServerContext) => call(args, server, services, context),
      );
    },
  };
}

function callerOf(server: McpServer, services: Services, context: ServerContext): Caller {
  const { mcpReq } = context;
  const progressToken = mcpReq._meta?.progressToken;
  let told = -1;
  return {
    signal: mcpReq.signal,
    confirm: createConfirm(services.confirm, server, context),
    progress(done, total, message) {
      if (progressToken === undefined || done <= told || mcpReq.signal.aborted) return;
      told = done;
      const params = { progressToken, progress: done, message, ...(total !== undefined && { total }) };
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {}); // A client that left misses nothing.
    },
  };
}

import type {
  CallToolResult,
  InputRequiredResult,
  Tool as ListedTool,
  Server,
  ServerContext,
} from '@modelcontextprotocol/server';
import type * as z from 'zod/v4';
import type { Contacts } from '../contacts/index.ts';
import { errorText, toAppError } from '../errors.ts';
import type { Messages } from '../messages/index.ts';
import type { Act, Caller } from '../runtime/index.ts';
import { catchErrors } from './boundary.ts';
import { callerOf, whoCalls } from './caller.ts';
import {
  AnswerNeeded,
  askInCall,
  type ConfirmMode,
  isAskedInCall,
  type QuestionSeal,
} from './confirm/index.ts';
import { readInput } from './input.ts';
import { withNotices } from './notices.ts';
import { publishSchema } from './published-schema.ts';
import { sanitiseResult } from './text.ts';

/** What a tool may use: the rooms below, and whoever waits for it. */
export type ToolContext = { contacts: Contacts; messages: Messages; services: Services; caller: Caller };
export type Services = {
  contacts: Contacts;
  messages: Messages;
  confirm: ConfirmMode;
  /** Where clients are many and strangers to each other. */
  seal?: QuestionSeal | undefined;
  /** What is wrong with the settings and does not keep the server from serving, a sentence each. */
  notices: readonly string[];
  /** Writes an act down for the history. Never fails: what was done stays done. */
  record(act: Act): Promise<void>;
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
  /** Schemas are made when first asked for: together they take longer than a host should wait for the server. */
  input(): z.ZodType<I>;
  output(): z.ZodType;
  run(input: I, context: ToolContext): Promise<O>;
  /** The text, for hosts that show the model nothing else: every fact of the output is in it. */
  render(output: O): string | Promise<string>;
  /** Resources that the output names, for hosts that follow links. */
  links?(output: O): { uri: string; name: string; mimeType: string }[];
  /** What the history says of a call that went well; for tools that change anything. */
  act?(output: O): Pick<Act, 'outcome' | 'people' | 'numbers' | 'plan'>;
};

export type Tool = {
  name: string;
  title: string;
  description: string;
  effect: Effect;
  readOnly: boolean;
  /** Answers a call; a failure is an answer too. */
  call(
    args: unknown,
    server: Server,
    services: Services,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult>;
  /** As `tools/list` shows it. */
  published(): ListedTool;
};

/** A question that changes with each answer is asked no more often in one call. */
const MAX_QUESTIONS = 5;

/** Makes a tool out of its promise. */
export function defineTool<I, O extends object>(definition: ToolDefinition<I, O>): Tool {
  const { name, title, description, effect } = definition;
  let schema: z.ZodType<I> | undefined;
  const schemaOfInput = (): z.ZodType<I> => {
    schema ??= definition.input();
    return schema;
  };
  const inputSchema = publishSchema(schemaOfInput, 'input');
  const outputSchema = publishSchema(definition.output, 'output');
  const isRecorded = !EFFECTS[effect].readOnlyHint;

  /** Runs the tool; where the client is asked within the call, once more after each answer. */
  async function runAsked(input: I, server: Server, services: Services, context: ServerContext): Promise<O> {
    for (let asked = context, questions = 0; ; questions++) {
      const caller = callerOf(server, services, asked);
      try {
        return await definition.run(input, { ...services, services, caller });
      } catch (thrown) {
        const mayAsk = thrown instanceof AnswerNeeded && isAskedInCall(context) && questions < MAX_QUESTIONS;
        if (!mayAsk) throw thrown;
        asked = await askInCall(thrown, server, context);
      }
    }
  }

  async function call(
    args: unknown,
    server: Server,
    services: Services,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> {
    let act: Omit<Act, 'who' | 'tool'> | undefined;
    const result = await catchErrors<CallToolResult | InputRequiredResult>(
      async () => {
        const input = readInput(schemaOfInput(), inputSchema(), args);
        const output = await runAsked(input, server, services, context);
        act = definition.act?.(output) ?? { outcome: 'done' };
        const sanitised = sanitiseResult(output) as O;
        return {
          content: [
            { type: 'text', text: await definition.render(sanitised) },
            ...(definition.links?.(sanitised) ?? []).map((link) => ({
              type: 'resource_link' as const,
              ...link,
            })),
          ],
          structuredContent: sanitised as Record<string, unknown>,
        };
      },
      (thrown) => {
        if (thrown instanceof AnswerNeeded) return thrown.request;
        const error = toAppError(thrown);
        // Else nothing was done, so that there is no act; the person's no is one.
        if (error.mayHaveRun || error.code === 'cancelled') act ??= { outcome: error.code };
        if (error.code === 'internal') services.failed(name, thrown);
        return { content: [{ type: 'text', text: errorText(error) }], isError: true };
      },
    );
    if (isRecorded && act) await services.record({ who: whoCalls(server, context), tool: name, ...act });
    return withNotices(result, services.notices);
  }

  const described = { title, description, annotations: EFFECTS[effect] };
  return {
    name,
    title,
    description,
    effect,
    readOnly: EFFECTS[effect].readOnlyHint,
    call,
    published: () =>
      ({
        name,
        ...described,
        inputSchema: inputSchema(),
        outputSchema: outputSchema(),
      }) as ListedTool,
  };
}

import { createHash } from 'node:crypto';
import {
  acceptedContent,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import { AppError } from '../errors.ts';
import { capabilitiesOf } from './client.ts';

export type ConfirmMode = 'auto' | 'always' | 'never';

/** Thrown to ask the person; the call is made again with their answer. Not an error. */
export class AnswerNeeded {
  readonly request: InputRequiredResult;
  constructor(request: InputRequiredResult) {
    this.request = request;
  }
}

const answerSchema = z.object({ confirm: z.boolean().optional() });

/**
 * Asks the person through the client, in both protocol eras.
 * An answer counts only for the very question it was given to: if the plan has changed since, it is asked anew.
 * @throws AnswerNeeded while there is no answer; AppError `cancelled` for a no; `forbidden` where they must be asked
 * (`always`) and the client cannot.
 */
export function createConfirm(mode: ConfirmMode, server: McpServer, context: ServerContext) {
  return async (question: string): Promise<void> => {
    if (mode === 'never') return;
    if (!canAsk(server, context)) {
      if (mode === 'auto') return;
      throw new AppError(
        'forbidden',
        'The person must be asked before this, and this client cannot ask them.',
        {
          next: 'Nothing was done. The user can do it in the Sent dashboard, use a client that can ask, or set SENT_CONFIRM=auto.',
        },
      );
    }
    const id = `confirm_${createHash('sha256').update(question).digest('hex').slice(0, 12)}`;
    const { inputResponses } = context.mcpReq;
    const answer = inputResponse(inputResponses, id);
    if (answer.kind === 'missing') {
      const properties = { confirm: { type: 'boolean' as const, title: 'Yes, do it', default: true } };
      throw new AnswerNeeded(
        inputRequired({
          inputRequests: {
            [id]: inputRequired.elicit({
              message: question,
              requestedSchema: { type: 'object', properties },
            }),
          },
        }),
      );
    }
    const accepted =
      answer.kind === 'elicit' &&
      answer.action === 'accept' &&
      (answer.content === undefined ||
        (acceptedContent(inputResponses, id, answerSchema) ?? { confirm: false }).confirm !== false);
    if (!accepted) {
      throw new AppError('cancelled', 'The person was asked and did not agree, so nothing was done.', {
        next: 'Do not try again unless the user asks for it.',
      });
    }
  };
}

/** Form elicitation; a bare `{}` means it too. */
export function canAsk(server: McpServer, context: ServerContext): boolean {
  const { elicitation } = capabilitiesOf(server, context);
  return elicitation !== undefined && ('form' in elicitation || !('url' in elicitation));
}

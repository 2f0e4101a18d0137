import { createHash } from 'node:crypto';
import {
  acceptedContent,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import { AppError } from '../../errors.ts';
import { capabilitiesOf } from './client.ts';

export type ConfirmMode = 'auto' | 'always' | 'never';
/** Signs what a client carries from a question to its answer: which question it was. */
export type QuestionSeal = RequestStateCodec<string>;

/** Thrown to ask the person; the call is made again with their answer. Not an error. */
export class AnswerNeeded {
  readonly request: InputRequiredResult;
  constructor(request: InputRequiredResult) {
    this.request = request;
  }
}

const answerSchema = z.object({ confirm: z.boolean().optional() });

/**
 * Asks the person through the client, in both protocol eras. A yes holds for the plan that it was given to, or where
 * there is none for that very question, and for nothing else; a form that comes back empty is a no.
 * @param seal makes an answer count only to a question that was asked here, or by another instance with the same secret.
 * @throws AnswerNeeded while there is no answer; AppError `cancelled` for a no and for a question that was closed;
 * `forbidden` where they must be asked (`always`) and the client cannot.
 */
export function createConfirm(
  { mode, seal }: { mode: ConfirmMode; seal?: QuestionSeal | undefined },
  server: Server,
  context: ServerContext,
) {
  return async (question: string, about: { plan?: string } = {}): Promise<void> => {
    if (mode === 'never') return;
    if (!canAsk(server, context)) {
      if (mode === 'auto') return;
      throw new AppError(
        'forbidden',
        'The person must be asked before this, and this client cannot ask them.',
        {
          next: 'Nothing was done. The user can use a client that can ask, do it in the Sent dashboard, or change SENT_CONFIRM.',
        },
      );
    }
    const id = `confirm_${createHash('sha256')
      .update(about.plan ?? question)
      .digest('hex')
      .slice(0, 12)}`;
    const { inputResponses } = context.mcpReq;
    const answer = inputResponse(inputResponses, id);
    const wasAsked = seal === undefined || context.mcpReq.requestState<string>() === id;
    if (answer.kind === 'missing' || !wasAsked) {
      throw new AnswerNeeded(elicit(id, question, await seal?.mint(id, context)));
    }
    if (answer.kind !== 'elicit' || answer.action === 'cancel') {
      throw new AppError('cancelled', 'The question was closed without an answer, so nothing was done.', {
        next: 'Ask the user in the conversation. If this client closes questions by itself, they can set SENT_CONFIRM=never.',
      });
    }
    const form = acceptedContent(inputResponses, id, answerSchema);
    if (answer.action === 'accept' && form?.confirm === true) return;
    throw new AppError('cancelled', 'The person was asked and said no, so nothing was done.', {
      next: 'Do not try again unless the user asks for it.',
    });
  };
}

const elicit = (id: string, message: string, requestState?: string): InputRequiredResult => {
  const properties = { confirm: { type: 'boolean' as const, title: 'Yes, do it' } };
  const requestedSchema = { type: 'object' as const, properties, required: ['confirm'] };
  return inputRequired({
    inputRequests: { [id]: inputRequired.elicit({ message, requestedSchema }) },
    ...(requestState !== undefined && { requestState }),
  });
};

/** Form elicitation; a bare `{}` means it too. */
export function canAsk(server: Server, context: ServerContext): boolean {
  const { elicitation } = capabilitiesOf(server, context);
  return elicitation !== undefined && ('form' in elicitation || !('url' in elicitation));
}

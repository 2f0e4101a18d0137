import type { ElicitRequest, Server, ServerContext } from '@modelcontextprotocol/server';
import { AppError } from '../../errors.ts';
import { catchErrors } from '../boundary.ts';
import type { AnswerNeeded } from './confirm.ts';

/** A person takes their time; a client that never answers does not hold a call for ever. */
const ANSWER_WITHIN_MS = 10 * 60_000;

/** Whether the client is asked within the call (handshake era), or makes the call again with the answer. */
export const isAskedInCall = ({ mcpReq }: ServerContext): boolean => mcpReq.envelope === undefined;

/**
 * Puts the question to the client and gives the call as it is made again with the answer.
 * @throws AppError `cancelled` for an answer that cannot be read, or none at all: neither is a yes.
 */
export async function askInCall(
  { request }: AnswerNeeded,
  server: Server,
  context: ServerContext,
): Promise<ServerContext> {
  const { mcpReq } = context;
  const { inputRequests = {}, requestState } = request;
  const answers = Object.entries(inputRequests).map(async ([id, question]) => {
    const options = { relatedRequestId: mcpReq.id, timeout: ANSWER_WITHIN_MS, signal: mcpReq.signal };
    const answer = await catchErrors<unknown>(
      () => server.request(question as ElicitRequest, options),
      () => {
        throw new AppError('cancelled', 'The question had no answer that can be read, so nothing was done.', {
          next: 'Ask the user in the conversation. If this client closes questions by itself, they can set SENT_CONFIRM=never.',
        });
      },
    );
    return [id, answer] as const;
  });
  const inputResponses: Record<string, unknown> = Object.fromEntries(await Promise.all(answers));
  const [asked] = Object.keys(inputRequests);
  // What was asked within this very call needs no seal.
  const unsealed =
    requestState === undefined ? {} : { requestState: (() => asked) as typeof mcpReq.requestState };
  return { ...context, mcpReq: { ...mcpReq, inputResponses, ...unsealed } };
}

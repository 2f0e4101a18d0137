import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server';
import type { QuestionSeal } from './confirm.ts';

/** A person may be away from the desk for so long; then they are asked again. */
const ANSWERED_WITHIN_S = 3_600;

/**
 * Signs questions so that an answer counts only where that question was asked, to the same client and for the same call.
 * @param secret 32 bytes or more; instances that share it know each other's questions.
 */
export function createQuestionSeal(secret: () => Promise<Uint8Array>): QuestionSeal {
  const bind = ({ http, mcpReq }: ServerContext): string =>
    `${mcpReq.method}\0${http?.authInfo?.token ?? ''}`;
  const codec = async () =>
    createRequestStateCodec<string>({ key: await secret(), ttlSeconds: ANSWERED_WITHIN_S, bind });
  return {
    mint: async (id, context) => (await codec()).mint(id, context),
    verify: async (sealed, context) => (await codec()).verify(sealed, context),
  };
}

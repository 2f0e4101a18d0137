import {
  type AuthInfo,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type Server,
} from '@modelcontextprotocol/server';
import type { Accounts, Admitted } from '../app/index.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { refusal } from './exchange.ts';
import type { Client } from './keys.ts';
import { callsIn, createSessions, type Sessions } from './sessions.ts';

export type Endpoint = {
  sessions: Sessions;
  /**
   * Answers a request at `/mcp`, of either protocol era.
   * @param messages the parsed body of a POST.
   * @param ended settles when the answer has been given, or nobody is left to take it.
   */
  answer(request: Request, messages: unknown, client: Client, ended: Promise<void>): Promise<Response>;
  close(): Promise<void>;
};

export type EndpointOptions = {
  accounts: Accounts;
  clock: Clock;
  log: Log;
  newSessionId(): string;
  /** A server for one connection over the rooms of one account. */
  build(services: Admitted['services']): Server;
};

export function createEndpoint({ accounts, clock, log, newSessionId, build }: EndpointOptions): Endpoint {
  const onerror = (error: Error): void => log('debug', 'protocol', { kind: error.name });
  /** The account that a call is for, of what was made in `authInfoOf`. */
  const serverFor = (authInfo: AuthInfo | undefined): Server => {
    const account = authInfo?.extra?.account as Admitted | undefined;
    if (account === undefined) throw new AppError('internal', 'A call came without an account.');
    return build(account.services);
  };
  const modern = createMcpHandler(({ authInfo }) => serverFor(authInfo), { legacy: 'reject', onerror });
  const sessions = createSessions({
    clock,
    newId: newSessionId,
    build: serverFor,
  });

  /** @throws AppError where the account cannot be known */
  async function respond(
    request: Request,
    messages: unknown,
    client: Client,
    ended: Promise<void>,
  ): Promise<Response> {
    const sessionId = request.headers.get('mcp-session-id');
    const session = sessionId === null ? undefined : sessions.find(sessionId, client.credential);
    if (sessionId !== null && session === undefined) return refusal(404, 'Session not found');
    const account = await accounts.admit(client.key);
    const authInfo = authInfoOf(client, account);
    if (callsIn(messages).length > 0) void ended.then(account.hold());
    return account.enter(async () => {
      if (session) return session.handle(request, messages, authInfo, ended);
      if (request.method === 'POST' && [messages].flat().some(isInitializeRequest)) {
        return sessions.begin(request, messages, authInfo, client.credential);
      }
      if (request.method !== 'POST') return refusal(405, 'Method not allowed', { allow: 'POST' });
      // Without a session nothing is known of what a client of this era can do, so nothing is done for it.
      if (await isLegacyRequest(request, messages)) {
        return refusal(400, 'Begin with initialize, and send the Mcp-Session-Id that it answers');
      }
      return modern.fetch(request, { authInfo, parsedBody: messages });
    });
  }

  return {
    sessions,
    async answer(request, messages, client, ended) {
      try {
        return await respond(request, messages, client, ended);
      } catch (thrown) {
        return failureOf(toAppError(thrown));
      }
    },
    async close() {
      await Promise.all([modern.close(), sessions.close()]);
    },
  };
}

const authInfoOf = (client: Client, account: Admitted): AuthInfo => ({
  token: client.credential, // The key itself stays here.
  clientId: client.person ?? client.credential,
  scopes: [],
  extra: { account, ...(client.person !== undefined && { person: client.person }) },
});

/** What kept an account from being known, as a status. */
function failureOf(error: AppError): Response {
  const message = `${error.message} ${error.next}`;
  if (error.code === 'unauthorized') return unauthorised(message);
  if (error.code === 'forbidden') return refusal(403, message);
  return error.code === 'internal' ? refusal(500, message) : refusal(503, message, { 'retry-after': '10' });
}

/** No OAuth is spoken here, so none is named. */
export const unauthorised = (message: string): Response =>
  refusal(401, message, { 'www-authenticate': 'Bearer realm="sent-contacts-mcp"' });

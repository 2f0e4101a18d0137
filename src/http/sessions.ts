import {
  type AuthInfo,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Clock } from '../runtime/index.ts';

/** A session that nobody called in for so long ends, streams or not; a client that comes back starts a new one. */
const IDLE_MS = 4 * 3_600_000;
/** About 70 kB each, stream and connection included (docs/team.md). The one used least makes room for a new one. */
const MAX_SESSIONS = 2_000;
/** Of one key or access token, so that nobody takes the room of all. */
const MAX_SESSIONS_OF_ONE = 200;
const LOOK_EVERY_MS = 60_000;

/** A client of the 2025 era, from `initialize` to its end: it can be asked, told and cancelled. */
export type Session = {
  readonly id: string;
  /** Whoever opened it; nobody else finds it. */
  readonly credential: string;
  /**
   * @param messages the parsed body; undefined where there is none.
   * @param ended settles when the answer has been given, or nobody is left to take it.
   */
  handle(request: Request, messages: unknown, authInfo: AuthInfo, ended: Promise<void>): Promise<Response>;
};

export type Sessions = {
  /** Answers `initialize`; the session begins with the answer. */
  begin(request: Request, messages: unknown, authInfo: AuthInfo, credential: string): Promise<Response>;
  find(id: string, credential: string): Session | undefined;
  /** Ends those whose credential fails the test. */
  endWhere(isOver: (credential: string) => boolean): void;
  count(): number;
  close(): Promise<void>;
};

type Kept = Session & { usedAt: number; calls: number; end(): Promise<void> };

export function createSessions(options: {
  clock: Clock;
  /** A new id that nobody can guess. */
  newId: () => string;
  build(authInfo: AuthInfo): Server;
  maxSessions?: number;
}): Sessions {
  const { clock } = options;
  const maxSessions = options.maxSessions ?? MAX_SESSIONS;
  const closing = new AbortController();
  /** The one used last is last. */
  const sessions = new Map<string, Kept>();

  const use = (session: Kept): void => {
    session.usedAt = clock.monotonic();
    if (!sessions.has(session.id)) return;
    sessions.delete(session.id);
    sessions.set(session.id, session);
  };
  /** The least used of these that is not at work. */
  const endLeastUsed = (isMeant: (session: Kept) => boolean): void => {
    for (const session of sessions.values())
      if (session.calls === 0 && isMeant(session)) return void session.end();
  };
  function makeRoom(credential: string): void {
    let own = 0;
    for (const session of sessions.values()) if (session.credential === credential) own++;
    if (own >= MAX_SESSIONS_OF_ONE) endLeastUsed((session) => session.credential === credential);
    if (sessions.size >= maxSessions) endLeastUsed(() => true);
  }
  async function endIdle(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, closing.signal);
      for (const session of sessions.values()) {
        if (session.calls === 0 && clock.monotonic() - session.usedAt > IDLE_MS) await session.end();
      }
    }
  }
  void endIdle();

  return {
    async begin(request, messages, authInfo, credential) {
      makeRoom(credential);
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: options.newId,
        onsessioninitialized: (id) => void sessions.set(id, sessionOf(id)),
      });
      const server = options.build(authInfo);
      const end = async (): Promise<void> => {
        if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
        await server.close();
      };
      const sessionOf = (id: string): Kept => {
        const session: Kept = {
          id,
          credential,
          usedAt: clock.monotonic(),
          calls: 0,
          end,
          handle(request, messages, authInfo, ended) {
            use(session);
            if (callsIn(messages).length > 0) {
              session.calls++;
              void ended.then(() => {
                session.calls--;
                use(session);
              });
            }
            return answer(transport, request, messages, authInfo);
          },
        };
        return session;
      };
      await server.connect(transport);
      const closed = transport.onclose;
      transport.onclose = () => {
        if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
        closed?.();
      };
      const response = await transport.handleRequest(request, { parsedBody: messages, authInfo });
      if (transport.sessionId === undefined) await end();
      return response;
    },
    find(id, credential) {
      const session = sessions.get(id);
      return session?.credential === credential ? session : undefined;
    },
    endWhere(isOver) {
      for (const session of sessions.values()) if (isOver(session.credential)) void session.end();
    },
    count: () => sessions.size,
    async close() {
      closing.abort();
      await Promise.all([...sessions.values()].map((session) => session.end()));
    },
  };
}

type Call = { method: string; id: string | number };

/** The calls among the messages of a body: they have an id and wait for an answer. */
export const callsIn = (messages: unknown): Call[] =>
  [messages].flat().filter((message): message is Call => {
    const { method, id } = (message ?? {}) as Partial<Call>;
    return typeof method === 'string' && (typeof id === 'string' || typeof id === 'number');
  });

/**
 * Passes a request to its session. A client that goes away cancels what it had called for, since its answer could never be
 * given; and a call that is cancelled ends its stream, which no answer would.
 */
async function answer(
  transport: WebStandardStreamableHTTPServerTransport,
  request: Request,
  messages: unknown,
  authInfo: AuthInfo,
): Promise<Response> {
  const cancel = (requestId: string | number): void =>
    transport.onmessage?.(
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } },
      { authInfo },
    );
  const calls = callsIn(messages);
  const gone = () => {
    for (const { id } of calls) cancel(id);
  };
  request.signal.addEventListener('abort', gone, { once: true });
  const response = await transport.handleRequest(request, {
    authInfo,
    ...(messages !== undefined && { parsedBody: messages }),
  });
  for (const requestId of cancelledBy(messages)) setImmediate(() => transport.closeSSEStream(requestId));
  return response;
}

const cancelledBy = (messages: unknown): (string | number)[] =>
  [messages].flat().flatMap((message) => {
    const { method, params } = (message ?? {}) as { method?: string; params?: { requestId?: unknown } };
    const id = params?.requestId;
    return method === 'notifications/cancelled' && (typeof id === 'string' || typeof id === 'number')
      ? [id]
      : [];
  });

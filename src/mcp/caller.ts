import { CLIENT_INFO_META_KEY, type Server, type ServerContext } from '@modelcontextprotocol/server';
import type { Act, Caller } from '../runtime/index.ts';
import { type ConfirmMode, canAsk, createConfirm, type QuestionSeal } from './confirm/index.ts';
import { inline } from './text.ts';

/** Whoever made this call, in either protocol era. */
export function callerOf(
  server: Server,
  { confirm, seal }: { confirm: ConfirmMode; seal?: QuestionSeal | undefined },
  context: ServerContext,
): Caller {
  const { mcpReq } = context;
  const progressToken = mcpReq._meta?.progressToken;
  let lastShown = -1;
  return {
    signal: mcpReq.signal,
    canAsk: confirm === 'never' || canAsk(server, context),
    confirm: (question, about = {}) =>
      createConfirm({ mode: about.always ? 'always' : confirm, seal }, server, context)(question, about),
    progress(done, total, message) {
      if (progressToken === undefined || done <= lastShown || mcpReq.signal.aborted) return;
      lastShown = done;
      const params = { progressToken, progress: done, message, ...(total !== undefined && { total }) };
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {}); // A client that left misses nothing.
    },
  };
}

/** The host as it names itself, and over HTTP the person whose access token came with the call. */
export function whoCalls(server: Server, context: ServerContext): Act['who'] {
  const envelope: Record<string, unknown> = context.mcpReq.envelope ?? {};
  const modern = envelope[CLIENT_INFO_META_KEY] as { name?: unknown; version?: unknown } | undefined;
  const { name, version } = modern ?? server.getClientVersion() ?? {};
  const person = context.http?.authInfo?.extra?.person;
  return {
    host: typeof name === 'string' && name !== '' ? inline(name, 60) : 'unknown',
    ...(typeof version === 'string' && version !== '' && { version: inline(version, 40) }),
    ...(typeof person === 'string' && { person: inline(person, 60) }),
  };
}

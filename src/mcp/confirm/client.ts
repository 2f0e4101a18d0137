import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

/** What the client can do: said with its handshake in one protocol era, with each request in the other. */
export function capabilitiesOf(server: Server, context: ServerContext): ClientCapabilities {
  const envelope: Record<string, unknown> = context.mcpReq.envelope ?? {};
  const ofRequest = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  return ofRequest ?? server.getClientCapabilities() ?? {};
}

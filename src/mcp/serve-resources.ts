import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Services } from './tool.ts';

/** A request about resources. */
export type Visit = { server: Server; services(): Promise<Services>; context: ServerContext };
export type ListedResource = { uri: string; name: string; mimeType: string };

/** What can be read at an address, or at each of the addresses that a variable at its end makes. */
export type Resource = {
  name: string;
  address: string;
  title: string;
  description: string;
  mimeType: string;
  /** Those that a list names, where the address has a variable. */
  list?(visit: Visit): ListedResource[] | Promise<ListedResource[]>;
  /** Offers values for what was typed of the variable. */
  complete?: Readonly<Record<string, (typed: string, services: Services) => Promise<string[]>>>;
  /** @throws ResourceNotFoundError */
  read(
    visit: Visit,
    uri: string,
    variable: string,
  ): Promise<{ text: string; _meta?: Record<string, unknown> }>;
};

/** The variable of an address; undefined where the address is no such one. */
function variableIn(uri: string, { address }: Resource): string | undefined {
  const [start = '', variable] = address.split('{');
  if (variable === undefined) return uri === address ? '' : undefined;
  const rest = uri.startsWith(start) ? uri.slice(start.length) : '';
  return rest === '' || /[/,]/.test(rest) ? undefined : rest;
}

/** @throws ProtocolError for an address that no resource has. */
export function resourceWith(resources: readonly Resource[], address: string): Resource {
  const found = resources.find((resource) => resource.address === address);
  if (found === undefined) {
    const message = `Resource template ${address} not found`;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
  }
  return found;
}

export function serveResources(
  server: Server,
  resources: readonly Resource[],
  services: () => Promise<Services>,
): void {
  const templates = resources.filter(({ address }) => address.includes('{'));
  const single = resources.filter((resource) => !templates.includes(resource));

  server.setRequestHandler('resources/list', async (_request, context) => {
    const listed = await Promise.all(
      templates.map(async ({ title, description, list }) =>
        ((await list?.({ server, services, context })) ?? []).map((one) => ({ title, description, ...one })),
      ),
    );
    const singles = single.map(({ address, name, title, description, mimeType }) => ({
      uri: address,
      name,
      title,
      description,
      mimeType,
    }));
    return { resources: [...singles, ...listed.flat()] };
  });
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: templates.map(({ address, name, title, description, mimeType }) => ({
      name,
      uriTemplate: address,
      title,
      description,
      mimeType,
    })),
  }));
  server.setRequestHandler('resources/read', async ({ params }, context) => {
    const { uri: given } = params;
    if (!URL.canParse(given)) {
      const reason = { uri: given, reason: 'invalid_uri' };
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Resource URI ${given} is invalid`, reason);
    }
    const uri = new URL(given).href;
    for (const resource of resources) {
      const variable = variableIn(uri, resource);
      if (variable === undefined) continue;
      const { mimeType, read } = resource;
      return { contents: [{ uri, mimeType, ...(await read({ server, services, context }, uri, variable)) }] };
    }
    throw new ResourceNotFoundError(given);
  });
}

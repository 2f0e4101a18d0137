import { ResourceNotFoundError, type Server, type ServerContext } from '@modelcontextprotocol/server';
import { capabilitiesOf } from '../confirm/index.ts';
import type { Resource } from '../serve-resources.ts';

/** The extension of MCP by which a tool has a page of its own (MCP Apps, 2026-01-26). */
export const VIEWS_EXTENSION = 'io.modelcontextprotocol/ui';
const MIME_TYPE = 'text/html;profile=mcp-app';

type Page = Exclude<keyof typeof import('./pages.json'), 'style' | 'default'>;
const TITLES: Record<Page, string> = {
  contacts: 'Contacts found',
  import: 'What an import will do',
  plan: 'Who will get what',
  send: 'What became of a send',
};
/** The tools that have a page, by name. */
const PAGE_OF: Readonly<Record<string, Page>> = {
  search_contacts: 'contacts',
  update_contact: 'plan',
  delete_contact: 'plan',
  import_contacts: 'import',
  send_message: 'plan',
  get_message: 'send',
};

const addressOf = (page: Page): string => `ui://sent-contacts/${page}.html`;

/** A page with its style and script inline: nothing is fetched from anywhere. */
async function htmlOf(page: Page): Promise<string> {
  const { default: pages } = await import('./pages.json', { with: { type: 'json' } });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${TITLES[page]}</title><style>${pages.style}</style><body><main></main><script>${pages[page]}</script>`;
}

/** What a client can show is said with its handshake in one protocol era and with each request in the other. */
const canShow = (server: Server, context: ServerContext): boolean =>
  capabilitiesOf(server, context).extensions?.[VIEWS_EXTENSION] !== undefined;

/** What a tool says of its page, to clients that can show it; others are told of none. */
export function viewOf(
  tool: string,
  server: Server,
  context: ServerContext,
): { _meta?: { ui: { resourceUri: string } } } {
  const page = canShow(server, context) ? PAGE_OF[tool] : undefined;
  return page ? { _meta: { ui: { resourceUri: addressOf(page) } } } : {};
}

/** The pages of these tools. */
export function viewsFor(tools: readonly string[]): Resource {
  const pages = [...new Set(tools.flatMap((name) => PAGE_OF[name] ?? []))];
  return {
    name: 'view',
    address: 'ui://sent-contacts/{page}',
    title: 'View',
    description: 'A page that shows the result of a tool.',
    mimeType: MIME_TYPE,
    list: ({ server, context }) =>
      (canShow(server, context) ? pages : []).map((page) => ({
        uri: addressOf(page),
        name: TITLES[page],
        mimeType: MIME_TYPE,
      })),
    async read(_visit, uri) {
      const page = pages.find((name) => addressOf(name) === uri);
      if (page === undefined) throw new ResourceNotFoundError(uri);
      return { text: await htmlOf(page), _meta: { ui: { csp: {}, prefersBorder: true } } };
    },
  };
}

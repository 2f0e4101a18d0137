import {
  type McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { capabilitiesOf } from '../confirm/index.ts';
import type { Tool } from '../tool.ts';

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

/**
 * Gives tools their pages, for clients that can show them; others are told of none. What a client can show is said
 * with its handshake in one protocol era and with each request in the other.
 */
export function registerViews(server: McpServer, tools: readonly Tool[]): void {
  const canShow = (context: ServerContext): boolean =>
    capabilitiesOf(server, context).extensions?.[VIEWS_EXTENSION] !== undefined;
  const pagesNamed = [...new Set(tools.flatMap(({ name }) => PAGE_OF[name] ?? []))];

  server.server.setRequestHandler('tools/list', (_request, context) => ({
    tools: tools.map((tool) => {
      const page = canShow(context) ? PAGE_OF[tool.name] : undefined;
      return { ...tool.published(), ...(page && { _meta: { ui: { resourceUri: addressOf(page) } } }) };
    }),
  }));

  server.registerResource(
    'view',
    new ResourceTemplate('ui://sent-contacts/{page}', {
      list: (context: ServerContext) => ({
        resources: (canShow(context) ? pagesNamed : []).map((page) => ({
          uri: addressOf(page),
          name: TITLES[page],
          mimeType: MIME_TYPE,
        })),
      }),
    }),
    { title: 'View', description: 'A page that shows the result of a tool.', mimeType: MIME_TYPE },
    async (uri: URL) => {
      const page = pagesNamed.find((name) => addressOf(name) === uri.href);
      if (page === undefined) throw new ResourceNotFoundError(uri.href);
      const _meta = { ui: { csp: {}, prefersBorder: true } };
      return { contents: [{ uri: uri.href, mimeType: MIME_TYPE, text: await htmlOf(page), _meta }] };
    },
  );
}

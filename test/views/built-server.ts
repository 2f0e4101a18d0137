/** The built executable with its demo, as a host that can show views starts it. */
import { resolve } from 'node:path';
import { Client as V2Client } from '@modelcontextprotocol/client';
import { StdioClientTransport as V2Stdio } from '@modelcontextprotocol/client/stdio';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as V1Stdio } from '@modelcontextprotocol/sdk/client/stdio.js';

export const ERAS = ['v1', 'modern'] as const;
export type Era = (typeof ERAS)[number];
export type Result = Record<string, unknown> & { structuredContent: Record<string, unknown> };

const EXTENSIONS = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };

export async function startServer(era: Era, options: { showsViews?: boolean } = {}) {
  const command = {
    command: process.execPath,
    args: [resolve('dist/sent-contacts-mcp.cjs'), '--demo'],
    env: { PATH: process.env.PATH ?? '' },
    stderr: 'pipe' as const,
  };
  const capabilities = options.showsViews === false ? {} : { extensions: EXTENSIONS };
  const client =
    era === 'v1'
      ? new V1Client({ name: 'test', version: '1.0.0' }, { capabilities })
      : new V2Client(
          { name: 'test', version: '1.0.0' },
          { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } },
        );
  if (client instanceof V1Client) await client.connect(new V1Stdio(command));
  else await client.connect(new V2Stdio(command));

  const listTools = async () => (await client.listTools()).tools;
  return {
    listTools,
    listResources: async () => (await client.listResources()).resources,
    call: async (name: string, input: Record<string, unknown>) =>
      (await client.callTool({ name, arguments: input })) as unknown as Result,
    /** The page that a tool names. */
    async pageOf(tool: string): Promise<string> {
      const meta = (await listTools()).find(({ name }) => name === tool)?._meta;
      const { resourceUri } = (meta?.ui ?? {}) as { resourceUri: string };
      const { contents } = await client.readResource({ uri: resourceUri });
      return (contents[0] as unknown as { text: string }).text;
    },
    close: () => client.close(),
  };
}

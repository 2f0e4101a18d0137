/** What the SDK alone costs: its own way to serve a single tool that does nothing, bundled as this server is. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod/v4';

serveStdio(() => {
  const server = new McpServer({ name: 'bare', version: '0' });
  const inputSchema = z.strictObject({});
  server.registerTool('nothing', { description: 'Does nothing.', inputSchema }, async () => ({
    content: [],
  }));
  return server;
});

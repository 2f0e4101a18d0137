import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';

/** Serves the page of a small host, the official bridge in it, on this machine alone. */
export async function serveHostPage(options: {
  port?: number;
  /** What stands in the page; its script is `/host.js`. */
  html?: string;
  /** Answers a POST of JSON to `/call`. */
  call?: (body: { name: string; input: Record<string, unknown> }) => Promise<unknown>;
}): Promise<{ url: string; server: Server }> {
  const { outputFiles } = await build({
    entryPoints: ['scripts/view-host/page.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
  });
  const script = outputFiles[0]?.text ?? '';
  const html =
    options.html ??
    '<!doctype html><title>host</title><link rel="icon" href="data:,"><script src="/host.js"></script>';
  const server = createServer(async (request, response) => {
    if (request.url === '/call' && request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(await options.call?.(JSON.parse(body))));
      return;
    }
    const isScript = request.url === '/host.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

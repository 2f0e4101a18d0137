/** The page of a host, as a browser runs it: the official bridge around one view in a sandboxed frame. */
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

type Opened = {
  html: string;
  theme: 'light' | 'dark';
  locale: string;
  serverTools: boolean;
  input: Record<string, unknown>;
  result: Record<string, unknown>;
};

declare global {
  interface Window {
    /** Given by the test: calls a tool of the server. */
    callTool(name: string, input: unknown): Promise<Record<string, unknown>>;
    openView(opened: Opened): Promise<void>;
    ping(): Promise<unknown>;
    tearDown(): Promise<unknown>;
    sizes: { width?: number; height?: number }[];
    shownAfterMs: number;
  }
}

/** What hosts allow a page: nothing but what is in it. */
const CSP = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

window.sizes = [];
window.openView = async ({ html, theme, locale, serverTools, input, result }) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'view';
  frame.style.cssText = 'width:100%;height:900px;border:0';
  frame.srcdoc = html.replace('<meta', `<meta http-equiv="Content-Security-Policy" content="${CSP}"><meta`);
  const place = document.querySelector('#view') ?? document.body;
  place.replaceChildren(frame);
  document.body.style.margin = '0';
  const target = frame.contentWindow;
  if (target === null) throw new Error('no frame');
  const bridge = new AppBridge(
    null,
    { name: 'test-host', version: '1.0.0' },
    { ...(serverTools && { serverTools: {} }) },
    { hostContext: { theme, locale, timeZone: 'UTC', displayMode: 'inline' } },
  );
  bridge.oncalltool = async ({ name, arguments: args }) => (await window.callTool(name, args)) as never;
  bridge.onsizechange = (size) => void window.sizes.push(size);
  const ready = new Promise<void>((resolve) => {
    bridge.oninitialized = () => resolve();
  });
  await bridge.connect(new PostMessageTransport(target, target));
  await ready;
  await bridge.sendToolInput({ arguments: input });
  await bridge.sendToolResult(result as never);
  window.ping = () => bridge.request({ method: 'ping' }, undefined as never).catch(() => 'no answer');
  window.tearDown = () => bridge.teardownResource({});
};

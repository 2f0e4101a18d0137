/**
 * The page's side of MCP Apps (spec 2026-01-26): JSON-RPC with the host by postMessage. Takes over theme, locale and
 * time zone, says how tall the page is, answers ping and teardown, and hands over each result of the tool.
 */
export type ToolResult = {
  content?: readonly { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
};
export type Host = {
  /** BCP 47; the host's, else the browser's. */
  readonly locale: string | undefined;
  readonly timeZone: string | undefined;
  /** What the tool was called with. */
  readonly input: Record<string, unknown>;
  /** Whether the host lets the page call tools of its own server. */
  readonly canCallTools: boolean;
  callTool(name: string, input: Record<string, unknown>): Promise<ToolResult>;
};

type Context = {
  theme?: 'light' | 'dark';
  locale?: string;
  timeZone?: string;
  styles?: { variables?: Record<string, string | undefined> };
};
type Message = {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { message?: string };
};

/** Connects the page to its host, and calls `show` for every result; what `show` throws is shown as the plain text. */
export function connectHost(show: (data: Record<string, unknown>, host: Host) => void): void {
  const waiting = new Map<number | string, (message: Message) => void>();
  const context: Context = {};
  let input: Record<string, unknown> = {};
  let canCallTools = false;
  let lastId = 0;

  const send = (message: Message): void => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const request = (method: string, params: Record<string, unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      send({ id, method, params });
    });

  const host: Host = {
    get locale() {
      return context.locale;
    },
    get timeZone() {
      return context.timeZone;
    },
    get input() {
      return input;
    },
    get canCallTools() {
      return canCallTools;
    },
    callTool: (name, args) => request('tools/call', { name, arguments: args }) as Promise<ToolResult>,
  };

  function take(changes: Context): void {
    Object.assign(context, changes);
    const { style, lang } = document.documentElement;
    if (changes.theme) style.colorScheme = changes.theme;
    for (const [name, value] of Object.entries(changes.styles?.variables ?? {}))
      if (value !== undefined) style.setProperty(name, value);
    document.documentElement.lang = changes.locale ?? lang;
  }

  function showResult(result: ToolResult): void {
    try {
      if (result.isError || !result.structuredContent) throw new Error();
      show(result.structuredContent, host);
    } catch {
      // Whatever is wrong with the page, what the tool answered is there to be read.
      const text = (result.content ?? []).map((part) => part.text ?? '').join('\n');
      const plain = document.createElement('pre');
      plain.textContent = text;
      document.body.replaceChildren(plain);
    }
  }

  const resizes = new ResizeObserver(() => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    const params = { width: Math.ceil(width), height: Math.ceil(height) };
    send({ method: 'ui/notifications/size-changed', params });
  });

  const handlers: Record<string, (params: Record<string, unknown>) => unknown> = {
    ping: () => ({}),
    'ui/resource-teardown': () => {
      resizes.disconnect();
      return {};
    },
    'ui/notifications/tool-input': (params) => {
      input = (params.arguments ?? {}) as typeof input;
    },
    'ui/notifications/tool-result': (params) => showResult(params as ToolResult),
    'ui/notifications/tool-cancelled': () => showResult({ content: [{ type: 'text', text: 'Cancelled.' }] }),
    'ui/notifications/host-context-changed': (params) => take(params as Context),
  };

  addEventListener('message', ({ source, data }: MessageEvent<Message>) => {
    if (source !== parent || typeof data !== 'object' || data === null) return;
    const { id, method, params = {} } = data;
    if (method === undefined) {
      if (id !== undefined) waiting.get(id)?.(data);
      waiting.delete(id ?? '');
      return;
    }
    const result = handlers[method]?.(params);
    if (id === undefined) return;
    if (result) send({ id, result });
    else send({ id, error: { code: -32601, message: 'Method not found' } as Message['error'] & object });
  });

  void request('ui/initialize', {
    protocolVersion: '2026-01-26',
    appInfo: { name: 'sent-contacts-mcp', version: '1' },
    appCapabilities: {},
  }).then((answer) => {
    const { hostContext, hostCapabilities } = answer as {
      hostContext?: Context;
      hostCapabilities?: { serverTools?: object };
    };
    canCallTools = hostCapabilities?.serverTools !== undefined;
    take(hostContext ?? {});
    send({ method: 'ui/notifications/initialized', params: {} });
    resizes.observe(document.documentElement);
  });
}

/** The least that can be called an MCP server: what starting Node and answering two requests costs without any of our work. */
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'null', version: '0' },
  }),
  'tools/list': () => ({ tools: [] }),
};
let text = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (text + chunk).split('\n');
  text = lines.pop();
  for (const { id, method, params } of lines.map((line) => JSON.parse(line))) {
    const result = answers[method]?.(params);
    if (result) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  }
});

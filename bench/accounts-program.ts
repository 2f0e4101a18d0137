/** Many accounts behind one address, as a program: `<accounts> <contacts of each>`; tells its URL and their keys. */
import { createSimulator } from '../src/simulator/index.ts';
import { serve } from '../src/simulator/transport/index.ts';

const [accounts = 1, contacts = 60] = process.argv.slice(2).map(Number);
const keys = Array.from({ length: accounts }, (_, account) => `sk_test_account_${account}`);
const simulators = new Map(
  keys.map((key, account) => {
    const options = { key, account, contacts, metadata: 'ignored', requestsKept: 0 } as const;
    return [key, createSimulator(options)];
  }),
);

void serve(async (request) => {
  const { fetch } = simulators.get(request.headers.get('x-api-key') ?? '') ?? createSimulator();
  return { end: 'answer', response: await fetch(request) };
}, 0).then(({ url }) => process.send?.({ url, keys }));
process.once('disconnect', () => process.exit());

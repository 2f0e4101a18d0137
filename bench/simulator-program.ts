/** The simulator as a program: `<contacts> <key>`; tells its URL. */
import { startSimulator } from '../src/simulator/simulator.ts';

const [contacts, key = ''] = process.argv.slice(2);
void startSimulator({ contacts: Number(contacts), key }).then(({ url, requests }) => {
  // What was asked is recorded for tests; here it would only grow.
  setInterval(() => requests.splice(0), 1000);
  process.send?.(url);
});
process.once('disconnect', () => process.exit());

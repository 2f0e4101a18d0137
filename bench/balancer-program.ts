/** The balancer as a program: the addresses of the instances; tells its own. */
import { startBalancer } from '../scripts/balancer.ts';

void startBalancer(process.argv.slice(2)).then(({ url }) => process.send?.(url));
process.once('disconnect', () => process.exit());

import { connectHost } from './host.ts';

connectHost(() => {});

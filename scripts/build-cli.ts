import { statSync } from 'node:fs';
import { bundle, EXECUTABLE } from './build.ts';

const { outputs } = await bundle();
console.log(`${EXECUTABLE}: ${Math.round(statSync(EXECUTABLE).size / 1000)} kB`);
if (process.argv.includes('--why')) {
  const packages = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs),
  )) {
    const name =
      /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/').slice(0, 2).join('/');
    packages.set(name, (packages.get(name) ?? 0) + bytesInOutput);
  }
  for (const [name, bytes] of [...packages].sort((a, b) => b[1] - a[1])) console.log(`${bytes}\t${name}`);
}

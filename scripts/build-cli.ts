import { chmodSync, statSync } from 'node:fs';
import { bundle } from './build.ts';

const { metafile } = await bundle();
const [file = ''] = Object.keys(metafile.outputs);
chmodSync(file, 0o755);
console.log(`${file}: ${Math.round(statSync(file).size / 1000)} kB`);
if (process.argv.includes('--why')) {
  const inputs = Object.entries(metafile.outputs[file]?.inputs ?? {});
  const packages = new Map<string, number>();
  for (const [path, { bytesInOutput }] of inputs) {
    const name =
      /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/').slice(0, 2).join('/');
    packages.set(name, (packages.get(name) ?? 0) + bytesInOutput);
  }
  for (const [name, bytes] of [...packages].sort((a, b) => b[1] - a[1])) console.log(`${bytes}\t${name}`);
}

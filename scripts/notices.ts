import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

type Notice = { name: string; version: string; licence: string; text: string };

/** The packages of which anything is in the build, by what it was really made of. */
export function packagesIn({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll('\\', '/'))?.[1] ?? [],
  );
  return [...new Set(folders)].sort();
}

/** @throws Error for a package that says under no licence that it may be passed on. */
function noticeOf(folder: string): Notice {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${name} names no licence: leave it out, or say here what it is.`);
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  const holder = typeof author === 'string' ? author : (author?.name ?? `The authors of ${name}`);
  const text =
    file === undefined ? `Copyright (c) ${holder}` : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, licence: license, text };
}

/** What must be passed on with the build: each package in it, its licence and the licence's words. */
export function noticesFor(metafile: Metafile): string {
  const notices = packagesIn(metafile)
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map(noticeOf);
  const parts = notices.map(
    ({ name, version, licence, text }) =>
      `## ${name} ${version} (${licence})\n\n\`\`\`text\n${text.replaceAll('```', "'''")}\n\`\`\`\n`,
  );
  return `# Third-party notices\n\nsent-contacts-mcp is one file that holds parts of these packages.\n\n${parts.join('\n')}`;
}

import { dirname, join } from 'node:path';
import type { ConfigFile } from '../files/index.ts';

const READABLE_BY_OTHERS = 0o044;

/** Who else would see a key in this file, a sentence each; for the person to know before it is written. */
export function exposureOf(
  { path, target, previous }: ConfigFile,
  { platform, exists }: { platform: NodeJS.Platform; exists: (path: string) => boolean },
): string[] {
  const warnings: string[] = [];
  if (platform !== 'win32' && previous && previous.mode & READABLE_BY_OTHERS) {
    warnings.push(
      `Other users of this machine can read ${target}, and a key goes into it: run chmod 600 on it.`,
    );
  }
  const repository = repositoryOf(target, exists);
  if (repository !== undefined) {
    const how = target === path ? `${path} lies` : `${path} is a link`;
    warnings.push(
      `${how} in${target === path ? '' : 'to'} the repository ${repository}: do not commit it with a key in it.`,
    );
  }
  return warnings;
}

/** The folder of the git repository that the file is in. */
function repositoryOf(file: string, exists: (path: string) => boolean): string | undefined {
  let folder = dirname(file);
  while (!exists(join(folder, '.git'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../scripts/build.ts';

/** Makes the executable anew, so that the tests never drive an old one, and keeps what lasts out of the user's own folder. */
export const setup = async () => {
  process.env.XDG_STATE_HOME = mkdtempSync(join(tmpdir(), 'sent-tests-'));
  await bundle();
};
export const teardown = () => rmSync(process.env.XDG_STATE_HOME ?? '', { recursive: true, force: true });

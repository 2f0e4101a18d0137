/** Makes sent-contacts.mcpb, which Claude Desktop installs with one click: manifest, icon, licences and the executable. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension, validateManifest } from '@anthropic-ai/mcpb';
import { bundle, EXECUTABLE, NOTICES } from './build.ts';

const BUNDLE = 'sent-contacts.mcpb';
const PARTS = ['manifest.json', 'assets/icon.png', 'LICENSE', EXECUTABLE, NOTICES];

async function pack(): Promise<boolean> {
  await bundle();
  const folder = mkdtempSync(join(tmpdir(), 'mcpb-'));
  try {
    for (const part of PARTS) cpSync(part, join(folder, part));
    if (!validateManifest(join(folder, 'manifest.json'))) return false;
    return await packExtension({ extensionPath: folder, outputPath: BUNDLE, silent: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

pack().then((done) => {
  if (!done) process.exitCode = 1;
  else console.log(BUNDLE);
});

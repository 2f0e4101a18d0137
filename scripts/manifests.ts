/**
 * Writes into manifest.json and server.json what follows from the code: version, tools, prompts and settings. With
 * --check it changes nothing and fails where they are out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { version } from '../package.json';
import { SETTINGS } from '../src/config/index.ts';
import { PROMPTS } from '../src/mcp/prompts.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

/** What a host says in the person's name when they choose a prompt; the server's own words are longer. */
const PROMPT_TEXTS: Record<(typeof PROMPTS)[number]['name'], { arguments: string[]; text: string }> = {
  find_contacts: {
    arguments: ['question'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the host fills it in.
    text: 'Answer this about the contacts of the Sent account: ${arguments.question}',
  },
  message_audience: {
    arguments: ['audience', 'template'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the host fills it in.
    text: 'Prepare the template ${arguments.template} for ${arguments.audience}, with a preview first.',
  },
  review_opt_outs: { arguments: [], text: 'Review who opted out, where and since when. Change nothing.' },
};

const files: Record<string, (json: Record<string, unknown>) => Record<string, unknown>> = {
  'manifest.json': (manifest) => ({
    ...manifest,
    version,
    tools: TOOLS.map(({ name, title }) => ({ name, description: title })),
    prompts: PROMPTS.map(({ name, description }) => ({ name, description, ...PROMPT_TEXTS[name] })),
  }),
  'server.json': (server) => ({
    ...server,
    version,
    packages: (server.packages as object[]).map((entry) => ({
      ...entry,
      version,
      environmentVariables: Object.entries(SETTINGS)
        .filter(([, setting]) => !('team' in setting))
        .map(([key, { variables, meaning }]) => ({
          name: variables[0],
          description: meaning,
          isRequired: key === 'apiKey',
          isSecret: key === 'apiKey',
          format:
            key === 'timeoutMs'
              ? 'number'
              : 'boolean' in SETTINGS[key as keyof typeof SETTINGS]
                ? 'boolean'
                : 'string',
        })),
    })),
  }),
};

for (const [file, written] of Object.entries(files)) {
  const before = JSON.parse(readFileSync(file, 'utf8'));
  const after = written(before);
  if (JSON.stringify(after) === JSON.stringify(before)) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} is out of date: run npm run docs`);
    process.exitCode = 1;
  } else writeFileSync(file, `${JSON.stringify(after, null, 2)}\n`);
}

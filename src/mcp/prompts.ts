import { completable, type GetPromptResult, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import { inline } from './text.ts';
import type { Services } from './tool.ts';

/** Prompts: name and title as hosts list them; the manifest is compared with this. */
export const PROMPTS = [
  { name: 'find_contacts', title: 'Find contacts', description: 'Answer a question about the contacts.' },
  {
    name: 'message_audience',
    title: 'Message an audience',
    description: 'Send a template to a group, with a preview first.',
  },
  { name: 'review_opt_outs', title: 'Review opt-outs', description: 'Who opted out, where and since when.' },
] as const;

const said = (text: string): GetPromptResult => ({
  messages: [{ role: 'user', content: { type: 'text', text } }],
});
const quoted = (text: string): string => JSON.stringify(inline(text, 1000).replace(/^"|"$/g, ''));

export function registerPrompts(server: McpServer, { messages, failed }: Services): void {
  const [find, audience, optOuts] = PROMPTS;

  const templateName = completable(z.string(), async (typed) => {
    try {
      const signal = AbortSignal.timeout(5_000);
      const { templates } = await messages.templates.list({ limit: 100, status: 'APPROVED' }, signal);
      return templates.map(({ name }) => name).filter((name) => name.startsWith(typed));
    } catch (error) {
      failed('completion', error);
      return [];
    }
  });

  server.registerPrompt(
    find.name,
    { ...find, argsSchema: z.object({ question: z.string() }) },
    ({ question }) =>
      said(
        `Answer this question about the contacts of the Sent account: ${quoted(question)}\nUse search_contacts: group_by for counts, filters for lists, get_contact for one person. Say how many match, and whether the answer is complete.`,
      ),
  );

  server.registerPrompt(
    audience.name,
    { ...audience, argsSchema: z.object({ audience: z.string(), template: templateName }) },
    (args) =>
      said(
        `Prepare a message with the template ${quoted(args.template)} to ${quoted(args.audience)}.\n1. Find the template with list_templates and ask me for its variables.\n2. Find the people with search_contacts, opt_out: false; tell me how many.\n3. Call send_message with preview: true and show me the plan.\n4. Send only after I say yes. Then report how many were accepted, and check one with get_message.`,
      ),
  );

  server.registerPrompt(optOuts.name, { ...optOuts }, () =>
    said(
      'Review who opted out: search_contacts with opt_out: true and group_by: country for the counts, then sorted by recently_updated for the latest. Change nothing: opting somebody back in needs their consent.',
    ),
  );
}

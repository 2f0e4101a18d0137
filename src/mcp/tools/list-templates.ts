import * as z from 'zod/v4';
import type { Template, TemplatePage } from '../../messages/index.ts';
import { count, inline, inlineList, lines } from '../text.ts';
import { defineTool } from '../tool.ts';

/** GET /v3/templates, all pages, filtered here: the API has no filter by channel and no exact name. */
export const listTemplates = defineTool({
  name: 'list_templates',
  title: 'List templates',
  description:
    'Message templates of the account, with the variables that send_message must give values for. Only APPROVED ones can be sent. Sent does not show their wording.',
  effect: 'read',
  input: () =>
    z.strictObject({
      query: z.string().min(1).optional().describe('words of the name'),
      status: z.string().min(1).optional().describe('APPROVED, PENDING, REJECTED …'),
      category: z.string().min(1).optional().describe('MARKETING, UTILITY, AUTHENTICATION'),
      channel: z.enum(['sms', 'whatsapp', 'rcs']).optional(),
      limit: z.int().min(1).max(100).default(20),
      cursor: z.string().min(1).optional(),
    }),
  output: () =>
    z.looseObject({
      templates: z.array(
        z.looseObject({
          id: z.string(),
          name: z.string(),
          category: z.string().optional(),
          language: z.string().optional(),
          status: z.string().optional(),
          channels: z.array(z.string()),
          variables: z.array(z.string()),
        }),
      ),
      total: z.number(),
      next_cursor: z.string().optional(),
    }),
  run: (input, { messages, caller }): Promise<TemplatePage> => messages.templates.list(input, caller.signal),
  render: ({ templates, total, next_cursor }) =>
    lines(
      `${count(total, 'template')}${templates.length < total ? `; ${templates.length} shown` : ''}${next_cursor ? `, next: cursor ${next_cursor}` : ''}${total > 0 ? ':' : '.'}`,
      templates.map(templateLine),
    ),
});

export const templateLine = (template: Template): string =>
  [
    inline(template.name),
    inline(template.id, 200),
    inline(template.status ?? '-'),
    inline(template.category ?? '-'),
    inline(template.language ?? '-'),
    template.channels
      .slice(0, 10)
      .map((channel) => inline(channel))
      .join() || '-',
    `variables: ${inlineList(template.variables) || 'none'}`,
  ].join(' | ');

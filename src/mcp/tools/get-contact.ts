import * as z from 'zod/v4';
import type { FullContact } from '../../contacts/index.ts';
import { count, inline, inlineList, lines } from '../text.ts';
import { defineTool } from '../tool.ts';
import { contactText } from './render.ts';
import { contactKey, contactOutput } from './schemas.ts';

const engagementOutput = z.looseObject({
  message_count: z.number(),
  first_message_at: z.string().optional(),
  last_message_at: z.string().optional(),
  channels_used: z.array(z.string()),
  channel_scores: z.array(
    z.looseObject({
      channel: z.string(),
      success_score: z.number().optional(),
      fail_score: z.number().optional(),
    }),
  ),
});
type Engagement = z.infer<typeof engagementOutput>;
type Output = { contact: FullContact; engagement?: Engagement };

/** GET /v3/contacts/{id} or ?phone=, and GET /v3/contacts/{id}/message-summary. */
export const getContact = defineTool({
  name: 'get_contact',
  title: 'Get a contact',
  description:
    'Everything about one contact: number in every format, channels, default channel, opt-out, metadata; with include_engagement also how many messages, when, and how well each channel works, in percent. Give contact_id or phone_number. To find people use search_contacts.',
  effect: 'read',
  input: () =>
    z.strictObject({
      ...contactKey,
      include_engagement: z.boolean().optional(),
    }),
  output: () =>
    z.looseObject({
      contact: contactOutput.extend({
        format_international: z.string().optional(),
        format_national: z.string().optional(),
        format_rfc: z.string().optional(),
        country_code: z.string().optional(),
        is_inherited: z.boolean().optional(),
      }),
      engagement: engagementOutput.optional(),
    }),
  run: async ({ include_engagement, ...key }, { contacts, caller }): Promise<Output> => {
    const contact = await contacts.get(key, caller);
    if (!include_engagement || contact.in_sent === false) return { contact };
    return { contact, engagement: (await contacts.engagement(contact.id, caller)) as Engagement };
  },
  render: ({ contact, engagement }) => lines(contactText(contact), engagement && engagementLines(engagement)),
});

const engagementLines = (engagement: Engagement): string[] => [
  engagement.message_count === 0
    ? 'Engagement: no messages yet.'
    : `Engagement: ${count(engagement.message_count, 'message')}, first ${inline(engagement.first_message_at ?? '-')}, last ${inline(engagement.last_message_at ?? '-')}, on ${inlineList(engagement.channels_used) || '-'}.`,
  ...engagement.channel_scores.map(
    ({ channel, success_score, fail_score }) =>
      `${inline(channel)}: success ${percent(success_score)}, failure ${percent(fail_score)}`,
  ),
];

const percent = (score: number | undefined): string => (score === undefined ? '?' : `${score} %`);

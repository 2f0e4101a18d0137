/** Ids and times of the simulator are the same in every run, as its clock stands still. */
export const NUMBER = '+33675426683';

/** A typical call of each tool, as hosts make them, over the book of 60. */
export const CALLS: [title: string, name: string, args: Record<string, unknown>][] = [
  ['a plain list', 'search_contacts', { limit: 3 }],
  ['a question', 'search_contacts', { country: 'Brasil', channel: 'whatsapp', limit: 2 }],
  ['a count', 'search_contacts', { group_by: 'country' }],
  ['nothing found', 'search_contacts', { query: 'qqqq' }],
  ['an exact number', 'search_contacts', { phone_number: NUMBER }],
  ['a contact', 'get_contact', { phone_number: NUMBER, include_engagement: true }],
  ['a new contact', 'create_contact', { phone_number: '+1 (415) 555-0142', default_channel: 'whatsapp' }],
  ['a contact that exists', 'create_contact', { phone_number: NUMBER }],
  ['a number that no plan knows', 'create_contact', { phone_number: '+1234567890' }],
  [
    'a change',
    'update_contact',
    { phone_number: NUMBER, opt_out: true, metadata: { segment: 'vip', city: null } },
  ],
  ['a dry run', 'update_contact', { phone_number: NUMBER, opt_out: true, sandbox: true }],
  ['a deletion', 'delete_contact', { phone_number: NUMBER }],
  ['templates', 'list_templates', { status: 'approved', limit: 2 }],
  ['a send', 'send_message', { to: [NUMBER], template: { name: 'welcome', parameters: { name: 'Zoë' } } }],
  [
    'a preview',
    'send_message',
    { to: [NUMBER], text: 'Hello', channels: ['sms', 'whatsapp'], preview: true },
  ],
  ['a dry send', 'send_message', { to: [NUMBER], text: 'Hello', sandbox: true }],
  ['a look-up', 'lookup_number', { phone_number: NUMBER }],
];

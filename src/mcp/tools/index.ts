import type { Tool } from '../tool.ts';
import { createContact } from './create-contact.ts';
import { deleteContact } from './delete-contact.ts';
import { getContact } from './get-contact.ts';
import { getMessage } from './get-message.ts';
import { importContacts } from './import-contacts.ts';
import { listTemplates } from './list-templates.ts';
import { lookupNumber } from './lookup-number.ts';
import { searchContacts } from './search-contacts.ts';
import { sendMessage } from './send-message.ts';
import { updateContact } from './update-contact.ts';

/** Every tool, in the order in which hosts list them. */
export const TOOLS: readonly Tool[] = [
  searchContacts,
  getContact,
  createContact,
  updateContact,
  deleteContact,
  importContacts,
  sendMessage,
  listTemplates,
  getMessage,
  lookupNumber,
];

import type { AddressBookSource } from '../contacts/index.ts';

/** The address book of the demo: one of its contacts, and two people who are none. All are fictional. */
const PEOPLE = `Name,Phone,Company,Tags
Zoë Noël,+33 6 75 42 66 83,Bluewater Cycles,"press, regular"
Maria Ferreira,+351 912 345 678,Casa Ferreira,supplier
Tom Ellery,+44 7400 123456,Ellery & Sons,supplier
`;

export const DEMO_ADDRESS_BOOK: AddressBookSource = {
  name: 'of the demo',
  read: async () => new TextEncoder().encode(PEOPLE),
  watch: () => {}, // It never changes.
};

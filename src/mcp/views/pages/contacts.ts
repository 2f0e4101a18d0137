import { bars, type Count, line } from './chart.ts';
import { element, numberIn, recordsIn, section, showPage, textIn, textsIn, warnings } from './element.ts';
import { connectHost, type Host } from './host.ts';
import { type Column, createTable, words as own, phone, type Row } from './table.ts';
import { type Words, wordsOf } from './words.ts';

/** The contacts that a question found, as a table; counts by group as bars, by month as a line. */
connectHost((data, host) => {
  const words = wordsOf(host);
  const contacts = recordsIn(data.contacts);
  const total = numberIn(data.total);
  showPage(
    element('h1', {}, `${words.number(total)} ${total === 1 ? 'contact' : 'contacts'}`),
    element('p', { class: 'quiet' }, textIn(data.read_as)),
    data.as_of !== undefined && element('p', { class: 'quiet' }, `As of ${words.time(data.as_of)}`),
    data.complete === false && warnings(['The account has not been read whole yet: there may be more.']),
    warnings(data.warnings),
    groupsOf(data.groups, host, words),
    contacts.length > 0 &&
      createTable(
        { label: 'Contacts', columns: columnsFor(contacts, words), words, ...moreOf(data, host) },
        contacts,
      ),
  );
});

function groupsOf(groups: unknown, host: Host, words: Words): HTMLElement | undefined {
  const counts: Count[] = recordsIn(groups).map(({ value, count }) => ({
    value: textIn(value),
    count: numberIn(count),
  }));
  if (counts.length === 0) return undefined;
  const by = textIn(host.input.group_by);
  const label = `By ${by.replace(/^metadata\./, '').replace(/_/g, ' ')}`;
  if (by === 'created_month') {
    const dated = counts.filter(({ value }) => /^\d{4}-\d\d$/.test(value));
    return section(
      label,
      line(
        label,
        dated.sort((a, b) => (a.value < b.value ? -1 : 1)),
        words,
      ),
    );
  }
  const named =
    by === 'country'
      ? counts.map((one) => ({ ...one, value: words.country(one.value) || one.value }))
      : counts;
  return section(label, bars(label, named, words));
}

/** The columns that the rows fill. */
function columnsFor(contacts: readonly Row[], words: Words): Column[] {
  const text = (title: string, of: (row: Row) => string): Column => ({
    title,
    text: of,
    cell: (row) => own(of(row)),
  });
  const tags = (list: readonly string[], tone = '') =>
    list.map((tag) => element('span', { class: `tag ${tone}` }, tag));
  const all: Column[] = [
    text('Name', nameOf),
    {
      title: 'Number',
      text: ({ phone_number }) => textIn(phone_number),
      cell: ({ phone_number }) => phone(phone_number),
    },
    text('Country', ({ region_code }) => words.country(region_code)),
    {
      title: 'Channels',
      text: ({ available_channels }) => textsIn(available_channels).join(' '),
      cell: ({ available_channels, default_channel }) =>
        element(
          'span',
          {},
          tags(textsIn(available_channels).map((one) => (one === default_channel ? `${one} ★` : one))),
        ),
    },
    {
      title: 'Opt-out',
      text: ({ opt_out }) => (opt_out ? 'opted out' : ''),
      cell: ({ opt_out }) => element('span', {}, opt_out ? tags(['opted out'], 'bad') : []),
    },
    text('Created', ({ created_at }) => words.time(created_at)),
    text('Updated', ({ updated_at }) => words.time(updated_at)),
  ];
  for (const column of all) {
    const key = { Created: 'created_at', Updated: 'updated_at' }[column.title];
    if (key) column.text = (row) => textIn(row[key]); // ISO times sort as text.
  }
  return all.filter((column) => column.title === 'Number' || contacts.some((row) => column.text(row) !== ''));
}

const NAMES = /^(full_?|display_?)?name$/i;
/** A person's name, under the key that most lists give it. */
function nameOf({ metadata }: Row): string {
  const fields = Object.entries((metadata ?? {}) as Row);
  const [, name] = fields.find(([key]) => NAMES.test(key)) ?? [];
  const parts = ['first', 'last'].map(
    (part) => fields.find(([key]) => new RegExp(`^${part}_?name$`, 'i').test(key))?.[1],
  );
  return textIn(name) || parts.map(textIn).filter(Boolean).join(' ');
}

/** Further pages of the same answer, by the cursor, where the host lets the page ask. */
function moreOf(data: Row, host: Host): { more?: () => Promise<Row[] | undefined> } {
  let cursor = textIn(data.next_cursor);
  if (cursor === '' || !host.canCallTools) return {};
  return {
    async more() {
      if (cursor === '') return undefined;
      const { limit } = host.input;
      const result = await host.callTool('search_contacts', {
        cursor,
        ...(limit !== undefined && { limit }),
      });
      if (result.isError) return undefined;
      cursor = textIn(result.structuredContent?.next_cursor);
      return recordsIn(result.structuredContent?.contacts);
    },
  };
}

import { bars, type Count } from './chart.ts';
import { element, figures, numberIn, recordsIn, section, showPage, textIn, warnings } from './element.ts';
import { connectHost, type Host } from './host.ts';
import { createTable, words as own, phone, type Row } from './table.ts';
import { plain, type Words, wordsOf } from './words.ts';

const TONES: Readonly<Record<string, string>> = {
  DELIVERED: 'good',
  READ: 'good',
  FAILED: 'bad',
  BLOCKED: 'bad',
  FILTERED: 'bad',
  CANCELLED: 'unsure',
};

/** What became of a send, or of one message. */
const show = (data: Row, host: Host): void => {
  const words = wordsOf(host);
  if (data.message_id !== undefined) showMessage(data, words);
  else if (data.counts === undefined) showLatest(data, words);
  else showSend(data, host, words);
};
connectHost(show);

function showSend(data: Row, host: Host, words: Words): void {
  const counts: Count[] = Object.entries((data.counts ?? {}) as Record<string, number>).map(
    ([status, count]) => ({
      value: plain(status),
      count,
      tone: TONES[status],
    }),
  );
  const missed = recordsIn(data.not_delivered);
  const unsettled = numberIn(data.unsettled);
  const status = element('span', { role: 'status', class: 'quiet' });
  const refresh = element<HTMLButtonElement>(
    'button',
    {
      type: 'button',
      class: 'action',
      async click() {
        refresh.disabled = true;
        status.textContent = 'Asking Sent …';
        const result = await host.callTool('get_message', { plan: data.plan }).catch(() => undefined);
        if (result?.structuredContent && !result.isError) show(result.structuredContent, host);
        else status.textContent = 'Sent could not be asked just now.';
        refresh.disabled = false;
      },
    },
    'Refresh',
  );
  showPage(
    element('h1', {}, 'What became of the send'),
    element(
      'p',
      { class: 'quiet' },
      data.sent_at !== undefined && `Sent ${words.time(data.sent_at)}. `,
      textIn(data.plan),
    ),
    figures([
      [words.number(counts.reduce((sum, { count }) => sum + count, 0)), 'messages'],
      ...(unsettled > 0 ? [[words.number(unsettled), 'still under way', 'unsure'] as const] : []),
      ...(missed.length > 0 ? [[words.number(missed.length), 'not reached', 'bad'] as const] : []),
    ]),
    warnings(data.warnings),
    bars('Messages by status', counts, words),
    unsettled > 0 && host.canCallTools && element('p', {}, refresh, ' ', status),
    recordsIn(data.reasons).length > 0 && section('Reasons', bars('Reasons', reasonsIn(data), words)),
    missed.length > 0 && section('Not reached', missedTable(missed, words)),
  );
}

const reasonsIn = (data: Row): Count[] =>
  recordsIn(data.reasons).map(({ reason, count }) => ({
    value: textIn(reason),
    count: numberIn(count),
    tone: 'bad',
  }));

const column = (title: string, of: (row: Row) => string) => ({
  title,
  text: of,
  cell: (row: Row) => own(of(row)),
});
const missedTable = (rows: readonly Row[], words: Words): HTMLElement =>
  createTable(
    {
      label: 'Not reached',
      words,
      columns: [
        { title: 'Number', text: ({ to }) => textIn(to), cell: ({ to }) => phone(to) },
        column('Status', ({ status }) => plain(textIn(status))),
        column('Reason', ({ reason }) => textIn(reason)),
      ],
    },
    rows,
  );

function showMessage(data: Row, words: Words): void {
  const status = textIn(data.status);
  showPage(
    element('h1', {}, phone(data.to ?? ''), ' ', element('span', { class: TONES[status] }, plain(status))),
    element('p', { class: 'quiet' }, data.settled ? 'Settled.' : 'Not settled yet.'),
    data.text !== undefined && element('p', { class: 'bubble', dir: 'auto' }, textIn(data.text)),
    element(
      'ol',
      {},
      recordsIn(data.events).map((event) =>
        element(
          'li',
          {},
          `${words.time(event.at)} ${plain(textIn(event.status))} `,
          own(textIn(event.reason)),
        ),
      ),
    ),
  );
}

function showLatest(data: Row, words: Words): void {
  const sends = recordsIn(data.sends);
  showPage(
    element('h1', {}, 'Latest sends'),
    createTable(
      {
        label: 'Latest sends',
        words,
        columns: [
          { ...column('Sent', ({ sent_at }) => words.time(sent_at)), text: ({ sent_at }) => textIn(sent_at) },
          column('What', (send) => textIn(send.template ?? send.text)),
          column('People', ({ people }) => words.number(numberIn(people))),
          column('Status', ({ status }) => plain(textIn(status))),
        ],
      },
      sends,
    ),
  );
}

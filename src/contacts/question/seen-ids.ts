/** The ids that the pages of an answer have shown; each page adds its own to those before. */
export type Shown = { ids: readonly string[]; before: Shown | undefined };

export const addShown = (before: Shown | undefined, contacts: readonly { id: string }[]): Shown => ({
  ids: contacts.map(({ id }) => id),
  before,
});

export function* shownIds(shown: Shown | undefined): Generator<string> {
  for (let page = shown; page !== undefined; page = page.before) yield* page.ids;
}

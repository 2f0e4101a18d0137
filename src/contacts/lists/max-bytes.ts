/** A file of more bytes is refused; 100,000 rows are some 10 MB, cards with photographs more. */
export const MAX_LIST_BYTES = 128_000_000;

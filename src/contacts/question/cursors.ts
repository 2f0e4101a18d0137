import { AppError } from '../../errors.ts';

/** Remembers where a page ended; a cursor is a short word that only this server can have made. */
export type Cursors<T> = {
  put(place: T): string;
  /** @throws AppError `invalid_input` for a cursor that is unknown here, made up or too old. */
  take(cursor: string): T;
};

/** Older cursors are forgotten when there are more. */
const MOST_CURSORS = 500;

/** @param newKey gives a fresh unguessable word. */
export function createCursors<T>(newKey: () => string): Cursors<T> {
  const places = new Map<string, T>();
  return {
    put(place) {
      const cursor = newKey().replaceAll('-', '').slice(0, 12);
      places.set(cursor, place);
      if (places.size > MOST_CURSORS) places.delete(places.keys().next().value ?? '');
      return cursor;
    },
    take(cursor) {
      const place = places.get(cursor);
      if (place === undefined) {
        throw new AppError('invalid_input', 'The cursor is unknown or too old.', {
          next: 'Make the same call without cursor to begin again.',
        });
      }
      return place;
    },
  };
}

/**
 * Contacts that came or went by another way while pages of the account are under way. A page tells what was so when it
 * left the API: one that was asked for before a change must not undo it, and a reading that began before must not drop
 * whoever it could not bring.
 */
export type PendingWrites = {
  /** A change of ours, from now on: pages asked for before say nothing of this contact. */
  changed(id: string): void;
  /** Another call has brought this contact, so that it is there. */
  seen(id: string): void;
  /** A page is asked for; `mayJoin` says of a contact of its answer whether it is not older than our latest change. */
  ask(): { mayJoin(id: string): boolean; answered(): void };
  /** Keeps everything until it is released: a reading is under way. */
  hold(): { release(): void };
  /** All contacts that came or went meanwhile. */
  ids(): Iterable<string>;
};

export function createPendingWrites(): PendingWrites {
  /** The number of our latest change to each contact; 0 for one that was only seen. */
  const changes = new Map<string, number>();
  let latest = 0;
  let waiting = 0;
  let readings = 0;

  const forget = (): void => {
    if (waiting === 0 && readings === 0) changes.clear();
  };

  return {
    changed(id) {
      latest++;
      if (waiting > 0 || readings > 0) changes.set(id, latest);
    },
    seen(id) {
      if (readings > 0 && !changes.has(id)) changes.set(id, 0);
    },
    ask() {
      const asked = latest;
      waiting++;
      return {
        mayJoin: (id) => (changes.get(id) ?? 0) <= asked,
        answered() {
          waiting--;
          forget();
        },
      };
    },
    hold() {
      readings++;
      return {
        release() {
          readings--;
          forget();
        },
      };
    },
    ids: () => changes.keys(),
  };
}

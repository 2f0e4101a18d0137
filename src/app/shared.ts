import type { StateStore } from '../state/index.ts';

/** Where the instances of a team keep what they share beside the accounts, whose names all have slashes. */
const PLACE = 'instances';

/** What instances over one store know of each other. */
export type SharedByInstances = {
  /** Makes an instance known under its id. */
  register(id: string, url: string): Promise<void>;
  /** Where an instance is reached by the others; undefined for one that never was. */
  find(id: string): Promise<string | undefined>;
  /** 32 bytes by which one instance knows what another has signed; made by the first that asks, for as long as the store lasts. */
  secret(): Promise<Uint8Array>;
};

/** @param random bytes that nobody can guess. */
export function shareAmongInstances(
  store: StateStore,
  random: (bytes: number) => Uint8Array,
): SharedByInstances {
  const shared = store.account(PLACE);
  let secret: Promise<Uint8Array> | undefined;

  const makeOrFind = async (): Promise<Uint8Array> => {
    const own = Buffer.from(random(32)).toString('base64');
    const { entry } = await shared.claim('notes', 'signing-secret', { secret: own });
    return Buffer.from(String(entry.secret), 'base64');
  };

  return {
    register: (id, url) => shared.saveSnapshot(id, new TextEncoder().encode(url)),
    async find(id) {
      const found = await shared.loadSnapshot(id);
      return found && new TextDecoder().decode(found.bytes);
    },
    secret() {
      secret ??= makeOrFind().catch((error: unknown) => {
        secret = undefined;
        throw error;
      });
      return secret;
    },
  };
}

import type { SentClient } from '../sent/index.ts';

export type Account = {
  id: string | undefined;
  /** organization, user or profile. */
  type: string | undefined;
  name: string | undefined;
  status: string | undefined;
  profiles: { id: string | undefined; name: string | undefined; status: string | undefined }[];
  /** The channels that are set up, each with its sender. */
  channels: {
    channel: string;
    configured: boolean;
    phone_number: string | undefined;
    business_name: string | undefined;
  }[];
  /** Requests a minute and how many are left, as the API said last. */
  rate_limit:
    | { limit: number | undefined; remaining: number | undefined; resets_at: string | undefined }
    | undefined;
};

/** GET /v3/me, which has no balance. `now` is the wall clock. */
export async function readAccount(
  client: SentClient,
  now: () => number,
  signal: AbortSignal,
): Promise<Account> {
  const { id, type, name, status, profiles, channels } = await client.me({ signal });
  const { limit, remaining, resetsInMs } = client.rate();
  const resets_at = resetsInMs === undefined ? undefined : new Date(now() + resetsInMs).toISOString();
  return {
    id,
    type,
    name,
    status,
    profiles,
    channels: Object.entries(channels ?? {}).map(([channel, setup]) => ({
      channel,
      configured: setup?.configured ?? false,
      phone_number: setup?.phone_number,
      business_name: setup?.business_name,
    })),
    rate_limit: remaining === undefined ? undefined : { limit, remaining, resets_at },
  };
}

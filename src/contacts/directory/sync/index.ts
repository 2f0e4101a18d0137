export { FEW_CONTACTS, type Freshness, freshnessOf } from './freshness.ts';
export { createFullSync, type Doubt, type FullSync, type SyncResult } from './full-sync.ts';
export { createPageReader } from './page-reader.ts';
export { createPendingWrites, type PendingWrites } from './pending-writes.ts';
export { PAGES_AT_ONCE } from './reading.ts';
export { createRefreshThrottle, type RefreshThrottle } from './refresh-throttle.ts';
export { createSightings } from './sightings.ts';
export { createWaitPolicy, type WaitPolicy } from './wait-policy.ts';

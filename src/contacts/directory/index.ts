export { createDirectory, type Directory, type DirectoryState } from './directory.ts';
export { type ContactKey, createFinder, type Finder } from './finder.ts';
export { createListing, type ListingPosition } from './listing.ts';
export { createResolve, type PersonKey, type Resolve, type Resolved } from './resolve.ts';
export { createRefreshThrottle, type RefreshThrottle } from './sync/index.ts';

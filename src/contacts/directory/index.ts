export { createDirectory, type Directory, type DirectoryState } from './directory.ts';
export { type ContactKey, createFinder, type Finder } from './finder.ts';
export { createListing, type ListingPlace } from './listing.ts';

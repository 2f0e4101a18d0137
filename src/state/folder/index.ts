export { type Disk, systemDisk } from './disk.ts';
export { createFolderStore } from './store.ts';

import { expect, test } from 'vitest';
import { openStore } from '../../src/app/state.ts';
import { defaultFolder } from '../../src/state/index.ts';

test.each([
  ['linux', {}, '/home/ana', '/home/ana/.local/state/sent-contacts-mcp'],
  ['linux', { XDG_STATE_HOME: '/var/state' }, '/home/ana', '/var/state/sent-contacts-mcp'],
  ['linux', { XDG_STATE_HOME: 'state' }, '/home/ana', '/home/ana/.local/state/sent-contacts-mcp'],
  ['darwin', {}, '/Users/ana', '/Users/ana/Library/Application Support/sent-contacts-mcp'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\ana', 'D:\\Local\\sent-contacts-mcp'],
  ['win32', {}, 'C:\\Users\\ana', 'C:\\Users\\ana\\AppData\\Local\\sent-contacts-mcp'],
])('the user’s own folder: %s %j', (platform, env, home, folder) => {
  expect(defaultFolder({ platform, env, home })).toBe(folder);
});

const PLACE = { platform: 'linux', env: {}, home: '/home/ana' };
test.each([
  [{ state: undefined, demo: false }, 'folder', '/home/ana/.local/state/sent-contacts-mcp', true],
  [{ state: '~/kept', demo: false }, 'folder', '/home/ana/kept', true],
  [{ state: '/srv/kept', demo: false }, 'folder', '/srv/kept', true],
  [
    { state: 'postgresql://ana:hunter2@db.example:5433/team?sslmode=require', demo: false },
    'postgres',
    'postgresql://db.example:5433/team',
    true,
  ],
  [{ state: 'off', demo: false }, 'memory', 'the memory of this process', false],
  [{ state: '/srv/kept', demo: true }, 'memory', 'the memory of this process', true],
])('the store of %j', (settings, kind, place, lasts) => {
  expect(openStore(settings, PLACE)).toMatchObject({ kind, place, lasts });
});

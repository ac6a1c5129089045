import { expect, test } from 'vitest';
import { repairedPath } from './repaired-path.js';

const PAGES = ['dispatch', 'driver', 'index', 'rider', 'share'];
const LINK = `/share/${'aB3_-'.repeat(6)}xy`;

test.each(['/', '.', ')', '].', '>', '...', '%E2%80%9D', '%29', ',', '!', '/)', '**', '%3E.'])(
  'a link to which a chat app has appended %s leads to its page',
  (appended) => {
    for (const path of [LINK, '/rider', '/driver', '/dispatch'])
      expect(repairedPath(path + appended, PAGES)).toBe(path);
  },
);

test.each([
  '/',
  LINK,
  '/rider',
  '/api/trips/',
  '/healthz/',
  '/riders',
  '/rider.html',
  '/rider/x',
  '/share/short.',
  `${LINK}x`,
  `${LINK}/events`,
  '/assets/rider-1.js',
  '/rider%',
])('%s stays as it is', (path) => {
  expect(repairedPath(path, PAGES)).toBeNull();
});

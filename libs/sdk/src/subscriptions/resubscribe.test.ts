import { expect, it, vi } from 'vitest';
import type { Connection } from '../connection/connection.js';
import { restore } from './resubscribe.js';

it('says nothing without a connection: a client that is closed does not go on', async () => {
  const say = vi.fn(async () => {});
  await restore({ hello: null } as Connection, () => true, say);
  expect(say).not.toHaveBeenCalled();
});

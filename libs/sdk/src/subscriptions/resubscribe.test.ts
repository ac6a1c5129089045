import { expect, it, vi } from 'vitest';
import type { Connection } from '../connection/connection.js';
import { resubscribe } from './resubscribe.js';

it('says nothing without a connection: a client that is closed does not go on', async () => {
  const say = vi.fn(async () => {});
  await resubscribe({ hello: null } as Connection, () => true, say);
  expect(say).not.toHaveBeenCalled();
});

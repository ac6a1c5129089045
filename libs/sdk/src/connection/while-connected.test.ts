import { expect, it, vi } from 'vitest';
import type { Connection } from './connection.js';
import { resubscribe } from './while-connected.js';

it('sends nothing without a connection: a closed client stays silent', async () => {
  const send = vi.fn(async () => {});
  await resubscribe({ hello: null } as Connection, () => true, send);
  expect(send).not.toHaveBeenCalled();
});

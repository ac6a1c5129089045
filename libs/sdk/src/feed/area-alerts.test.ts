import { expect, it } from 'vitest';
import type { AreaAlert } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { onAreaAlert } from './area-alerts.js';

it('passes each alert once, and none that has expired', () => {
  let now = 0;
  let push = (_: AreaAlert) => {};
  const connection = {
    clock: { now: () => now },
    on: (_: string, listener: typeof push) => (push = listener),
  } as unknown as Connection<'/rider'>;
  const received: string[] = [];
  onAreaAlert(connection, ({ id }) => received.push(id));
  const alert = (id: string, expiresAt: number): AreaAlert => ({ id, text: '', at: 0, expiresAt });
  push(alert('a', 1_000));
  push(alert('a', 1_000));
  push(alert('b', 2_000));
  now = 1_000;
  push(alert('a', 1_000));
  push(alert('b', 2_000));
  expect(received).toEqual(['a', 'b']);
});

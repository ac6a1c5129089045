import { expect, it, vi } from 'vitest';
import type { FeedEntry, FeedPart } from '#protocol';
import type { Connection } from '../connection/connection.js';
import type { ConnectionState } from '../connection/connection-state.js';
import { Feed } from './feed.js';

const notice = (n: number): FeedEntry => ({
  id: `7-${n}`,
  event: 'notice',
  payload: { kind: 'message', text: '', at: n },
  expiresAt: null,
});

it('delivers entries missed between connections, even if it had received none before', async () => {
  const received: number[] = [];
  let change = (_: ConnectionState) => {};
  const answers: FeedPart[] = [
    { entries: [], last: '0-0', complete: true },
    { entries: [notice(0), notice(1)], last: '7-1', complete: true },
  ];
  const request = vi.fn(async (_event: string, _question: object) => answers.shift());
  const connection = {
    hello: null,
    state: { state: 'connecting' },
    on: () => {},
    onState: (listener: (state: ConnectionState) => void) => (change = listener),
    request,
  };
  new Feed(
    connection as unknown as Connection<'/rider'>,
    { notice: ({ at }) => received.push(at) },
    () => {},
  );
  for (const node of ['a', 'b']) {
    Object.assign(connection, { hello: { node } });
    change({ hello: { node } } as unknown as ConnectionState);
    await vi.waitFor(() => expect(request).toHaveBeenCalledTimes(node === 'a' ? 1 : 2));
  }
  await vi.waitFor(() => expect(received).toEqual([0, 1]));
  expect(request.mock.calls).toEqual([
    ['feed:resume', { after: null }],
    ['feed:resume', { after: '0-0' }],
  ]);
});

import { expect, test } from 'vitest';
import type { Hub, IdentifiedSocket, RoomMessage } from '#realtime';
import type { ScopeService } from '../auth/scope.service.js';
import { ScopedListener } from './scoped-listener.js';

type Message = RoomMessage<'/dispatch'>;

/** A listener whose lookups of fleets wait until they are answered. */
function listener(rights: object) {
  const sent: unknown[][] = [];
  let hear: (message: Message) => void = () => {};
  let answer = () => {};
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const hub = {
    listenForNode: (_: string, { event }: { event(message: Message): void }) => {
      hear = event;
      return { socket: { rooms: new Set() }, close: () => {} };
    },
  };
  const socket = { data: rights, once: () => {}, emit: (...args: unknown[]) => sent.push(args) };
  const scope = {
    owned: async <T>(items: T[]) => {
      await gate;
      return items;
    },
  };
  new ScopedListener(
    hub as unknown as Hub,
    socket as unknown as IdentifiedSocket<'/dispatch'>,
    scope as unknown as ScopeService,
  );
  return { hear, answer, sent };
}

const surge = (requests: number): Message =>
  ({ event: 'surge', payload: { region: 'r', requests, since: 0, at: 0 }, id: `${requests}` }) as Message;

test('a thousand messages wait for the fleets of their drivers; beyond that the client is asked to load again', async () => {
  const { hear, answer, sent } = listener({ fleet: 'red', regions: null });
  for (let n = 0; n < 1_000; n += 1) hear(surge(n));
  expect(sent).toEqual([]);
  hear(surge(1_000));
  expect(sent).toEqual([['resync', {}]]);
  answer();
  await expect.poll(() => sent.length).toBe(1_001);
  expect(sent.slice(1).map(([, payload]) => (payload as { requests: number }).requests)).toEqual(
    Array.from({ length: 1_000 }, (_, n) => n),
  );
  hear(surge(2_000));
  await expect
    .poll(() => sent.at(-1))
    .toEqual(['surge', { region: 'r', requests: 2_000, since: 0, at: 0 }, '2000']);
});

import { expect, test } from 'vitest';
import type { Fix } from '#protocol';
import { ServiceClock } from '../connection/clock.js';
import type { Connection } from '../connection/connection.js';
import { FixTimes } from './fix-times.js';
import { Outbox } from './outbox.js';
import { memoryOutbox } from './outbox-store.js';
import { Sender } from './sender.js';

const fixes = (from: number, to: number): Fix[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ t: from + i, lat: 1, lng: 2 }));
const times = (sent: Fix[]) => sent.map(({ t }) => t);

/** Sends an outbox over a connection that accepts everything. @param meanwhile runs after each batch */
async function send(outbox: Outbox, meanwhile: (batches: number) => void = () => {}): Promise<number[][]> {
  const batches: number[][] = [];
  const request = async (_: string, sent: Fix[]) => {
    batches.push(times(sent));
    meanwhile(batches.length);
    return { accepted: sent.length, rejected: [] };
  };
  const connection = { hello: {}, request, checkClock: async () => {} } as unknown as Connection<'/driver'>;
  await new Sender(connection, outbox, new FixTimes(new ServiceClock()), {
    acked: () => {},
    rejected: () => {},
  }).flush();
  return batches;
}

test('a backlog is sent in order, after its newest fix', async () => {
  const outbox = new Outbox(memoryOutbox(), 1_000);
  outbox.add(fixes(1, 250));
  const batches = await send(outbox);
  expect(batches.map((batch) => [batch[0], batch.at(-1)])).toEqual([
    [250, 250],
    [1, 100],
    [101, 200],
    [201, 249],
  ]);
});

test('a fix that is taken while a backlog is sent does not wait for it', async () => {
  const outbox = new Outbox(memoryOutbox(), 1_000);
  outbox.add(fixes(1, 250));
  const batches = await send(outbox, (count) => {
    if (count === 2) outbox.add(fixes(251, 251));
  });
  expect(batches[2]).toEqual([251]);
  expect(batches.flat().toSorted((a, b) => a - b)).toEqual(times(fixes(1, 251)));
});

test('what fits into one batch is sent in order', async () => {
  const outbox = new Outbox(memoryOutbox(), 1_000);
  outbox.add(fixes(1, 100));
  expect(await send(outbox)).toEqual([times(fixes(1, 100))]);
});

test('nothing from behind a fence is sent', async () => {
  const outbox = new Outbox(memoryOutbox(), 1_000);
  outbox.add(fixes(1, 150));
  outbox.fence();
  outbox.add(fixes(151, 160));
  const batches = await send(outbox);
  expect(batches.map((batch) => [batch[0], batch.at(-1)])).toEqual([
    [150, 150],
    [1, 100],
    [101, 149],
  ]);
});

test('a rejected fix comes with the code and the sentence of the service', async () => {
  const outbox = new Outbox(memoryOutbox(), 1_000);
  outbox.add(fixes(1, 3));
  const refusal = { code: 'BAD_SPEED', message: 'speedMps is in [0, 1000]' } as const;
  const request = async () => ({ accepted: 2, rejected: [{ index: 1, ...refusal }] });
  const connection = { hello: {}, request, checkClock: async () => {} } as unknown as Connection<'/driver'>;
  const rejected: unknown[] = [];
  await new Sender(connection, outbox, new FixTimes(new ServiceClock()), {
    acked: () => {},
    rejected: (rejection) => rejected.push(rejection),
  }).flush();
  expect(rejected).toEqual([{ fix: fixes(2, 2)[0], ...refusal }]);
});

import { describe, expect, test, vi } from 'vitest';
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

type Sent = { event: string; args: unknown[] };
type Fake = {
  sent: Sent[];
  outbox: Outbox;
  sender: Sender;
  acked: number[];
  rejected: unknown[];
  emit(event: 'acked' | 'refused', payload: object): void;
};

/** A connection of which a test answers the requests. @param hello of the service, with counted acks by default */
function connected(
  answer: (event: string, payload: Fix[]) => Promise<object>,
  hello: object = { acks: 'counted' },
): Fake {
  const listeners = new Map<string, (payload: object) => void>();
  const fake: Omit<Fake, 'sender'> = {
    sent: [],
    outbox: new Outbox(memoryOutbox(), 1_000),
    acked: [],
    rejected: [],
    emit: (event, payload) => listeners.get(event)!(payload),
  };
  const connection = {
    hello,
    on: (event: string, listener: (payload: object) => void) => listeners.set(event, listener),
    onState: () => () => {},
    checkClock: async () => {},
    request: (event: string, payload: Fix[]) => {
      fake.sent.push({ event, args: [payload] });
      return answer(event, payload);
    },
    send: (event: string, ...args: unknown[]) => fake.sent.push({ event, args }) > 0,
  } as unknown as Connection<'/driver'>;
  const sender = new Sender(connection, fake.outbox, new FixTimes(new ServiceClock()), {
    acked: (fixes) => fake.acked.push(...times(fixes)),
    rejected: (rejection) => fake.rejected.push(rejection),
  });
  return { ...fake, sender };
}

const accept = async (_event: string, sent: Fix[]) => ({ accepted: sent.length, rejected: [] });

/** Sends an outbox over a connection that acks each batch. @param meanwhile runs after each batch */
async function send(outbox: Outbox, meanwhile: (batches: number) => void = () => {}): Promise<number[][]> {
  const batches: number[][] = [];
  const fake = connected(async (event, sent) => {
    batches.push(times(sent));
    meanwhile(batches.length);
    return accept(event, sent);
  }, {});
  Object.assign(fake.sender, { outbox });
  await fake.sender.flush();
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

const refusal = { code: 'BAD_SPEED', message: 'speedMps is in [0, 1000]' } as const;

test('a rejected fix comes with the code and the sentence of the service', async () => {
  const { sender, outbox, rejected } = connected(async () => ({
    accepted: 2,
    rejected: [{ index: 1, ...refusal }],
  }));
  outbox.add(fixes(1, 3));
  await sender.flush();
  expect(rejected).toEqual([{ fix: fixes(2, 2)[0], ...refusal }]);
});

/** A sender whose first fix was answered, so that the next ones are counted. */
async function counting(count: () => Promise<object> = () => new Promise(() => {})) {
  const fake = connected((event, sent) => (event === 'fixes' ? accept(event, sent) : count()));
  const add = async (from: number, to = from) => {
    fake.outbox.add(fixes(from, to));
    await fake.sender.flush();
  };
  await add(1);
  fake.sent.length = 0;
  return { ...fake, add };
}
const args = ({ sent }: Pick<Fake, 'sent'>) =>
  sent.map(({ event, args: [payload, ...numbers] }) =>
    event === 'fixes' ? [times(payload as Fix[]), ...numbers] : event,
  );

describe('with counted acks', () => {
  test('batches are sent without waiting, and stay in the outbox until an ack covers them', async () => {
    const fake = await counting();
    for (const t of [2, 3, 4]) await fake.add(t);
    expect(args(fake)).toEqual([
      [[2], 1, 1],
      [[3], 2, 1],
      [[4], 3, 1],
    ]);
    expect([fake.outbox.size, fake.outbox.unsent]).toEqual([3, 0]);
    fake.emit('acked', { number: 2 });
    expect(fake.acked).toEqual([1, 2, 3]);
    expect(fake.outbox.size).toBe(1);
  });

  test('the rejected fixes of an ack are those of its last batch', async () => {
    const fake = await counting();
    await fake.add(2, 3);
    await fake.add(4, 5);
    fake.emit('acked', { number: 2, rejected: [{ index: 1, ...refusal }] });
    expect(fake.acked).toEqual([1, 2, 3, 4]);
    expect(fake.rejected).toEqual([{ fix: fixes(5, 5)[0], ...refusal }]);
  });

  test('a refusal makes all after the last ack be sent again, at first with an answer of its own', async () => {
    const fake = await counting();
    for (const t of [2, 3, 4]) await fake.add(t);
    fake.emit('acked', { number: 1 });
    fake.sent.length = 0;
    fake.emit('refused', { event: 'fixes', code: 'BAD_BATCH', message: '', retry: false, number: 2 });
    await expect.poll(() => fake.outbox.size).toBe(0);
    expect(args(fake)).toEqual([[[3, 4]]]);
    // Neither may be about a batch of the next run.
    fake.emit('acked', { number: 3 });
    fake.emit('refused', { event: 'fixes', code: 'UNAVAILABLE', message: '', retry: true, number: 3 });
    await fake.add(5);
    expect(args(fake).at(-1)).toEqual([[5], 4, 4]);
    expect(fake.acked).toEqual([1, 2, 3, 4]);
  });

  test('the count is requested at once when the app waits until the outbox is empty', async () => {
    const fake = await counting(async () => ({ number: 1 }));
    await fake.add(2);
    const drained = fake.outbox.drained();
    await fake.sender.flush();
    await drained;
    expect(args(fake)).toEqual([[[2], 1, 1], 'fixes:count']);
    expect(fake.acked).toEqual([1, 2]);
  });

  test('what the service does not count although it has counted is sent again', async () => {
    const fake = await counting(async () => ({ number: 1 }));
    for (const t of [2, 3]) await fake.add(t);
    const drained = fake.outbox.drained();
    await fake.sender.flush();
    await drained;
    expect(args(fake).slice(2)).toEqual(['fixes:count', [[3]]]);
  });

  test('16 batches wait for an ack at most, also when each is small', async () => {
    const fake = await counting();
    for (let t = 2; t <= 17; t += 1) await fake.add(t);
    fake.outbox.add(fixes(18, 18));
    void fake.sender.flush();
    await expect.poll(() => args(fake).at(-1)).toBe('fixes:count');
    expect(args(fake)).toHaveLength(17);
  });

  test('the count is requested when no ack has arrived for six seconds', async () => {
    vi.useFakeTimers();
    try {
      const fake = await counting();
      await fake.add(2);
      await vi.advanceTimersByTimeAsync(4_000);
      await fake.add(3);
      expect(args(fake)).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(2_100);
      expect(args(fake).at(-1)).toBe('fixes:count');
    } finally {
      vi.useRealTimers();
    }
  });
});

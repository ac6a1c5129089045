import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Acked, Answer, AnswerTo, Fix, Hello, Refused } from '#protocol';
import { AckDelay } from '../apps/gateway/src/drivers/ack-delay.js';
import { CountedAcks, isNumbered } from '../apps/gateway/src/drivers/counted-acks.js';
import { ServiceClock } from '../libs/sdk/src/connection/clock.js';
import type { Connection } from '../libs/sdk/src/connection/connection.js';
import { HexfleetError, unavailable } from '../libs/sdk/src/connection/errors.js';
import { FixTimes } from '../libs/sdk/src/outbox/fix-times.js';
import { Outbox } from '../libs/sdk/src/outbox/outbox.js';
import { memoryOutbox } from '../libs/sdk/src/outbox/outbox-store.js';
import { Sender } from '../libs/sdk/src/outbox/sender.js';

// The outbox of the sdk and the counting of a gateway, with a network and a store in between that fail in any order.

type FixesAnswer = Answer<AnswerTo<'/driver', 'fixes'>>;
type Ack = (answer: never) => void;
type Packet = { event: string; args: unknown[]; ack: Ack | null };

const TIMEOUT_MS = 10_000;
const LIMIT = 60;
const isBad = ({ lat }: Fix) => lat > 90;
const failure = (code: 'UNAVAILABLE' | 'RATE_LIMITED') => ({ code, message: '', retry: true });

/** One connection of the driver to a gateway: packets wait in both directions until they are delivered. */
class Line {
  readonly up: Packet[] = [];
  readonly down: Array<() => void> = [];
  /** appends whose result is not known yet */
  readonly appends: Array<(result: 'stored' | 'failed' | 'unknown') => void> = [];
  readonly hello: Hello;
  readonly #counted: CountedAcks | null;
  isUp = true;

  constructor(
    private readonly world: World,
    isCounting: boolean,
    ackDelayMs: number,
  ) {
    const hello = { node: 'gateway', version: 1, now: 0, expiresAt: 0 };
    this.hello = isCounting ? { ...hello, acks: 'counted' } : hello;
    const push = (event: 'acked' | 'refused', payload: object) =>
      this.down.push(() => this === world.line && world.emit(event, payload));
    this.#counted = isCounting
      ? new CountedAcks(
          {
            acked: (acked) => push('acked', acked),
            refused: (refused) => push('refused', { event: 'fixes', ...refused }),
          },
          new AckDelay(() => ackDelayMs),
        )
      : null;
  }

  deliverUp(): void {
    const packet = this.up.shift();
    if (packet === undefined) return;
    const { event, args, ack } = packet;
    const answer = (value: unknown) => this.down.push(() => ack!(value as never));
    if (event === 'fixes:count') void this.#counted!.count().then((number) => answer({ ok: true, number }));
    else if (ack !== null) void this.#accept(args[0] as Fix[]).then(answer);
    else {
      if (this.#counted === null || !isNumbered(args[1], args[2])) throw new Error('not agreed');
      this.#counted.take(args[1] as number, args[2] as number, () => this.#accept(args[0] as Fix[]));
    }
  }

  /** Refuses a packet before it is counted, as the limits of a gateway do. */
  refuseUp(): void {
    const packet = this.up.shift();
    if (packet === undefined) return;
    const refusal = failure('RATE_LIMITED');
    this.down.push(() => {
      if (packet.ack !== null) packet.ack({ ok: false, ...refusal } as never);
      else if (this === this.world.line) this.world.emit('refused', { event: 'fixes', ...refusal });
    });
  }

  /** Ends the connection: packets in both directions are lost. What was being appended may still be stored. */
  end(): void {
    this.isUp = false;
    this.up.length = 0;
    this.down.length = 0;
    this.#counted?.close();
  }

  #accept(fixes: Fix[]): Promise<FixesAnswer> {
    const good = fixes.filter((fix) => !isBad(fix));
    const rejected = fixes.flatMap((fix, index) =>
      isBad(fix) ? [{ index, code: 'BAD_POSITION' as const, message: '' }] : [],
    );
    const granted = { ok: true as const, accepted: good.length, rejected };
    if (good.length === 0) return Promise.resolve(granted);
    return new Promise((resolve) =>
      this.appends.push((result) => {
        if (result !== 'failed') for (const { t } of good) this.world.stored.add(t);
        resolve(result === 'stored' ? granted : { ok: false, ...failure('UNAVAILABLE') });
      }),
    );
  }
}

class World {
  readonly stored = new Set<number>();
  readonly acked: number[] = [];
  readonly rejected: number[] = [];
  readonly outbox = new Outbox(memoryOutbox(), LIMIT);
  readonly sender: Sender;
  /** lines that were replaced, whose gateways are still at work */
  readonly old: Line[] = [];
  line: Line | null = null;
  hello: Hello | null = null;
  #epoch = 0;
  #t = 0;
  readonly #states: Array<() => void> = [];
  readonly #listeners = new Map<string, (payload: never) => void>();

  constructor() {
    const world = this;
    const connection = {
      get hello() {
        return world.hello;
      },
      onState: (listener: () => void) => {
        this.#states.push(listener);
        return () => this.#states.splice(this.#states.indexOf(listener), 1);
      },
      on: (event: string, listener: (payload: never) => void) => this.#listeners.set(event, listener),
      checkClock: async () => {},
      request: (event: string, ...args: unknown[]) => this.#request(event, args),
      send: (event: string, ...args: unknown[]) => {
        if (this.line === null) return false;
        this.line.up.push({ event, args, ack: null });
        return true;
      },
    } as unknown as Connection<'/driver'>;
    this.sender = new Sender(connection, this.outbox, new FixTimes(new ServiceClock()), {
      acked: (fixes) => this.acked.push(...fixes.map(({ t }) => t)),
      rejected: ({ fix }) => this.rejected.push(fix.t),
    });
    this.#states.push(() => this.hello !== null && void this.sender.flush());
  }

  emit(event: 'acked' | 'refused', payload: object): void {
    this.#listeners.get(event)!(payload as Acked & Refused as never);
  }

  push(count: number, hasBad: boolean): void {
    const fixes = Array.from({ length: count }, (_, i) => {
      this.#t += 1;
      return { t: this.#t, lat: hasBad && i === count - 1 ? 99 : 1, lng: 2 };
    });
    this.outbox.add(fixes);
    void this.sender.flush();
  }

  get pushed(): number {
    return this.#t;
  }

  connect(isCounting: boolean, ackDelayMs: number): void {
    if (this.line === null) this.#epoch += 1;
    else this.old.push(this.line);
    this.line = new Line(this, isCounting, ackDelayMs);
    this.hello = this.line.hello;
    this.#changed();
  }

  /** Announces the same connection again, as after a gap. */
  resync(): void {
    if (this.hello === null) return;
    this.hello = { ...this.hello };
    this.#changed();
  }

  cut(): void {
    if (this.line === null) return;
    this.line.end();
    this.old.push(this.line);
    this.line = null;
    this.hello = null;
    this.#epoch += 1;
    this.#changed();
  }

  get lines(): Line[] {
    return [...this.old, ...(this.line === null ? [] : [this.line])];
  }

  #changed(): void {
    for (const listener of [...this.#states]) listener();
  }

  #request(event: string, args: unknown[]): Promise<object> {
    return new Promise((resolve, reject) => {
      const epoch = this.#epoch;
      const timer = setTimeout(() => reject(unavailable('No answer')), TIMEOUT_MS);
      const off = () => {
        if (epoch !== this.#epoch) reject(unavailable('The connection was lost'));
      };
      this.#states.push(off);
      this.line!.up.push({
        event,
        args,
        ack: (answer: Answer<object>) => {
          clearTimeout(timer);
          if (answer.ok) resolve(answer);
          else reject(new HexfleetError(answer));
        },
      });
    });
  }
}

type Step = (world: World) => Promise<unknown> | undefined;
const step = <T>(
  weight: number,
  name: string,
  arbitrary: fc.Arbitrary<T>,
  act: (world: World, value: T) => unknown,
) => ({
  weight,
  arbitrary: arbitrary.map((value): Step => {
    const run = (world: World) => act(world, value) as Promise<unknown> | undefined;
    return Object.assign(run, { toString: () => `${name}(${fc.stringify(value)})` });
  }),
});
const nothing = fc.constant(null);
const few = fc.integer({ min: 1, max: 3 });
/** Mostly the line in use, otherwise one that it has replaced. */
const which = fc.constantFrom(0, 0, 0, 0, 1, 2);
const lineOf = ({ lines }: World, n: number): Line | undefined => lines.at(-1 - n);
const connecting = fc.tuple(fc.constantFrom(true, true, true, false), fc.constantFrom(0, 0, 500, 4_000));
const result = fc.constantFrom(...(['stored', 'stored', 'stored', 'stored', 'failed', 'unknown'] as const));

/** Everything is delivered and stored, as most of the time, so that a run begins. */
async function work(lines: Line[]): Promise<void> {
  for (const line of lines) {
    while (line.up.length > 0) line.deliverUp();
    while (line.appends.length > 0) line.appends.shift()!('stored');
    await vi.advanceTimersByTimeAsync(0);
    while (line.down.length > 0) line.down.shift()!();
  }
  await vi.advanceTimersByTimeAsync(0);
}

const STEP = fc.oneof(
  step(16, 'push', fc.tuple(few, fc.constantFrom(false, false, false, true)), (world, [count, hasBad]) =>
    world.push(count, hasBad),
  ),
  step(1, 'push', fc.integer({ min: 90, max: 130 }), (world, count) => world.push(count, false)),
  step(16, 'deliver up', which, (world, n) => lineOf(world, n)?.deliverUp()),
  step(12, 'deliver down', which, (world, n) => lineOf(world, n)?.down.shift()?.()),
  step(16, 'append', fc.tuple(which, fc.constantFrom(0, 0, 1, 2), result), (world, [n, at, outcome]) =>
    lineOf(world, n)?.appends.splice(at, 1)[0]?.(outcome),
  ),
  step(6, 'work', nothing, (world) => work(world.lines.slice(-1))),
  step(2, 'refuse', nothing, (world) => world.line?.refuseUp()),
  step(1, 'cut', nothing, (world) => world.cut()),
  step(1, 'resync', nothing, (world) => world.resync()),
  step(3, 'connect', connecting, (world, [isCounting, delayMs]) => world.connect(isCounting, delayMs)),
  step(3, 'wait', fc.constantFrom(50, 700, 4_000, 11_000), (_, ms) => vi.advanceTimersByTimeAsync(ms)),
  step(1, 'drained', nothing, (world) => {
    world.outbox.drained().catch(() => {});
    void world.sender.flush();
  }),
);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Nothing that was acked is missing in the store, and nothing has left the outbox otherwise. */
function expectNothingLost(world: World): void {
  expect(world.acked.filter((t) => !world.stored.has(t))).toEqual([]);
  const { outbox } = world;
  expect(outbox.unsent).toBeGreaterThanOrEqual(0);
  expect(outbox.unsent).toBeLessThanOrEqual(outbox.size);
}

test('however a gateway, its store and the network fail, no fix is lost, and all are acked in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      connecting,
      fc.array(STEP, { minLength: 20, maxLength: 100, size: 'max' }),
      async ([isCounting, delayMs], steps) => {
        const world = new World();
        const missing = () =>
          world.pushed - world.outbox.size - new Set([...world.acked, ...world.rejected]).size;
        world.connect(isCounting, delayMs);
        for (const act of steps) {
          const before = { pushed: world.pushed, missing: missing() };
          await act(world);
          await vi.advanceTimersByTimeAsync(0);
          expectNothingLost(world);
          // Only a full outbox drops fixes, when another one is added.
          if (world.pushed === before.pushed) expect(missing()).toBeLessThanOrEqual(before.missing);
        }
        if (world.line === null) world.connect(true, 4_000);
        for (let round = 0; world.outbox.size > 0 && round < 200; round += 1) {
          await work(world.lines);
          expectNothingLost(world);
          await vi.advanceTimersByTimeAsync(300);
        }
        expect(world.outbox.size).toBe(0);
        world.cut();
      },
    ),
    { numRuns: 400 },
  );
});

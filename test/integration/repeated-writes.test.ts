import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Metrics } from '#ops';
import { type DriverEvent, FleetIndex } from '#store';
import type { CellBroadcaster } from '../../apps/processor/src/broadcast/cell-broadcaster.js';
import type { DriverBroadcaster } from '../../apps/processor/src/broadcast/driver-broadcaster.js';
import { createBatchHandler } from '../../apps/processor/src/pipeline/batch-handler.js';
import { Processor } from '../../apps/processor/src/pipeline/processor.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const NOW = Date.now();

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startOne();
});
afterAll(() => testBed.stop());

const fixAt = (driverId: string, t: number): DriverEvent => ({
  driverId,
  receivedAt: t,
  fix: { t, lat: 40.75, lng: -73.99, accuracyM: 5, heading: 90, speedMps: 0 },
});

/** A processor whose first write by one method is sent twice, as a client does that lost the first reply. */
function repeating(method: 'apply' | 'applyAtOnce') {
  const index = new FleetIndex(testBed.client);
  let isRepeated = false;
  const twice = new Proxy(index, {
    get: (target, name: keyof FleetIndex) => {
      const call = (target[name] as (...args: unknown[]) => Promise<unknown>).bind(target);
      if (name !== method) return call;
      return async (...args: unknown[]) => {
        if (!isRepeated && (args[0] as unknown[]).length > 0) {
          isRepeated = true;
          await call(...args);
        }
        return call(...args);
      };
    },
  });
  const moved = vi.fn(async () => {});
  const broadcaster = { findFollowers: () => null, moved } as unknown as DriverBroadcaster;
  const unwatched = { note: () => {} } as unknown as CellBroadcaster;
  const metrics = new Metrics(`repeated-writes-${method}`);
  const decided = vi.fn(async () => {});
  const zones = { decided, gone: async () => {} };
  const processor = new Processor(twice, broadcaster, unwatched, metrics, 1, 60_000, zones);
  const handle = createBatchHandler(processor, (_, error) => {
    throw error;
  });
  return { handle: async (event: DriverEvent) => (await handle([event], false))(), moved, decided };
}

test.each(['applyAtOnce', 'apply'] as const)(
  'a fix whose write was repeated after a lost reply is published as one handled before: %s',
  async (method) => {
    const { handle, moved, decided } = repeating(method);
    const driverId = `repeated-${method}`;
    if (method === 'applyAtOnce') await handle(fixAt(driverId, NOW));
    moved.mockClear();
    decided.mockClear();
    await handle(fixAt(driverId, NOW + 1_000));
    const outcomes = expect.arrayContaining([expect.objectContaining({ driverId, repeated: [NOW + 1_000] })]);
    expect(moved).toHaveBeenCalledWith(outcomes, true, null);
    expect(decided).toHaveBeenCalledWith(outcomes, true);
  },
);

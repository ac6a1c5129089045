import { Metrics } from '#ops';
import type { Hub } from '#realtime';
import { type DriverEvent, FleetIndex, Tracks, type ZoneIndexes, ZoneMembers, ZoneQueues } from '#store';
import type { CellBroadcaster } from '../../apps/processor/src/broadcast/cell-broadcaster.js';
import type { DriverBroadcaster } from '../../apps/processor/src/broadcast/driver-broadcaster.js';
import { createBatchHandler } from '../../apps/processor/src/pipeline/batch-handler.js';
import type { Outcome } from '../../apps/processor/src/pipeline/fold.js';
import { Processor } from '../../apps/processor/src/pipeline/processor.js';
import { ZoneDecisions } from '../../apps/processor/src/zones/zone-decisions.js';
import { ZoneTracker } from '../../apps/processor/src/zones/zone-tracker.js';
import type { StoreTestBed } from './store-test-bed.js';

/** Steps on Redis after which a processor is killed: with the last one, before or after Redis did it. */
export type Life = { steps: number; beforeIt: boolean };

function mortal(life: Life) {
  let left = life.steps;
  let die = () => {};
  const killed = new Promise<'killed'>((resolve) => {
    die = () => resolve('killed');
  });
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const method = target[name as keyof T];
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          left -= 1;
          if (left < 0 || (left === 0 && life.beforeIt)) {
            die();
            return new Promise(() => {});
          }
          const result = await method.apply(target, args);
          if (left > 0) return result;
          die();
          return new Promise(() => {});
        };
      },
    });
  return { wrap, killed };
}

type Observers = {
  onUndecided?: (driverId: string, error: Error) => void;
  /** called when the fixes of a driver are published */
  onMoved?: (outcome: Outcome) => void;
};

/** A real processor with zones, which is killed when its life is over. Its hub reaches nobody. */
export function processorOn(
  testBed: StoreTestBed,
  indexes: ZoneIndexes,
  tag: number,
  life: Life = { steps: 1e9, beforeIt: false },
  { onUndecided, onMoved }: Observers = {},
) {
  const { client } = testBed;
  const { wrap, killed } = mortal(life);
  const metrics = new Metrics(`zc-${tag}`);
  const hub = { emitKept: () => {} } as unknown as Hub;
  const decisions = new ZoneDecisions(
    wrap(new ZoneMembers(client, 1)),
    wrap(new ZoneQueues(client)),
    hub,
    metrics,
  );
  const tracker = new ZoneTracker(indexes, decisions, new Tracks(client, 24), onUndecided);
  const processor = new Processor(
    wrap(new FleetIndex(client)),
    {
      findFollowers: () => null,
      moved: async (outcomes: Outcome[]) => {
        for (const outcome of outcomes) onMoved?.(outcome);
      },
      gone: async () => {},
    } as unknown as DriverBroadcaster,
    { note: () => {} } as unknown as CellBroadcaster,
    metrics,
    tag,
    Number.POSITIVE_INFINITY,
    tracker,
  );
  const handleBatch = createBatchHandler(processor, (_, error) => {
    throw error;
  });
  const handle = async (events: DriverEvent[], redelivered: boolean) =>
    (await handleBatch(events, redelivered))();
  return { processor, handle, tracker, killed };
}

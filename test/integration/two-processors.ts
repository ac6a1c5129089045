import { Metrics } from '#ops';
import type { DriverEvent, FleetIndex } from '#store';
import type { CellBroadcaster } from '../../apps/processor/src/broadcast/cell-broadcaster.js';
import type { DriverBroadcaster } from '../../apps/processor/src/broadcast/driver-broadcaster.js';
import { createBatchHandler } from '../../apps/processor/src/pipeline/batch-handler.js';
import { Processor } from '../../apps/processor/src/pipeline/processor.js';

/** Runs one step of a processor on the index when the scheduler picks it. Steps of several processors interleave. */
export type TakeTurn = <T>(step: () => Promise<T>) => Promise<T>;

type Kill = { atStep: number; beforeIt: boolean };
/** Handles a batch to the end, as a reader does; data that would be quarantined is an error. */
type Handle = (events: DriverEvent[], redelivered: boolean) => Promise<void>;
export type Stepped = { processor: Processor; handle: Handle; killed: Promise<'killed'> };

/** Its fixes are as old as the test makes them, so none is too old. */
const SILENT_MS = Number.POSITIVE_INFINITY;

/** A real processor whose steps on the index wait for the scheduler, and which is killed before or after a given step. */
export function steppedProcessor(index: FleetIndex, takeTurn: TakeTurn, tag: number, kill?: Kill): Stepped {
  let steps = 0;
  let die = (_: 'killed') => {};
  const killed = new Promise<'killed'>((resolve) => {
    die = resolve;
  });
  const stepped = new Proxy(index, {
    get: (target, name: keyof FleetIndex) => {
      const method = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const turn = await takeTurn(async () => {
          steps += 1;
          const isLast = kill !== undefined && steps >= kill.atStep;
          const result =
            isLast && (kill.beforeIt || steps > kill.atStep) ? null : await method.apply(target, args);
          return { result, isLast };
        });
        if (!turn.isLast) return turn.result;
        die('killed');
        // A killed processor does nothing more.
        return new Promise(() => {});
      };
    },
  });
  const silent = {
    findFollowers: () => null,
    moved: async () => {},
    gone: async () => {},
  } as unknown as DriverBroadcaster;
  const unwatched = { note: () => {} } as unknown as CellBroadcaster;
  const metrics = new Metrics(`stepped-${tag}`);
  const processor = new Processor(stepped, silent, unwatched, metrics, tag, SILENT_MS);
  const handleBatch = createBatchHandler(processor, (_, error) => {
    throw error;
  });
  const handle: Handle = async (events, redelivered) => (await handleBatch(events, redelivered))();
  return { processor, handle, killed };
}

/** Handles batches as readers of a partition do: after a kill, the heir gets the unfinished batch again. */
export async function handleAll(first: Stepped, heir: Stepped, batches: DriverEvent[][]): Promise<void> {
  let reader = first;
  for (const batch of batches) {
    const end = await Promise.race([reader.handle(batch, false), reader.killed]);
    if (end !== 'killed') continue;
    reader = heir;
    await heir.handle(batch, true);
  }
}

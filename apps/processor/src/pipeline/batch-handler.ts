import { type BatchHandler, type DriverEvent, settleAll } from '#store';
import type { FollowerRooms } from '../broadcast/driver-broadcaster.js';
import type { Outcome } from './fold.js';
import { isolateFailures } from './isolate-failures.js';
import type { Processor } from './processor.js';

/** Takes what cannot be handled because of its data, all of one driver. */
type Quarantine = (items: Array<{ driverId: string }>, error: Error) => void;

/**
 * Combines the steps of a processor, for {@link BatchHandler}: drivers that take one write are stored first, the others after
 * their earlier steps, and each driver is published when it is stored. Broken data of one driver blocks no other.
 */
export function createBatchHandler(processor: Processor, quarantine: Quarantine): BatchHandler {
  const store = isolateFailures(
    (events: DriverEvent[], redelivered) => processor.store(events, redelivered),
    quarantine,
  );
  const publish = (stored: Outcome[], again: boolean, followers: FollowerRooms | null = null) =>
    isolateFailures(
      (outcomes: Outcome[], redelivered) =>
        // Publishing again is for more drivers than those whose followers were found.
        processor.publish(outcomes, redelivered, redelivered ? null : followers),
      quarantine,
    )(stored, again);
  return async (events, again) => {
    const publishing: Promise<unknown>[] = [];
    const later = (own: DriverEvent[], redelivered: boolean): Promise<unknown> =>
      awaitedLater(
        processor.enqueue(own, async (group) => {
          for (const stored of (await store(group, redelivered)).flat())
            publishing.push(awaitedLater(publish(stored.outcomes, stored.redelivered)));
        }),
      );
    const { rest, updating } = processor.begin(events, again);
    const storing = [later(rest, again)];
    // Whoever handles the batch again must not do so beside the rest of it.
    const finish = async () => {
      await Promise.allSettled(storing);
      await settleAll([...storing, ...publishing]);
    };
    try {
      const { outcomes, failed, redelivered, followers } = await updating;
      storing.push(later(failed, redelivered));
      publishing.push(awaitedLater(publish(outcomes, again, followers)));
    } catch (error) {
      await finish().catch(() => {});
      throw error;
    }
    return finish;
  };
}

/** Keeps the process from taking a failure for unhandled before somebody awaits it. */
function awaitedLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}

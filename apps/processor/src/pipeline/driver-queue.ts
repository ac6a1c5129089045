import { settleAll } from '#store';

type OfDriver = { driverId: string };

/** Runs work on drivers: after the earlier work on the same driver, and beside the work on all others. */
export class DriverQueue {
  /** the last work on each driver */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Whether work on a driver is in progress or waits. */
  has(driverId: string): boolean {
    return this.#last.has(driverId);
  }

  /**
   * Resolves when the work on all items is done. It is called with those that can begin at the same time; drivers that wait
   * for different work never wait for each other. After work that failed it is not called, and this fails, too,
   * when nothing is in progress any more.
   */
  async run<T extends OfDriver>(items: T[], work: (items: T[]) => Promise<void>): Promise<void> {
    const groups = new Map<Promise<unknown> | undefined, T[]>();
    for (const item of items) {
      const earlier = this.#last.get(item.driverId);
      const group = groups.get(earlier);
      if (group === undefined) groups.set(earlier, [item]);
      else group.push(item);
    }
    await settleAll([...groups].map(([earlier, group]) => this.#add(earlier, group, work)));
  }

  #add<T extends OfDriver>(
    earlier: Promise<unknown> | undefined,
    items: T[],
    work: (items: T[]) => Promise<void>,
  ): Promise<void> {
    const done = earlier === undefined ? work(items) : earlier.then(() => work(items));
    for (const { driverId } of items) this.#last.set(driverId, done);
    const forget = () => {
      for (const { driverId } of items) if (this.#last.get(driverId) === done) this.#last.delete(driverId);
    };
    // After a failure, the caller first stops sending work.
    done.then(forget, () => setImmediate(forget));
    return done;
  }
}

import { groupBy } from '#store';
import type { FollowerRoom } from './followed-drivers.js';

/** `after` is the batch that must have ended before a later one may go ahead of the query. */
type Known = { rooms: readonly FollowerRoom[]; after: number };
type Driver = { driverId: string };

const NONE: readonly FollowerRoom[] = [];

/**
 * Rooms of drivers that had members when Redis was last asked. They get a position without a query, which saves a round
 * trip; an empty room costs nothing but the message. A room that is found while earlier batches still wait for the query is
 * used only after those, so that the pushes to it keep their order.
 */
export class KnownRooms {
  readonly #known = new Map<string, Known>();
  #begun = 0;
  #ended = 0;

  /** Returns the number of the next batch. */
  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** Notes that this batch and all before it were published. */
  end(batch: number): void {
    this.#ended = batch;
  }

  /** Returns the rooms of a driver that this batch may use at once. @param mustWait neither this batch nor one after it may, before this has ended */
  roomsOf(driverId: string, batch: number, mustWait: boolean): readonly FollowerRoom[] {
    const known = this.#known.get(driverId);
    if (known === undefined) return NONE;
    if (!mustWait && known.after <= this.#ended) return known.rooms;
    known.after = batch;
    return NONE;
  }

  /** Notes the rooms of drivers that have members now. */
  found<T extends Driver>(drivers: T[], rooms: Array<FollowerRoom & { driver: T }>): void {
    const byDriver = groupBy(rooms, ({ driver }) => driver.driverId);
    for (const { driverId } of drivers) {
      const own = byDriver.get(driverId);
      if (own === undefined) this.#known.delete(driverId);
      else this.#note(driverId, uniqueRooms(own));
    }
  }

  #note(driverId: string, rooms: FollowerRoom[]): void {
    const known = this.#known.get(driverId);
    const hasAll = rooms.every(({ namespace }) => known?.rooms.some((room) => room.namespace === namespace));
    this.#known.set(driverId, { rooms, after: hasAll ? known!.after : this.#begun });
  }

  forget(driverId: string): void {
    this.#known.delete(driverId);
  }
}

/** A driver with several updates in one query has each room several times. */
const uniqueRooms = (rooms: FollowerRoom[]): FollowerRoom[] => [
  ...new Map(rooms.map(({ namespace, room }) => [namespace, { namespace, room }])).values(),
];

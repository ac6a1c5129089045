import { Injectable } from '@nestjs/common';
import { cellRoom, FRESH_MS, type Vehicle } from '#protocol';
import { carKey, Hub } from '#realtime';
import { clock, type DriverRecord, shownCar, vehicleOf } from '#store';
import { riderCell, type WatchedCells, watchedCells } from './watched-cells.js';

/**
 * Changes of drivers, each as its record before and after; one of them is null when the driver was, or is, not in the index. A
 * flat list, because an object for each of the changes would live for a tick, long enough to be expensive to collect.
 */
type Changes = Array<DriverRecord | null>;
/** Changes in one cell since the last tick. Keys: driver ids for dispatchers, keys of cars for riders. */
type CellChanges = { moved: Map<string, DriverRecord>; gone: Set<string> };
type Message = {
  tick: number;
  cell: string;
  moved: Array<[key: string, record: DriverRecord]>;
  gone: string[];
};

type Audience = {
  /** index cells outside of which the audience sees nothing */
  areasOf: (watched: WatchedCells) => ReadonlySet<string>;
  /** cells whose changes the audience sees */
  cellsOf: (watched: WatchedCells) => ReadonlySet<string>;
  send: (message: Message, now: number) => void;
  /** cell in which the audience sees a driver; null when it does not see it */
  cellOf: (record: DriverRecord) => string | null;
  keyOf: (record: DriverRecord) => string;
};

/** Collects changes and publishes them once per tick: the newest per driver, and only to watched cells. */
@Injectable()
export class CellBroadcaster {
  readonly #audiences: Audience[];
  #changes: Changes = [];

  constructor(private readonly hub: Hub) {
    this.#audiences = [
      {
        areasOf: ({ byDispatchers }) => byDispatchers,
        cellsOf: ({ byDispatchers }) => byDispatchers,
        send: ({ moved, ...message }, now) =>
          hub.emit({ namespace: '/dispatch', room: cellRoom(message.cell) }, 'fleet', {
            ...message,
            moved: moved.map(([, record]) => vehicleAt(now, record)),
          }),
        cellOf: ({ cell }) => cell,
        keyOf: ({ driverId }) => driverId,
      },
      {
        areasOf: ({ nearRiders }) => nearRiders,
        cellsOf: ({ byRiders }) => byRiders,
        send: ({ moved, ...message }) =>
          hub.signal({ namespace: '/rider', room: cellRoom(message.cell) }, 'cars:changed', {
            ...message,
            moved: moved.map(([key, record]) => {
              const { lat, lng } = shownCar(record)!;
              return { key, lat, lng, receivedAt: record.receivedAt };
            }),
          }),
        cellOf: riderCell,
        keyOf: ({ driverId, shift }) => carKey(driverId, shift),
      },
    ];
  }

  /** Records that a driver changed from one record to another. */
  note(before: DriverRecord | null, after: DriverRecord | null): void {
    this.#changes.push(before, after);
  }

  /**
   * Publishes the changes collected since the last call; a failure keeps them for the next one.
   * @param tick number of the tick, by which clients distinguish frames
   */
  async flush(tick: number): Promise<void> {
    const changes = this.#changes;
    if (changes.length === 0) return;
    this.#changes = [];
    let watched: WatchedCells;
    try {
      watched = await watchedCells(this.hub, changes);
    } catch (error) {
      // Redis is unavailable: keep the net change of each driver. No client has seen the steps in between.
      this.#changes = merged(changes.concat(this.#changes));
      throw error;
    }
    const now = clock.now();
    for (const audience of this.#audiences)
      sendAll(audience, messagesFor(audience, changes, watched, tick), now);
  }
}

function sendAll({ send }: Audience, messages: Message[], now: number): void {
  // Send all removals first: a vehicle that crosses a border must not vanish for a client that watches both cells.
  for (const message of messages) if (message.gone.length > 0) send({ ...message, moved: [] }, now);
  for (const message of messages) if (message.moved.length > 0) send({ ...message, gone: [] }, now);
}

/** Leaves out `receivedAt` where the frame itself says enough: most positions are as young as the tick. */
const vehicleAt = (now: number, record: DriverRecord): Vehicle =>
  now - record.receivedAt > FRESH_MS
    ? { ...vehicleOf(record), receivedAt: record.receivedAt }
    : vehicleOf(record);

const messagesFor = (audience: Audience, changes: Changes, watched: WatchedCells, tick: number): Message[] =>
  Array.from(changesOfCells(audience, changes, watched), ([cell, { moved, gone }]) => ({
    tick,
    cell,
    moved: [...moved],
    gone: [...gone],
  }));

/** Replays the changes in order, limited to the watched cells. */
function changesOfCells(
  { areasOf, cellsOf, cellOf, keyOf }: Audience,
  changes: Changes,
  watched: WatchedCells,
): Map<string, CellChanges> {
  const found = new Map<string, CellChanges>();
  const areas = areasOf(watched);
  const cells = cellsOf(watched);
  if (cells.size === 0) return found;
  const at = (cell: string): CellChanges => {
    let changesOfCell = found.get(cell);
    if (changesOfCell === undefined) {
      changesOfCell = { moved: new Map(), gone: new Set() };
      found.set(cell, changesOfCell);
    }
    return changesOfCell;
  };
  const seenIn = (record: DriverRecord | null): string | null => {
    const cell = record !== null && areas.has(record.cell) ? cellOf(record) : null;
    return cell !== null && cells.has(cell) ? cell : null;
  };
  for (let i = 0; i < changes.length; i += 2) {
    const before = changes[i] ?? null;
    const after = changes[i + 1] ?? null;
    const from = seenIn(before);
    const to = seenIn(after);
    if (from === null && to === null) continue;
    const fromKey = before === null ? null : keyOf(before);
    const toKey = after === null ? null : keyOf(after);
    if (from !== null && (from !== to || fromKey !== toKey)) {
      at(from).moved.delete(fromKey!);
      at(from).gone.add(fromKey!);
    }
    if (to !== null) {
      at(to).gone.delete(toKey!);
      at(to).moved.set(toKey!, after!);
    }
  }
  return found;
}

/** Merges the changes of each driver into one. */
function merged(changes: Changes): Changes {
  const byDriver = new Map<string, [before: DriverRecord | null, after: DriverRecord | null]>();
  for (let i = 0; i < changes.length; i += 2) {
    const before = changes[i] ?? null;
    const after = changes[i + 1] ?? null;
    const { driverId } = (before ?? after)!;
    const first = byDriver.get(driverId);
    byDriver.set(driverId, [first === undefined ? before : first[0], after]);
  }
  return [...byDriver.values()].flat();
}

import { Injectable } from '@nestjs/common';
import { nearbyCell } from '#geo/cells';
import { cellRoom, type Frame, type Vehicle } from '#protocol';
import { Hub, Pseudonyms, pseudonymKey } from '#realtime';
import { clock, type DriverRecord, vehicleOf } from '#store';

/** Age above which a vehicle in a frame says when its position was received. */
const FRESH_MS = 2_000;

/** Change of one driver; a side is null when the driver was, or is, not in the index. */
type Change = { driverId: string; before: DriverRecord | null; after: DriverRecord | null };
/** Changes in one cell since the last tick. Keys: driver ids for dispatchers, pseudonym keys for riders. */
type CellChanges = { moved: Map<string, DriverRecord>; gone: Set<string> };

type Audience = {
  namespace: '/rider' | '/dispatch';
  send: (room: string, frame: Frame) => void;
  /** cell in which the audience sees a driver; null when it does not see it */
  cellOf: (record: DriverRecord) => string | null;
  keyOf: (record: DriverRecord) => string;
  /** id on the wire */
  nameOf: (key: string) => string;
};

/** Returns the cell in which riders see a driver, or null. Cached on the record: it is needed on entering and on leaving. */
export function riderCell(record: DriverRecord): string | null {
  if (record.status !== 'available') return null;
  record.nearby ??= nearbyCell(record);
  return record.nearby;
}

/** Collects changes and publishes them once per tick: the newest per driver, and only to watched cells. */
@Injectable()
export class CellBroadcaster {
  readonly #audiences: Audience[];
  #changes: Change[] = [];

  constructor(
    private readonly hub: Hub,
    pseudonyms: Pseudonyms,
  ) {
    this.#audiences = [
      {
        namespace: '/dispatch',
        send: (room, frame) => hub.emit({ namespace: '/dispatch', room }, 'fleet', frame),
        cellOf: ({ cell }) => cell,
        keyOf: ({ driverId }) => driverId,
        nameOf: (key) => key,
      },
      {
        namespace: '/rider',
        send: (room, frame) => hub.emit({ namespace: '/rider', room }, 'cars', frame),
        cellOf: riderCell,
        keyOf: pseudonymKey,
        nameOf: (key) => pseudonyms.named(key),
      },
    ];
  }

  /** Records that a driver changed from one record to another. */
  note(driverId: string, before: DriverRecord | null, after: DriverRecord | null): void {
    this.#changes.push({ driverId, before, after });
  }

  /**
   * Publishes the changes collected since the last call; a failure keeps them for the next one.
   * @param tick number of the tick, by which clients tell frames apart
   */
  async flush(tick: number): Promise<void> {
    const changes = this.#changes;
    this.#changes = [];
    let frames: Frame[][];
    try {
      frames = await Promise.all(this.#audiences.map((audience) => this.#framesFor(audience, changes, tick)));
    } catch (error) {
      // Redis is unavailable: keep the net change of each driver. No client has seen the steps in between.
      this.#changes = merged([...changes, ...this.#changes]);
      throw error;
    }
    for (const [i, audience] of this.#audiences.entries()) this.#send(audience, frames[i]!);
  }

  async #framesFor(audience: Audience, changes: Change[], tick: number): Promise<Frame[]> {
    const { namespace, cellOf, nameOf } = audience;
    const touched = new Set<string>();
    for (const { before, after } of changes) {
      for (const record of [before, after]) {
        const cell = record === null ? null : cellOf(record);
        if (cell !== null) touched.add(cell);
      }
    }
    const rooms = [...touched].map((cell) => ({ namespace, room: cellRoom(cell), cell }));
    const watched = new Set((await this.hub.occupied(rooms)).map(({ cell }) => cell));
    const now = clock.now();
    return [...changesOfCells(audience, changes, watched)].map(([cell, { moved, gone }]) => ({
      tick,
      cell,
      moved: Array.from(moved, ([key, record]) => vehicleAt(now, record, nameOf(key))),
      gone: Array.from(gone, nameOf),
    }));
  }

  #send({ send }: Audience, frames: Frame[]): void {
    const emit = (frame: Frame) => send(cellRoom(frame.cell), frame);
    // Send all removals first: a vehicle that crosses a border must not vanish for a client that watches both cells.
    for (const frame of frames) if (frame.gone.length > 0) emit({ ...frame, moved: [] });
    for (const frame of frames) if (frame.moved.length > 0) emit({ ...frame, gone: [] });
  }
}

/** Leaves out `receivedAt` where the frame itself says enough: most positions are as young as the tick. */
const vehicleAt = (now: number, record: DriverRecord, id: string): Vehicle =>
  now - record.receivedAt > FRESH_MS
    ? { ...vehicleOf(record, id), receivedAt: record.receivedAt }
    : vehicleOf(record, id);

/** Replays the changes in order, limited to the watched cells. */
function changesOfCells(
  { cellOf, keyOf }: Audience,
  changes: Change[],
  watched: Set<string>,
): Map<string, CellChanges> {
  const cells = new Map<string, CellChanges>();
  if (watched.size === 0) return cells;
  const at = (cell: string): CellChanges => {
    let changesOfCell = cells.get(cell);
    if (changesOfCell === undefined) {
      changesOfCell = { moved: new Map(), gone: new Set() };
      cells.set(cell, changesOfCell);
    }
    return changesOfCell;
  };
  for (const { before, after } of changes) {
    const from = before === null ? null : cellOf(before);
    const to = after === null ? null : cellOf(after);
    const leaves = from !== null && watched.has(from);
    const enters = to !== null && watched.has(to);
    if (!leaves && !enters) continue;
    const fromKey = before === null ? null : keyOf(before);
    const toKey = after === null ? null : keyOf(after);
    if (leaves && (from !== to || fromKey !== toKey)) {
      at(from).moved.delete(fromKey!);
      at(from).gone.add(fromKey!);
    }
    if (enters) {
      at(to).gone.delete(toKey!);
      at(to).moved.set(toKey!, after!);
    }
  }
  return cells;
}

/** Merges the changes of each driver into one. */
function merged(changes: Change[]): Change[] {
  const byDriver = new Map<string, Change>();
  for (const change of changes) {
    const first = byDriver.get(change.driverId);
    byDriver.set(change.driverId, first === undefined ? change : { ...change, before: first.before });
  }
  return [...byDriver.values()];
}

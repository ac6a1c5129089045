import { nearbyCell } from '#geo/cells';
import { cellRoom, type Frame, type Vehicle } from '#protocol';
import { type Hub, type Pseudonyms, pseudonymKey } from '#realtime';
import { type DriverRecord, vehicleOf } from '#store';

/** What changed in one cell since the last tick; keys are drivers for dispatchers and pseudonym keys for riders. */
type Changes = { moved: Map<string, DriverRecord>; gone: Set<string> };
type Audience = {
  namespace: '/rider' | '/dispatch';
  event: 'cars' | 'fleet';
  /** where an audience sees a driver, and under which key; null when it does not */
  place: (record: DriverRecord) => { cell: string; key: string } | null;
  /** the id on the wire */
  nameOf: (key: string) => string;
  cells: Map<string, Changes>;
};

/** Gathers changes of cells and sends them once a tick: the newest per driver, and only to cells that someone watches. */
export class Frames {
  readonly #audiences: Audience[];

  constructor(
    private readonly hub: Hub,
    pseudonyms: Pseudonyms,
  ) {
    this.#audiences = [
      {
        namespace: '/dispatch',
        event: 'fleet',
        place: (record) => ({ cell: record.cell, key: record.driverId }),
        nameOf: (key) => key,
        cells: new Map(),
      },
      {
        namespace: '/rider',
        event: 'cars',
        place: (record) =>
          record.status === 'available' ? { cell: nearbyCell(record), key: pseudonymKey(record) } : null,
        nameOf: (key) => pseudonyms.named(key),
        cells: new Map(),
      },
    ];
  }

  /** Notes that a driver changed from one record to another; null when it was or is not in the index. */
  note(before: DriverRecord | null, after: DriverRecord | null): void {
    for (const { place, cells } of this.#audiences) {
      const from = before === null ? null : place(before);
      const to = after === null ? null : place(after);
      if (from !== null && (from.cell !== to?.cell || from.key !== to.key)) {
        const changes = changesOf(cells, from.cell);
        changes.moved.delete(from.key);
        changes.gone.add(from.key);
      }
      if (to !== null) {
        const changes = changesOf(cells, to.cell);
        changes.gone.delete(to.key);
        changes.moved.set(to.key, after!);
      }
    }
  }

  /** @param tick number of the tick, for clients to tell frames apart */
  async flush(tick: number): Promise<void> {
    await Promise.all(this.#audiences.map((audience) => this.#send(audience, tick)));
  }

  async #send({ namespace, event, nameOf, cells }: Audience, tick: number): Promise<void> {
    const noted = [...cells];
    // Kept until it is known who listens: while Redis is away nothing is dropped, and there is one entry per driver.
    const occupied = await this.hub.occupied(
      namespace,
      noted.map(([cell]) => cellRoom(cell)),
    );
    const frames: Frame[] = [];
    for (const [cell, changes] of noted) {
      cells.delete(cell);
      if (!occupied.has(cellRoom(cell))) continue;
      const moved: Vehicle[] = [];
      for (const [key, record] of changes.moved) moved.push(vehicleOf(record, nameOf(key)));
      frames.push({ tick, cell, moved, gone: [...changes.gone].map(nameOf) });
    }
    const emit = (frame: Frame) => this.hub.emit(namespace, cellRoom(frame.cell), event, frame);
    // Gone first, all cells: who crosses a border must not vanish for a watcher of both sides.
    for (const frame of frames) if (frame.gone.length > 0) emit({ ...frame, moved: [] });
    for (const frame of frames) if (frame.moved.length > 0) emit({ ...frame, gone: [] });
  }
}

function changesOf(cells: Map<string, Changes>, cell: string): Changes {
  const known = cells.get(cell);
  if (known !== undefined) return known;
  const changes: Changes = { moved: new Map(), gone: new Set() };
  cells.set(cell, changes);
  return changes;
}

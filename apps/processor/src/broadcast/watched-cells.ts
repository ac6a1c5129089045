import { nearbyCell } from '#geo/cells';
import { cellRoom, nearbyRoom } from '#protocol';
import type { Hub } from '#realtime';
import { type DriverRecord, shownCar } from '#store';

/** Watched cells among those in which some drivers are or were. */
export type WatchedCells = {
  /** index cells that dispatchers watch */
  byDispatchers: ReadonlySet<string>;
  /** index cells in or near which riders watch; a rider sees no driver of another cell */
  nearRiders: ReadonlySet<string>;
  /** nearby cells that riders watch */
  byRiders: ReadonlySet<string>;
};

const NONE: ReadonlySet<string> = new Set();
export const UNWATCHED: WatchedCells = { byDispatchers: NONE, nearRiders: NONE, byRiders: NONE };

/** Cell of a record that riders may watch; null if there is none. */
type CellOf = (record: DriverRecord) => string | null;

/** Returns the cell in which riders see a driver, or null. */
export const riderCell: CellOf = (record) => shownCar(record)?.cell ?? null;

/** Returns the cell in which riders see a driver, or would without its concealment: its path needs fixes, too. */
export const cellNearRiders: CellOf = (record) =>
  record.status === 'available' ? (riderCell(record) ?? nearbyCell(record)) : null;

/** Whether riders watch the cell of a driver, also while they do not see it. */
export const isNearRiders = (record: DriverRecord, { nearRiders, byRiders }: WatchedCells): boolean =>
  nearRiders.has(record.cell) && byRiders.has(cellNearRiders(record) ?? '');

/**
 * Finds the watched cells of some records. Nearby cells are only computed and queried where a rider watches one near the
 * index cell, because there are fifty times as many of them. Called after a change is stored, it misses no watcher whose
 * snapshot does not contain the change: a watcher joins both rooms before it reads the snapshot, so if it was in one of them
 * too late for its query, it reads the snapshot later still.
 */
export async function watchedCells(
  hub: Pick<Hub, 'occupied'>,
  records: ReadonlyArray<DriverRecord | null>,
  cellOf: CellOf = riderCell,
): Promise<WatchedCells> {
  const cells = new Set<string>();
  for (const record of records) if (record !== null) cells.add(record.cell);
  const rooms = Array.from(cells, (cell) => [
    { namespace: '/dispatch' as const, room: cellRoom(cell), cell },
    { namespace: '/rider' as const, room: nearbyRoom(cell), cell },
  ]);
  const byDispatchers = new Set<string>();
  const nearRiders = new Set<string>();
  for (const { namespace, cell } of await hub.occupied(rooms.flat()))
    (namespace === '/dispatch' ? byDispatchers : nearRiders).add(cell);
  if (nearRiders.size === 0) return { byDispatchers, nearRiders, byRiders: NONE };
  const nearby = new Set<string>();
  for (const record of records) {
    const cell = record !== null && nearRiders.has(record.cell) ? cellOf(record) : null;
    if (cell !== null) nearby.add(cell);
  }
  const fine = Array.from(nearby, (cell) => ({ namespace: '/rider' as const, room: cellRoom(cell), cell }));
  const byRiders = new Set((await hub.occupied(fine)).map(({ cell }) => cell));
  return { byDispatchers, nearRiders, byRiders };
}

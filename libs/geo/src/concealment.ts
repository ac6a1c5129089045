import { METRES_PER_DEGREE, type Point, wrapLng } from './distance.js';
import { snapToGrid } from './snap.js';

/** Step of the grid on which riders see cars, metres. */
export const RIDER_GRID_M = 30;
/** Distance driven by which riders see a car behind its real position: where a shift ends, the last stretch was never shown. */
export const BEHIND_M = 200;
/** Distance driven from the beginning of a shift until the path that riders see begins. */
const HIDDEN_FIRST_M = 200;
/** The same after a trip: random, at least and at most. */
const HIDDEN_AFTER_TRIP_M = [300, 1_000] as const;
/** Time for which a car stays hidden after a trip: random, at least and at most, ms. */
const AFTER_TRIP_MS = [60_000, 180_000] as const;
/** Time for which a car that gets a new name is hidden: random, at least and at most, ms. */
const RENAMED_MS = [20_000, 60_000] as const;
/**
 * Distance driven meanwhile, until its path begins again: random, at least and at most. In time alone a car gets not far, and
 * then the nearest one that comes back is the same.
 */
const RENAMED_M = [300, 1_300] as const;
/** Cars change their names in common slots of this length: those near each other are hidden and come back together. */
const SLOT_MS = 180_000;
/** Maximum number of slots for which a car keeps a name. */
const MAX_SLOTS = 4;
/** Distance from the last point of a path to the next one. Smaller moves may be noise of a car that stands. */
const STEP_M = 30;
/** A longer step is no driving: the car was out of sight. Its path begins again. */
const JUMP_M = 2_000;
/** Points of a path per degree. */
const UNITS = 1e5;
const HALF_TURN = 180 * UNITS;
const UNIT_M = METRES_PER_DEGREE / UNITS;

/**
 * Decides where riders see a car that is available, and whether they do. It is part of the record of the driver, and so the
 * same on all nodes.
 */
export type Concealment = {
  /** end of the time for which the car is hidden, epoch ms */
  until: number;
  /** metres still to be driven before the path begins */
  leftM: number;
  /** the slot in which the car gets its next name; 0 while no path has begun */
  renameSlot: number;
  /** latitude and longitude of each point in 1e-5 degrees, oldest first; one point while metres are left */
  path: readonly number[];
};

/** Maximum number of points in a path. */
export const MAX_PATH_POINTS = Math.ceil(BEHIND_M / STEP_M) + 2;

/** The concealment at the beginning of a shift. */
export const AT_START: Concealment = { until: 0, leftM: HIDDEN_FIRST_M, renameSlot: 0, path: [] };

/** The concealment after a trip. @param random returns numbers in [0, 1) that nobody can predict */
export const afterTrip = (now: number, random: () => number): Concealment => ({
  until: now + between(AFTER_TRIP_MS, random()),
  leftM: between(HIDDEN_AFTER_TRIP_M, random()),
  renameSlot: 0,
  path: [],
});

/** Returns the concealment of a car whose path begins again, hidden for no less than before: after a break, or out of sight. */
export const restarted = ({ until, leftM }: Concealment): Concealment => ({
  ...AT_START,
  until,
  leftM: Math.max(leftM, HIDDEN_FIRST_M),
});

/**
 * Returns the concealment after a move of an available car, the same object after a small one.
 * @param now time when the service received the position, epoch ms
 * @returns also whether riders see the car under a new name from now on
 */
export function concealed(
  concealment: Concealment,
  position: Point,
  now: number,
  random: () => number,
): { concealment: Concealment; isRenamed: boolean } {
  const { path, leftM, until, renameSlot } = concealment;
  const y = Math.round(position.lat * UNITS);
  const x = Math.round(position.lng * UNITS);
  if (path.length === 0) return { concealment: { ...concealment, path: [y, x] }, isRenamed: false };
  const stepM = metres(path[path.length - 2]!, path[path.length - 1]!, y, x, squeezeAt(y));
  if (stepM < STEP_M) return { concealment, isRenamed: false };
  if (stepM > JUMP_M) return { concealment: { ...restarted(concealment), path: [y, x] }, isRenamed: false };
  const slot = Math.floor(now / SLOT_MS);
  if (leftM > 0) {
    const rest = Math.max(0, Math.ceil(leftM - stepM));
    const next = rest > 0 ? renameSlot : nextSlot(slot, random());
    return { concealment: { until, leftM: rest, renameSlot: next, path: [y, x] }, isRenamed: false };
  }
  if (slot < renameSlot)
    return {
      concealment: { ...concealment, path: endOf([...path, y, x], BEHIND_M) },
      isRenamed: false,
    };
  return {
    concealment: {
      until: Math.max(until, now + between(RENAMED_MS, random())),
      leftM: between(RENAMED_M, random()),
      renameSlot: 0,
      path: [y, x],
    },
    isRenamed: true,
  };
}

/**
 * Returns the grid point where riders see a car; null while it is hidden.
 * @param receivedAt time when the service received its last position, epoch ms
 */
export function shownAt({ until, leftM, path }: Concealment, receivedAt: number): Point | null {
  if (leftM > 0 || receivedAt < until) return null;
  if (path.length === 0) return null;
  const squeeze = squeezeAt(path[path.length - 2]!);
  let restM = BEHIND_M;
  for (let i = path.length - 4; i >= 0; i -= 2) {
    const [fromY, fromX, toY, toX] = [path[i]!, path[i + 1]!, path[i + 2]!, path[i + 3]!];
    const legM = metres(fromY, fromX, toY, toX, squeeze);
    if (legM >= restM) {
      const share = restM / legM;
      const lat = (toY + (fromY - toY) * share) / UNITS;
      const lng = wrapLng((toX + eastward(toX, fromX) * share) / UNITS);
      return snapToGrid({ lat, lng }, RIDER_GRID_M);
    }
    restM -= legM;
  }
  return null;
}

/** Returns the shortest end of a path that is at least so long. */
function endOf(path: readonly number[], lengthM: number): readonly number[] {
  const squeeze = squeezeAt(path[path.length - 2]!);
  let restM = lengthM;
  for (let i = path.length - 4; i >= 0; i -= 2) {
    restM -= metres(path[i]!, path[i + 1]!, path[i + 2]!, path[i + 3]!, squeeze);
    if (restM <= 0) return path.slice(i);
  }
  return path;
}

const nextSlot = (slot: number, random: number): number => slot + 1 + Math.floor(random * MAX_SLOTS);

const between = ([from, to]: readonly [number, number], random: number): number =>
  Math.round(from + random * (to - from));

/** Difference of two longitudes on the shorter way around. */
const eastward = (fromX: number, toX: number): number => {
  const dx = toX - fromX;
  return dx > HALF_TURN ? dx - 2 * HALF_TURN : dx < -HALF_TURN ? dx + 2 * HALF_TURN : dx;
};

/** Length of a degree eastward relative to one northward. */
const squeezeAt = (y: number): number => Math.cos((y / UNITS) * (Math.PI / 180));

/** Distance of two points that are near each other, on a plane that touches the earth there. Not `hypot`, which is slow. */
function metres(fromY: number, fromX: number, toY: number, toX: number, squeeze: number): number {
  const dy = toY - fromY;
  const dx = eastward(fromX, toX) * squeeze;
  return Math.sqrt(dy * dy + dx * dx) * UNIT_M;
}

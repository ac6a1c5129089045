import { HOUR_MS, isOpen, type Trip } from '#protocol';
import type { BoardSession } from '../session.js';
import { historiesOfArea, historyOfTrack, type Subject } from './history.js';

export const HOURS: readonly number[] = [1, 3, 6];
/** Trips of a page, and pages that are loaded at most. */
const TRIPS = 500;
const TRIP_PAGES = 6;

/**
 * Loads the history and starts the replay, at its beginning by default.
 * @param at epoch ms of the moment to show
 * @returns false when there is none @throws {HexfleetError}
 */
export async function openReplay(
  session: BoardSession,
  subject: Subject,
  hours: number,
  at?: number,
): Promise<boolean> {
  // A moment of the past is in the middle of what is loaded.
  const to =
    at === undefined ? session.fleet.now() : Math.min(session.fleet.now(), at + (hours * HOUR_MS) / 2);
  const span = { from: to - hours * HOUR_MS, to };
  const [found, trips] = await Promise.all([
    loadHistories(session, subject, span),
    loadTrips(session, span.from),
  ]);
  const first = found.histories.reduce((min, { times }) => Math.min(min, times[0]!), to);
  if (found.histories.length === 0) return false;
  session.$replay.set({
    subject,
    hours,
    from: first,
    to,
    at: Math.max(first, at ?? first),
    plays: at === undefined,
    trips,
    ...found,
  });
  return true;
}

async function loadHistories(session: BoardSession, subject: Subject, span: { from: number; to: number }) {
  if (subject.kind === 'driver') {
    const track = await session.api.track(subject.driverId, span);
    const history = historyOfTrack(track);
    const { truncated } = track.properties;
    return { histories: history === null ? [] : [history], truncated, candidates: 1 };
  }
  const area = await session.api.fleetHistory(session.$inView.get(), span);
  const histories = historiesOfArea(area).filter(({ times }) => times.length > 1);
  return { histories, truncated: area.truncated, candidates: area.candidates };
}

/** Trips that were open at some time since `from`. Without them, the replay shows no statuses, but the vehicles. */
async function loadTrips({ client, $trips }: BoardSession, from: number): Promise<Trip[]> {
  const trips = [...$trips.get().values()].filter(({ state }) => isOpen(state));
  let before: number | null | undefined;
  for (let page = 0; page < TRIP_PAGES && before !== null; page += 1) {
    const ended = await client
      .tripHistory({ from, limit: TRIPS, ...(before !== undefined && { before }) })
      .catch(() => null);
    if (ended === null) return trips;
    trips.push(...ended.trips);
    before = ended.next;
  }
  return trips;
}

import type { BoardSession } from '../session.js';
import { historiesOfArea, historyOfTrack, type Subject } from './history.js';

const HOUR_MS = 3_600_000;
export const HOURS: readonly number[] = [1, 3, 6];

/** Opens the past at its beginning. @returns whether there is any @throws {HexfleetError} */
export async function openReplay(session: BoardSession, subject: Subject, hours: number): Promise<boolean> {
  const to = session.fleet.now();
  const found = await pastsOf(session, subject, { from: to - hours * HOUR_MS, to });
  const times = found.pasts.flatMap((past) => [past.times[0]!, past.times.at(-1)!]);
  if (times.length === 0) return false;
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  session.replay.set({ subject, hours, from: first, to: last, at: first, ...found });
  return true;
}

async function pastsOf(session: BoardSession, subject: Subject, span: { from: number; to: number }) {
  if (subject.kind === 'driver') {
    const track = await session.api.track(subject.driverId, span);
    const past = historyOfTrack(track);
    return { pasts: past === null ? [] : [past], truncated: track.properties.truncated };
  }
  const history = await session.api.fleetHistory(session.inView.get(), span);
  const pasts = historiesOfArea(history).filter(({ times }) => times.length > 1);
  return { pasts, truncated: history.truncated };
}

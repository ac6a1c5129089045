import { HOUR_MS } from '#protocol';
import type { BoardSession } from '../session.js';
import { historiesOfArea, historyOfTrack, type Subject } from './history.js';

export const HOURS: readonly number[] = [1, 3, 6];

/** Loads the history and starts the replay at its beginning. @returns false when there is none @throws {HexfleetError} */
export async function openReplay(session: BoardSession, subject: Subject, hours: number): Promise<boolean> {
  const to = session.fleet.now();
  const found = await loadHistories(session, subject, { from: to - hours * HOUR_MS, to });
  const times = found.histories.flatMap(({ times }) => [times[0]!, times.at(-1)!]);
  if (times.length === 0) return false;
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  session.$replay.set({ subject, hours, from: first, to: last, at: first, ...found });
  return true;
}

async function loadHistories(session: BoardSession, subject: Subject, span: { from: number; to: number }) {
  if (subject.kind === 'driver') {
    const track = await session.api.track(subject.driverId, span);
    const history = historyOfTrack(track);
    return { histories: history === null ? [] : [history], truncated: track.properties.truncated };
  }
  const area = await session.api.fleetHistory(session.$inView.get(), span);
  const histories = historiesOfArea(area).filter(({ times }) => times.length > 1);
  return { histories, truncated: area.truncated };
}

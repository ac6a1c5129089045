import type { WritableAtom } from 'nanostores';
import type { Track, Trip } from '#protocol';
import { HexfleetError, type RiderApi } from '#sdk';
import { sleep } from '#sdk/util';
import { RETRY_MS } from '../../shared/live/retry.js';
import type { RiderStore } from './state.js';

type Session = { api: RiderApi; state: RiderStore; $track: WritableAtom<Track | null> };

/** Reads the history of the current trip from the service: its summary at the end, before that the path driven so far. */
export function readHistory(session: Session): void {
  const { trip, step } = session.state.get();
  if (trip !== null) void (step === 'done' ? summarize(session, trip) : readTrack(session, trip));
}

/** Reads the path that was driven while this page was closed or offline. */
async function readTrack({ api, state, $track }: Session, { id, driverId }: Trip): Promise<void> {
  if (driverId === null) return;
  try {
    const track = await api.track(driverId, { tripId: id });
    if (state.isCurrent(id)) $track.set(track);
  } catch {
    // The path then has a gap, and live positions continue it.
  }
}

/** Tries until the rider leaves the trip. */
async function summarize({ api, state }: Session, { id }: Trip): Promise<void> {
  while (state.isCurrent(id) && state.get().step === 'done' && state.get().summary === null) {
    try {
      const summary = await api.summary(id);
      if (state.isCurrent(id)) state.change({ summary });
    } catch (error) {
      if (error instanceof HexfleetError && !error.retry) return;
      await sleep(RETRY_MS);
    }
  }
}

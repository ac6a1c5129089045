import { Pause, Play, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Track } from '#protocol';
import { useStore } from '../../ui/hooks.js';
import type { BoardSession } from '../session.js';

const TEXTS = {
  title: 'Replay',
  open: 'Replay the last hours',
  nothing: 'No track is kept of the last hours.',
  past: (driverId: string) => `The past of ${driverId}`,
  time: 'Time',
  play: 'Play',
  pause: 'Pause',
  speed: (times: number) => `${times} times as fast`,
  leave: 'Back to now',
};
const HOUR_MS = 3_600_000;
const HOURS = 3;
const SPEEDS = [1, 10, 60];
const TICK_MS = 100;
/** Of one press of an arrow key. */
const STEP_MS = 5_000;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Opens the past of a driver. */
export function ReplayButton({ session, driverId }: { session: BoardSession; driverId: string }) {
  const [isEmpty, setEmpty] = useState(false);
  const open = async () => {
    const to = session.fleet.now();
    // A driver that was never heard has no track either.
    const track = await session.api.track(driverId, { from: to - HOURS * HOUR_MS, to }).catch(() => null);
    const first = track?.properties.times[0];
    if (track === null || first === undefined || track.geometry?.type !== 'LineString') setEmpty(true);
    else session.replay.set({ track, at: first });
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void open()}>
        <Play size={15} aria-hidden />
        {TEXTS.open}
      </button>
      {isEmpty && <p className="side-note">{TEXTS.nothing}</p>}
    </>
  );
}

/** The bar below the map while the past is shown. */
export function ReplayBar({ session }: { session: BoardSession }) {
  const replay = useStore(session.replay);
  return replay === null ? null : <Bar session={session} track={replay.track} at={replay.at} />;
}

function Bar({ session, track, at }: { session: BoardSession; track: Track; at: number }) {
  const [plays, setPlays] = useState(true);
  const [speed, setSpeed] = useState(10);
  const { times, driverId } = track.properties;
  const [first, last] = [times[0]!, times.at(-1)!];
  const to = (time: number) =>
    session.replay.set({ track, at: Math.max(first, Math.min(last, Math.round(time))) });
  useEffect(() => {
    if (!plays) return;
    const timer = setInterval(() => {
      const now = session.replay.get();
      if (now === null) return;
      const next = now.at + TICK_MS * speed;
      session.replay.set({ track: now.track, at: Math.min(last, next) });
      if (next >= last) setPlays(false);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [plays, speed, session, last]);
  return (
    <section className="replay" aria-label={TEXTS.title} data-at={at}>
      <button
        type="button"
        className="icon-button"
        aria-label={plays ? TEXTS.pause : TEXTS.play}
        onClick={() => {
          if (!plays && at >= last) to(first);
          setPlays(!plays);
        }}
      >
        {plays ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
      </button>
      <p>
        <strong>{TEXTS.past(driverId)}</strong> <time>{clock.format(at)}</time>
      </p>
      <input
        type="range"
        aria-label={TEXTS.time}
        aria-valuetext={clock.format(at)}
        min={first}
        max={last}
        step={STEP_MS}
        value={at}
        onChange={({ target }) => {
          setPlays(false);
          to(Number(target.value));
        }}
      />
      {SPEEDS.map((times) => (
        <button
          key={times}
          type="button"
          className="filter-chip"
          aria-label={TEXTS.speed(times)}
          aria-pressed={times === speed}
          onClick={() => setSpeed(times)}
        >
          ×{times}
        </button>
      ))}
      <button type="button" className="button" onClick={() => session.replay.set(null)}>
        <X size={15} aria-hidden />
        {TEXTS.leave}
      </button>
    </section>
  );
}

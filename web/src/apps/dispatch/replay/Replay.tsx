import { useStore } from '@nanostores/react';
import { History, Pause, Play, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { HexfleetError } from '#sdk';
import { timeFormat } from '../../../shared/ui/format.js';
import type { BoardSession } from '../session.js';
import { type Replay, type Subject, ticksOf } from './history.js';
import { HOURS, openReplay } from './replay.js';
import { TEXTS } from './texts.js';

const SPEEDS = [1, 10, 60, 300];
const TICK_MS = 100;
/** Step of one arrow key press. */
const STEP_MS = 1_000;
const clock = timeFormat({ timeStyle: 'medium' });
const moment = timeFormat({ dateStyle: 'medium', timeStyle: 'medium' });
const tickClock = timeFormat({ hour: '2-digit', minute: '2-digit' });

/** Button that opens the replay of a driver, or of the area on the map. */
export function ReplayButton({ session, subject }: { session: BoardSession; subject: Subject }) {
  const [note, setNote] = useState<string | null>(null);
  const open = async () => {
    setNote(null);
    setNote(await explain(openReplay(session, subject, HOURS[0]!)));
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void open()}>
        <History size={15} aria-hidden />
        <span>{TEXTS[subject.kind]}</span>
      </button>
      {note !== null && (
        <p className="side-note" role="status">
          {note}
        </p>
      )}
    </>
  );
}

/** Returns why a replay did not open; null when it did. */
async function explain(opening: Promise<boolean>): Promise<string | null> {
  try {
    return (await opening) ? null : TEXTS.none;
  } catch (error) {
    const { code = '' } = error instanceof HexfleetError ? error : {};
    // A driver that never reported has no track either.
    if (code === 'NO_SUCH_DRIVER') return TEXTS.none;
    return code === 'AREA_TOO_LARGE' ? TEXTS.tooLarge : TEXTS.failed;
  }
}

/** Replay controls below the map. */
export function ReplayBar({ session }: { session: BoardSession }) {
  const replay = useStore(session.$replay);
  return replay === null ? null : <Bar session={session} replay={replay} />;
}

/** Notice over the map that what the board shows is past. */
export function ReplayBanner({ session }: { session: BoardSession }) {
  const replay = useStore(session.$replay);
  if (replay === null) return null;
  const { subject, histories, truncated, candidates, at } = replay;
  return (
    <div className="panel replay-banner">
      <strong>
        {subject.kind === 'driver' ? TEXTS.ofDriver(subject.driverId) : TEXTS.ofArea(histories.length)}
      </strong>{' '}
      <time dateTime={new Date(at).toISOString()}>{moment.format(at)}</time>
      {truncated && <small>{TEXTS.truncated(histories.length, candidates)}</small>}
    </div>
  );
}

function Bar({ session, replay }: { session: BoardSession; replay: Replay }) {
  const [speed, setSpeed] = useState(10);
  const { subject, histories, from, to, at, hours, plays } = replay;
  const change = (next: Partial<Replay>) => {
    const current = session.$replay.get();
    if (current !== null) session.$replay.set({ ...current, ...next });
  };
  const goTo = (time: number) => change({ at: Math.max(from, Math.min(to, Math.round(time))), plays: false });
  useEffect(() => {
    if (!plays) return;
    const timer = setInterval(() => {
      const current = session.$replay.get();
      if (current === null) return;
      const next = current.at + TICK_MS * speed;
      session.$replay.set({ ...current, at: Math.min(current.to, next), plays: next < current.to });
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [plays, speed, session]);
  return (
    <section className="replay" aria-label={TEXTS.title} data-at={at} data-vehicles={histories.length}>
      <button
        type="button"
        className="icon-button"
        aria-label={plays ? TEXTS.pause : TEXTS.play}
        onClick={() => change(!plays && at >= to ? { at: from, plays: true } : { plays: !plays })}
      >
        {plays ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
      </button>
      <div className="replay-time">
        <input
          type="range"
          aria-label={TEXTS.time}
          aria-valuetext={clock.format(at)}
          min={from}
          max={to}
          step={STEP_MS}
          value={at}
          onChange={({ target }) => goTo(Number(target.value))}
        />
        <div className="replay-ticks" aria-hidden>
          {ticksOf(from, to).map((tick) => (
            <span key={tick} style={{ insetInlineStart: `${((tick - from) / (to - from)) * 100}%` }}>
              {tickClock.format(tick)}
            </span>
          ))}
        </div>
      </div>
      <select
        aria-label={TEXTS.speedLabel}
        value={speed}
        onChange={({ target }) => setSpeed(Number(target.value))}
      >
        {SPEEDS.map((times) => (
          <option key={times} value={times}>
            {`×${times}`}
          </option>
        ))}
      </select>
      <select
        aria-label={TEXTS.span}
        value={hours}
        onChange={({ target }) => {
          void openReplay(session, subject, Number(target.value)).catch(() => {});
        }}
      >
        {HOURS.map((each) => (
          <option key={each} value={each}>
            {TEXTS.hours(each)}
          </option>
        ))}
      </select>
      <button type="button" className="button" onClick={() => session.$replay.set(null)}>
        <X size={15} aria-hidden />
        <span>{TEXTS.exit}</span>
      </button>
    </section>
  );
}

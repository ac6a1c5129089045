import { useStore } from '@nanostores/react';
import { History, Pause, Play, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { HexfleetError } from '#sdk';
import type { BoardSession } from '../session.js';
import type { Replay, Subject } from './history.js';
import { HOURS, openReplay } from './replay.js';
import { TEXTS } from './texts.js';

const SPEEDS = [1, 10, 60];
const TICK_MS = 100;
/** Step of one arrow key press. */
const STEP_MS = 1_000;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

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

function Bar({ session, replay }: { session: BoardSession; replay: Replay }) {
  const [plays, setPlays] = useState(true);
  const [speed, setSpeed] = useState(10);
  const { subject, histories, from, to, at, hours, truncated } = replay;
  const goTo = (time: number) =>
    session.$replay.set({ ...replay, at: Math.max(from, Math.min(to, Math.round(time))) });
  useEffect(() => {
    if (!plays) return;
    const timer = setInterval(() => {
      const current = session.$replay.get();
      if (current === null) return;
      const next = current.at + TICK_MS * speed;
      session.$replay.set({ ...current, at: Math.min(current.to, next) });
      if (next >= current.to) setPlays(false);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [plays, speed, session]);
  return (
    <section className="replay" aria-label={TEXTS.title} data-at={at} data-vehicles={histories.length}>
      <button
        type="button"
        className="icon-button"
        aria-label={plays ? TEXTS.pause : TEXTS.play}
        onClick={() => {
          if (!plays && at >= to) goTo(from);
          setPlays(!plays);
        }}
      >
        {plays ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
      </button>
      <p>
        <strong>
          {subject.kind === 'driver' ? TEXTS.ofDriver(subject.driverId) : TEXTS.ofArea(histories.length)}
        </strong>
        {truncated && <span>{` (${TEXTS.truncated})`}</span>} <time>{clock.format(at)}</time>
      </p>
      <input
        type="range"
        aria-label={TEXTS.time}
        aria-valuetext={clock.format(at)}
        min={from}
        max={to}
        step={STEP_MS}
        value={at}
        onChange={({ target }) => {
          setPlays(false);
          goTo(Number(target.value));
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
          {`×${times}`}
        </button>
      ))}
      <select
        aria-label={TEXTS.span}
        value={hours}
        onChange={({ target }) => {
          setPlays(true);
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
        {TEXTS.exit}
      </button>
    </section>
  );
}

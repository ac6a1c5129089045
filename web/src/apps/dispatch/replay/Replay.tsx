import { History, Pause, Play, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { HexfleetError } from '#sdk';
import { useStore } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';
import type { Replay, Subject } from './history.js';
import { HOURS, openReplay } from './replay.js';
import { TEXTS } from './texts.js';

const SPEEDS = [1, 10, 60];
const TICK_MS = 100;
/** Of one press of an arrow key. */
const STEP_MS = 1_000;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Opens the past of a driver, or of what the map shows. */
export function ReplayButton({ session, subject }: { session: BoardSession; subject: Subject }) {
  const [note, setNote] = useState<string | null>(null);
  const open = async () => {
    setNote(null);
    setNote(await noteOf(openReplay(session, subject, HOURS[0]!)));
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void open()}>
        <History size={15} aria-hidden />
        {TEXTS[subject.kind]}
      </button>
      {note !== null && (
        <p className="side-note" role="status">
          {note}
        </p>
      )}
    </>
  );
}

/** What is to be said of a replay that did not open. */
async function noteOf(opening: Promise<boolean>): Promise<string | null> {
  try {
    return (await opening) ? null : TEXTS.nothing;
  } catch (error) {
    const { code = '' } = error instanceof HexfleetError ? error : {};
    // A driver that was never heard has no track either.
    if (code === 'NO_SUCH_DRIVER') return TEXTS.nothing;
    return code === 'AREA_TOO_LARGE' ? TEXTS.tooLarge : TEXTS.failed;
  }
}

/** The bar below the map while the past is shown. */
export function ReplayBar({ session }: { session: BoardSession }) {
  const replay = useStore(session.replay);
  return replay === null ? null : <Bar session={session} replay={replay} />;
}

function Bar({ session, replay }: { session: BoardSession; replay: Replay }) {
  const [plays, setPlays] = useState(true);
  const [speed, setSpeed] = useState(10);
  const { subject, pasts, from, to, at, hours, truncated } = replay;
  const goTo = (time: number) =>
    session.replay.set({ ...replay, at: Math.max(from, Math.min(to, Math.round(time))) });
  useEffect(() => {
    if (!plays) return;
    const timer = setInterval(() => {
      const now = session.replay.get();
      if (now === null) return;
      const next = now.at + TICK_MS * speed;
      session.replay.set({ ...now, at: Math.min(now.to, next) });
      if (next >= now.to) setPlays(false);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [plays, speed, session]);
  return (
    <section className="replay" aria-label={TEXTS.title} data-at={at} data-vehicles={pasts.length}>
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
          {subject.kind === 'driver' ? TEXTS.ofDriver(subject.driverId) : TEXTS.ofArea(pasts.length)}
        </strong>
        {truncated && ` (${TEXTS.truncated})`} <time>{clock.format(at)}</time>
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
          ×{times}
        </button>
      ))}
      <select
        aria-label={TEXTS.back}
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
      <button type="button" className="button" onClick={() => session.replay.set(null)}>
        <X size={15} aria-hidden />
        {TEXTS.leave}
      </button>
    </section>
  );
}

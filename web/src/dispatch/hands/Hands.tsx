import { useEffect, useRef, useState } from 'react';
import type { NearbyDriver, Trip } from '#sdk';
import { HexfleetError } from '#sdk';
import { distance } from '../../ui/format.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from './texts.js';

type Act = 'assign' | 'cancel' | 'message' | 'offline';
type Props = { session: BoardSession; driverId: string | null; trip: Trip | null };

const RADIUS_M = 5_000;
const CHOICE = 8;
const MAX_TEXT = 500;

/** What a dispatcher may do with what is selected; each is confirmed, and written in the audit by the service. */
export function Hands({ session, driverId, trip }: Props) {
  const [act, setAct] = useState<Act | null>(null);
  const [done, setDone] = useState<Act | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const isWaiting = trip !== null && trip.driverId === null;
  const acts: Act[] = [
    ...(isWaiting ? (['assign'] as const) : []),
    ...(driverId === null && trip === null ? [] : (['message'] as const)),
    ...(trip === null ? [] : (['cancel'] as const)),
    ...(driverId === null || trip !== null ? [] : (['offline'] as const)),
  ];
  return (
    <fieldset className="hands">
      <legend className="sr-only">{TEXTS.actions}</legend>
      {acts.map((name) => (
        <button
          key={name}
          type="button"
          className={`button ${name === 'cancel' || name === 'offline' ? 'button-danger' : ''}`}
          onClick={(event) => {
            opener.current = event.currentTarget;
            setDone(null);
            setAct(name);
          }}
        >
          {TEXTS[name]}
        </button>
      ))}
      {done !== null && (
        <p className="hands-done" role="status">
          {TEXTS.done[done]}
        </p>
      )}
      {act !== null && (
        <Confirm
          session={session}
          act={act}
          driverId={driverId}
          trip={trip}
          onClose={(isDone) => {
            setAct(null);
            if (isDone) setDone(act);
            opener.current?.focus();
          }}
        />
      )}
    </fieldset>
  );
}

type ConfirmProps = Props & { act: Act; onClose: (isDone: boolean) => void };

function Confirm({ session, act, driverId, trip, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { api } = session;
  const work = async (): Promise<unknown> => {
    if (act === 'assign') return api.assignTrip(trip!.id, chosen!);
    if (act === 'cancel') return api.cancelTrip(trip!.id);
    if (act === 'offline') return api.forceOffline(driverId!);
    return driverId === null
      ? api.sendNotice(trip!.riderId, { role: 'rider', text })
      : api.sendNotice(driverId, { role: 'driver', text });
  };
  const go = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      onClose(true);
    } catch (error) {
      if (!(error instanceof HexfleetError)) throw error;
      setProblem(`${error.message}${error.retry ? ` ${TEXTS.again}` : ''}`);
      setBusy(false);
    }
  };
  const isReady = act === 'assign' ? chosen !== null : act !== 'message' || text.trim() !== '';
  const title = act === 'message' ? TEXTS.messageTo(driverId ?? trip?.riderId ?? '') : TEXTS[act];
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="confirm-title" onClose={() => onClose(false)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <h2 id="confirm-title">{title}</h2>
        <p>{TEXTS[`${act}Hint`]}</p>
        {act === 'assign' && trip !== null && (
          <Choice session={session} trip={trip} chosen={chosen} onChoose={setChosen} />
        )}
        {act === 'message' && (
          <label className="confirm-text">
            {TEXTS.text}
            <textarea
              rows={3}
              maxLength={MAX_TEXT}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          </label>
        )}
        <p className="side-note">{TEXTS.audited}</p>
        {problem !== null && (
          <p className="confirm-problem" role="alert">
            {problem}
          </p>
        )}
        <div className="confirm-buttons">
          <button type="button" className="button" onClick={() => onClose(false)}>
            {TEXTS.back}
          </button>
          <button type="submit" className="button button-go" disabled={!isReady || isBusy}>
            {TEXTS.confirm[act]}
          </button>
        </div>
      </form>
    </dialog>
  );
}

type ChoiceProps = {
  session: BoardSession;
  trip: Trip;
  chosen: string | null;
  onChoose: (id: string) => void;
};

function Choice({ session, trip, chosen, onChoose }: ChoiceProps) {
  const [near, setNear] = useState<NearbyDriver[] | null>(null);
  useEffect(() => {
    session.api
      .nearbyDrivers({ ...trip.pickup, radiusM: RADIUS_M, limit: 50 })
      .then((drivers) => setNear(drivers.filter(({ status }) => status === 'available').slice(0, CHOICE)))
      .catch(() => setNear([]));
  }, [session, trip]);
  if (near === null) return null;
  if (near.length === 0) return <p>{TEXTS.nobody}</p>;
  return (
    <fieldset className="choice">
      <legend className="sr-only">{TEXTS.assign}</legend>
      {near.map(({ driverId, distanceM }) => {
        const { value, unit } = distance(distanceM);
        return (
          <label key={driverId}>
            <input
              type="radio"
              name="driver"
              checked={driverId === chosen}
              onChange={() => onChoose(driverId)}
            />
            {driverId}
            <span>
              {value} {unit}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

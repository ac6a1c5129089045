import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DriverPosition, DriverState, Presence } from '#protocol';
import { nameOf } from '../../../shared/live/city-places.js';
import { remaining } from '../../../shared/live/figures.js';
import { age, count, distance, milliseconds } from '../../../shared/ui/format.js';
import { useNow, useStore } from '../../../shared/ui/hooks.js';
import { rowOf } from '../fleet.js';
import { StatusMark } from '../list/StatusMark.js';
import { ReplayButton } from '../replay/Replay.js';
import type { BoardSession } from '../session.js';
import { STATE_NAMES, TEXTS } from '../texts.js';
import { ChatLook } from './ChatLook.js';

const T = TEXTS.card;
const LOOK_MS = 5_000;
const LAST = 6;

/** What is known of the selected vehicle, live. */
export function VehicleCard({ session, driverId }: { session: BoardSession; driverId: string }) {
  const { driver, presence, last } = useDriver(session, driverId);
  useStore(session.trips);
  const track = useStore(session.track);
  useNow(1_000);
  const now = session.fleet.now();
  const trip = session.selectedTrip();
  const vehicle = session.client.vehicles.get(driverId);
  const row = vehicle === undefined ? null : rowOf(vehicle, trip?.id ?? null, now);
  const every = everyMs(last);
  const newest = last[0] ?? vehicle ?? driver?.position ?? null;
  return (
    <section className="vehicle-card" aria-label={driverId} data-driver={driverId}>
      <header>
        {row !== null && <StatusMark state={row.state} />}
        <h2>{driverId}</h2>
        <span className="chip">{row === null ? (driver?.status ?? T.unheard) : STATE_NAMES[row.state]}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={T.close}
          onClick={() => session.selection.set(null)}
        >
          <X size={18} aria-hidden />
        </button>
      </header>
      <dl className="card-facts">
        <Fact name={T.position} value={newest === null ? T.unheard : `${age(now - newest.t)}`} />
        <Fact name={T.speed} value={newest === null ? '–' : `${Math.round(newest.speedMps * 3.6)} km/h`} />
        <Fact name={T.heading} value={newest === null ? '–' : `${Math.round(newest.heading)}°`} />
        <Fact name={T.driven} value={track === null ? '–' : words(distance(track.properties.distanceM))} />
        <Fact name={T.every} value={every === null ? '–' : age(every)} />
        <Fact name={T.delay} value={last[0] === undefined ? '–' : `${milliseconds(last[0].delayMs)} ms`} />
      </dl>
      {presence !== null && <Connected presence={presence} now={now} />}
      {driver !== null && <Counts counts={driver.counts} fixes={track?.properties.fixes ?? null} />}
      {trip === null ? (
        <p className="card-line">{T.noTrip}</p>
      ) : (
        <div className="card-trip" data-trip={trip.id}>
          <p>
            <strong>{trip.state.replace('_', ' ')}</strong> · {T.rider} {trip.riderId}
            {trip.eta !== null && ` · ${T.eta} ${words(remaining(trip.eta.at - now))}`}
          </p>
          <p>
            {nameOf(trip.pickup)} → {nameOf(trip.dropoff)}
          </p>
          <ChatLook key={trip.id} session={session} tripId={trip.id} />
        </div>
      )}
      <LastFixes last={last} now={now} />
      <ReplayButton key={driverId} session={session} subject={{ kind: 'driver', driverId }} />
    </section>
  );
}

/** A position, and how old it was when it came. */
type Heard = DriverPosition & { delayMs: number };

function useDriver(session: BoardSession, driverId: string) {
  const [driver, setDriver] = useState<DriverState | null>(null);
  const [presence, setPresence] = useState<Presence | null>(null);
  const [last, setLast] = useState<readonly Heard[]>([]);
  useEffect(() => {
    setDriver(null);
    setPresence(null);
    setLast([]);
    // What cannot be asked now stays as it was.
    const look = () => {
      session.api.driver(driverId).then(setDriver, () => {});
      session.api.presence(driverId).then(setPresence, () => {});
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    const off = session.client.on('position', (position) => {
      if (position.driverId !== driverId) return;
      const heard = { ...position, delayMs: Math.max(0, session.fleet.now() - position.t) };
      // A new connection tells the last one again.
      setLast((before) => (position.t > (before[0]?.t ?? 0) ? [heard, ...before].slice(0, LAST) : before));
    });
    return () => {
      clearInterval(timer);
      off();
    };
  }, [session, driverId]);
  return { driver, presence, last };
}

/** How far the last fixes lie apart on average; null before the second. */
const everyMs = (last: readonly Heard[]): number | null =>
  last.length < 2 ? null : (last[0]!.t - last.at(-1)!.t) / (last.length - 1);

const words = ({ value, unit }: { value: string | number; unit: string }) => `${value} ${unit}`;

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** From the registry of connections: on which nodes it is, or when it was seen last. */
const Connected = ({
  presence: { online, connections, lastSeenAt },
  now,
}: {
  presence: Presence;
  now: number;
}) => (
  <p className="card-line" data-online={online}>
    {online
      ? T.connected([...new Set(connections.map(({ node }) => node))].join(', '))
      : lastSeenAt === null
        ? T.neverConnected
        : T.lastSeen(age(now - lastSeenAt))}
  </p>
);

const Counts = ({ counts, fixes }: { counts: DriverState['counts']; fixes: number | null }) => (
  <p className="card-line">
    {[
      ...(fixes === null ? [] : [T.fixes(count(fixes))]),
      `${count(counts.late)} ${T.late}`,
      `${count(counts.repeated)} ${T.repeated}`,
      `${count(counts.implausible)} ${T.implausible}`,
      `${count(counts.refused)} ${T.refused}`,
    ].join(' · ')}
  </p>
);

const LastFixes = ({ last, now }: { last: readonly Heard[]; now: number }) => (
  <table className="card-fixes">
    <caption>{T.last}</caption>
    <thead>
      <tr>
        <th scope="col">{T.time}</th>
        <th scope="col">{T.position}</th>
        <th scope="col">{T.speed}</th>
        <th scope="col">{T.heading}</th>
      </tr>
    </thead>
    <tbody>
      {last.map(({ t, lat, lng, speedMps, heading }) => (
        <tr key={t}>
          <td>
            <time dateTime={new Date(t).toISOString()}>{age(now - t)}</time>
          </td>
          <td>
            {lat.toFixed(5)}, {lng.toFixed(5)}
          </td>
          <td>{Math.round(speedMps * 3.6)} km/h</td>
          <td>{Math.round(heading)}°</td>
        </tr>
      ))}
    </tbody>
  </table>
);

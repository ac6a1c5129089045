import { useStore } from '@nanostores/react';
import { useEffect, useState } from 'react';
import type { DriverPosition, DriverState, FixExtras, Presence } from '#protocol';
import { age, distanceText, milliseconds, speedText } from '../../../shared/ui/format.js';
import { useNow } from '../../../shared/ui/hooks.js';
import { lengthText } from '../../../shared/ui/lengths.js';
import { vehicleText } from '../../../shared/ui/vehicle-text.js';
import { StatusMark } from '../list/StatusMark.js';
import { ReplayButton } from '../replay/Replay.js';
import { SideCard } from '../SideCard.js';
import type { BoardSession } from '../session.js';
import { DRIVER_STATUS_NAMES, STATE_NAMES, TEXTS } from '../texts.js';
import { TripFacts } from '../trips/TripCard.js';
import { CardTrip } from './CardTrip.js';

const T = TEXTS.card;
const REFRESH_MS = 5_000;
const MAX_RECENT = 6;
const UNKNOWN = '–';

/** Live details of the selected vehicle. */
export function VehicleCard({ session, driverId }: { session: BoardSession; driverId: string }) {
  const { driver, presence, recent } = useDriver(session, driverId);
  useStore(session.$trips);
  const track = useStore(session.$track);
  useNow(1_000);
  const now = session.fleet.now();
  const trip = session.selectedTrip();
  const vehicle = session.client.vehicles.get(driverId);
  const row = vehicle === undefined ? null : session.fleet.row(vehicle, now);
  const intervalMs = meanIntervalMs(recent);
  const newest = recent[0] ?? row ?? driver?.position ?? null;
  return (
    <SideCard
      className="vehicle-card"
      data-driver={driverId}
      title={driverId}
      mark={row !== null && <StatusMark state={row.state} />}
      chip={
        <span className="chip">
          {row !== null
            ? STATE_NAMES[row.state]
            : driver === null
              ? T.noSignal
              : DRIVER_STATUS_NAMES[driver.status]}
        </span>
      }
      closeLabel={T.close}
      onClose={() => session.$selection.set(null)}
    >
      <dl className="card-facts">
        <Fact
          name={T.lastUpdate}
          value={newest === null ? T.noSignal : T.ago(age(now - newest.receivedAt))}
        />
        <Fact name={T.speed} value={newest === null ? UNKNOWN : speedText(newest.speedMps)} />
        <Fact name={T.heading} value={newest === null ? UNKNOWN : `${Math.round(newest.heading)}°`} />
        <Fact name={T.driven} value={track === null ? UNKNOWN : distanceText(track.properties.distanceM)} />
        <Fact name={T.interval} value={intervalMs === null ? UNKNOWN : age(intervalMs)} />
        <Fact
          name={T.delay}
          value={recent[0] === undefined ? UNKNOWN : `${milliseconds(recent[0].delayMs)} ms`}
        />
        {driver?.extras && <ExtraFacts extras={driver.extras} />}
      </dl>
      {driver?.profile && (
        <p className="card-line">{`${driver.profile.name} · ${vehicleText(driver.profile.vehicle)}`}</p>
      )}
      {driver?.extras?.isMock && <p className="card-warning">{T.mock}</p>}
      {presence !== null && <PresenceLine presence={presence} now={now} />}
      {driver !== null && <FixCounts counts={driver.counts} fixes={track?.properties.fixes ?? null} />}
      {trip === null ? (
        <p className="card-line">{T.noTrip}</p>
      ) : (
        <CardTrip trip={trip}>
          <TripFacts session={session} trip={trip} now={now} />
        </CardTrip>
      )}
      <RecentPositions recent={recent} now={now} />
      <ReplayButton key={driverId} session={session} subject={{ kind: 'driver', driverId }} />
    </SideCard>
  );
}

/** A position with the time that it took from the service to this page. */
type Received = DriverPosition & { delayMs: number };

function useDriver(session: BoardSession, driverId: string) {
  const [driver, setDriver] = useState<DriverState | null>(null);
  const [presence, setPresence] = useState<Presence | null>(null);
  const [recent, setRecent] = useState<readonly Received[]>([]);
  useEffect(() => {
    setDriver(null);
    setPresence(null);
    setRecent([]);
    // On a failure, keep the previous values.
    const refresh = () => {
      session.api.driver(driverId).then(setDriver, () => {});
      session.api.presence(driverId).then(setPresence, () => {});
    };
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    const offGone = session.client.on('gone', (gone) => gone.driverId === driverId && refresh());
    const off = session.client.on('position', (position) => {
      if (position.driverId !== driverId) return;
      const received = { ...position, delayMs: Math.max(0, session.fleet.now() - position.receivedAt) };
      // A new connection repeats the latest position.
      setRecent((known) =>
        position.t > (known[0]?.t ?? 0) ? [received, ...known].slice(0, MAX_RECENT) : known,
      );
    });
    return () => {
      clearInterval(timer);
      off();
      offGone();
    };
  }, [session, driverId]);
  return { driver, presence, recent };
}

/** Returns the mean time between the recent positions; null with fewer than two. */
const meanIntervalMs = (recent: readonly Received[]): number | null =>
  recent.length < 2 ? null : (recent[0]!.t - recent.at(-1)!.t) / (recent.length - 1);

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** Values that the device sent besides the position, as far as they are known. */
const ExtraFacts = ({ extras: { altitudeM, batteryPct, provider } }: { extras: FixExtras }) => (
  <>
    {batteryPct !== null && <Fact name={T.battery} value={`${Math.round(batteryPct)} %`} />}
    {altitudeM !== null && <Fact name={T.altitude} value={lengthText(altitudeM)} />}
    {provider !== null && <Fact name={T.provider} value={provider} />}
  </>
);

/** Gateways that the driver is connected to, or when it was last seen. */
const PresenceLine = ({
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

const FixCounts = ({ counts, fixes }: { counts: DriverState['counts']; fixes: number | null }) => (
  <p className="card-line">
    {[
      ...(fixes === null ? [] : [T.fixes(fixes)]),
      T.late(counts.late),
      T.repeated(counts.repeated),
      T.implausible(counts.implausible),
      T.refused(counts.refused),
    ].join(' · ')}
  </p>
);

const RecentPositions = ({ recent, now }: { recent: readonly Received[]; now: number }) => (
  <table className="card-fixes">
    <caption>{T.recent}</caption>
    <thead>
      <tr>
        <th scope="col">{T.age}</th>
        <th scope="col">{T.position}</th>
        <th scope="col">{T.speed}</th>
        <th scope="col">{T.heading}</th>
      </tr>
    </thead>
    <tbody>
      {recent.map(({ t, receivedAt, lat, lng, speedMps, heading }) => (
        <tr key={t}>
          <td>
            <time dateTime={new Date(t).toISOString()}>{age(now - receivedAt)}</time>
          </td>
          <td>{`${lat.toFixed(5)}, ${lng.toFixed(5)}`}</td>
          <td>{speedText(speedMps)}</td>
          <td>{`${Math.round(heading)}°`}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

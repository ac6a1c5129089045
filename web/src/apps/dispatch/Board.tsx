import { useStore } from '@nanostores/react';
import { Suspense, useEffect } from 'react';
import { Mark } from '../../shared/ui/icons.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { Actions } from './actions/Actions.js';
import { Activity } from './activity/Activity.js';
import { AlertCount, Alerts } from './activity/Alerts.js';
import { ChartsButton, KpiBar } from './kpi-bar/KpiBar.js';
import { VehicleList } from './list/VehicleList.js';
import { BoardMap } from './map/BoardMap.js';
import { Palette } from './palette/Palette.js';
import { ReplayBar } from './replay/Replay.js';
import type { BoardSession } from './session.js';
import { TEXTS, TRIP_STATE_NAMES } from './texts.js';
import { TripList } from './trips/TripList.js';
import { VehicleCard } from './vehicle/VehicleCard.js';

/** Loaded on demand: most visits never open the charts. */
const Charts = lazyWithRetry(() => import('./kpi-bar/Charts.js'));

/** Board layout: figures at the top, vehicles on the left, map in the middle, details and activity on the right, replay below. */
export function Board({ session }: { session: BoardSession }) {
  useStore(session.$selection);
  useStore(session.$trips);
  const connection = useStore(session.$connection);
  const showsCharts = useStore(session.$showsCharts);
  const regions = useStore(session.activity.$regions);
  const driverId = session.selectedDriver();
  const trip = session.selectedTrip();
  useEffect(() => {
    const clearSelection = ({ key, defaultPrevented }: KeyboardEvent) => {
      const isHandledElsewhere =
        document.querySelector('dialog[open], [role=dialog]') !== null || defaultPrevented;
      if (key !== 'Escape' || isHandledElsewhere) return;
      if (session.$replay.get() !== null) session.$replay.set(null);
      else if (session.$showsCharts.get()) session.$showsCharts.set(false);
      else session.$selection.set(null);
    };
    addEventListener('keydown', clearSelection);
    return () => removeEventListener('keydown', clearSelection);
  }, [session]);
  return (
    <div className="board" data-user={session.userId} data-connection={connection} data-regions={regions}>
      <header className="board-head">
        <h1>
          <Mark />
          {TEXTS.name} <span className="board-place">{TEXTS.place}</span>
        </h1>
        <KpiBar session={session} />
        <ChartsButton session={session} />
        <AlertCount session={session} />
        <Palette session={session} />
      </header>
      <aside className="board-list" aria-label={TEXTS.list}>
        <VehicleList session={session} />
      </aside>
      <main className="board-map" aria-label={TEXTS.map}>
        <BoardMap session={session} />
        {showsCharts && (
          <Suspense>
            <Charts session={session} />
          </Suspense>
        )}
      </main>
      <aside className="board-side" aria-label={TEXTS.side}>
        {driverId !== null && <VehicleCard session={session} driverId={driverId} />}
        {driverId === null && trip !== null && (
          <p className="selected-trip">
            {`${TEXTS.card.trip} · ${TRIP_STATE_NAMES[trip.state]} · ${TEXTS.card.rider} ${trip.riderId}`}
          </p>
        )}
        <Actions session={session} driverId={driverId} trip={trip} />
        <Alerts session={session} />
        <TripList session={session} />
        <Activity session={session} />
      </aside>
      <ReplayBar session={session} />
    </div>
  );
}

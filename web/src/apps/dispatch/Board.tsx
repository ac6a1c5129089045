import { useStore } from '@nanostores/react';
import { Suspense, useEffect } from 'react';
import { SettingsButton } from '../../shared/i18n/SettingsButton.js';
import { NotificationButton } from '../../shared/notifications/NotificationButton.js';
import { Mark } from '../../shared/ui/icons.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { Actions } from './actions/Actions.js';
import { ActionToasts } from './actions/ActionToasts.js';
import { AlertDialog } from './actions/AlertDialog.js';
import { Activity } from './activity/Activity.js';
import { AlertCount, Alerts } from './activity/Alerts.js';
import { ChartsButton, KpiBar } from './kpi-bar/KpiBar.js';
import { VehicleList } from './list/VehicleList.js';
import { BoardMap } from './map/BoardMap.js';
import { Palette } from './palette/Palette.js';
import { ReplayBar } from './replay/Replay.js';
import type { BoardSession } from './session.js';
import { Tabs } from './Tabs.js';
import { TEXTS } from './texts.js';
import { TripCard } from './trips/TripCard.js';
import { TripList } from './trips/TripList.js';
import { PastCard } from './vehicle/PastCard.js';
import { VehicleCard } from './vehicle/VehicleCard.js';
import { KeysDialog } from './view/KeysDialog.js';
import { useKeys } from './view/keys.js';
import { PanelSwitch } from './zones/PanelSwitch.js';

/** Loaded on demand: most visits never open the charts. */
const Charts = lazyWithRetry(() => import('./kpi-bar/Charts.js'));
const ZonesPanel = lazyWithRetry(() => import('./zones/ZonesPanel.js'));
const ZoneSide = lazyWithRetry(() => import('./zones/ZoneSide.js'));

/**
 * Board layout: figures at the top, vehicles on the left, map in the middle, details and activity on the right, replay below.
 * Narrow screens show one part at a time, chosen by the tabs at the bottom.
 */
export function Board({ session }: { session: BoardSession }) {
  useStore(session.$selection);
  useStore(session.$trips);
  const connection = useStore(session.$connection);
  const showsCharts = useStore(session.$showsCharts);
  const composesAlert = useStore(session.$composesAlert);
  const regions = useStore(session.activity.$regions);
  const tab = useStore(session.$tab);
  const panel = useStore(session.$panel);
  const showsZone = useStore(session.$showsZone);
  const showsKeys = useStore(session.$showsKeys);
  useKeys(session);
  const replay = useStore(session.$replay);
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
    <div
      className="board"
      data-user={session.userId}
      data-connection={connection}
      data-regions={regions}
      data-tab={tab}
      data-selected={driverId !== null || trip !== null || showsZone}
      data-replays={replay !== null}
    >
      <header className="board-head">
        <h1>
          <Mark />
          {TEXTS.name} <span className="board-place">{TEXTS.place}</span>
        </h1>
        <KpiBar session={session} />
        {/* The charts are of the last minutes. */}
        {replay === null && <ChartsButton session={session} />}
        <AlertCount session={session} />
        <SettingsButton className="icon-button board-settings" />
        <NotificationButton user={session} className="board-bell" />
        <Palette session={session} />
      </header>
      <aside className="board-list" aria-label={TEXTS.panels}>
        <PanelSwitch session={session} />
        {panel === 'vehicles' ? (
          <VehicleList session={session} />
        ) : (
          <Suspense>
            <ZonesPanel session={session} />
          </Suspense>
        )}
      </aside>
      <main className="board-map" aria-label={TEXTS.map}>
        <BoardMap session={session} />
        {showsCharts && replay === null && (
          <Suspense>
            <Charts session={session} />
          </Suspense>
        )}
      </main>
      <aside className="board-side" aria-label={TEXTS.side}>
        {showsZone && (
          <Suspense>
            <ZoneSide session={session} />
          </Suspense>
        )}
        {replay !== null ? (
          <PastCard session={session} replay={replay} />
        ) : (
          <>
            {driverId !== null && <VehicleCard session={session} driverId={driverId} />}
            {driverId === null && trip !== null && <TripCard session={session} trip={trip} />}
            <Actions session={session} driverId={driverId} trip={trip} />
            <Alerts session={session} />
          </>
        )}
        <TripList session={session} />
        {replay === null && <Activity session={session} />}
      </aside>
      {composesAlert && <AlertDialog session={session} onClose={() => session.$composesAlert.set(false)} />}
      {showsKeys && <KeysDialog onClose={() => session.$showsKeys.set(false)} />}
      <ActionToasts session={session} />
      <ReplayBar session={session} />
      <Tabs session={session} />
    </div>
  );
}

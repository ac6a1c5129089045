import { useStore } from '@nanostores/react';
import { Activity, Car, Hexagon, Map as MapIcon, Route } from 'lucide-react';
import { useEffect } from 'react';
import { tripsAt } from './replay/past.js';
import type { BoardSession, Tab } from './session.js';
import { TAB_NAMES, TEXTS } from './texts.js';

const ICONS = { map: MapIcon, vehicles: Car, zones: Hexagon, trips: Route, activity: Activity } as const;
const TABS = Object.keys(ICONS) as Tab[];

/** Parts of the board, on screens that have no room for all at once; elsewhere the styles hide it. */
export function Tabs({ session }: { session: BoardSession }) {
  const current = useStore(session.$tab);
  const trips = useStore(session.$trips);
  const alerts = useStore(session.alerts.$current);
  const replay = useStore(session.$replay);
  // The card of the vehicle or trip lies over the map.
  useEffect(
    () => session.$selection.listen((selection) => selection !== null && session.$tab.set('map')),
    [session],
  );
  const numbers: Partial<Record<Tab, number>> =
    replay === null ? { trips: trips.size, activity: alerts.length } : { trips: tripsAt(replay).length };
  return (
    <nav className="board-tabs" aria-label={TEXTS.tabs}>
      {TABS.map((tab) => {
        const Icon = ICONS[tab];
        const number = numbers[tab] ?? 0;
        return (
          <button
            key={tab}
            type="button"
            aria-pressed={tab === current}
            data-warns={tab === 'activity' && number > 0}
            onClick={() => {
              if (tab === 'vehicles' || tab === 'zones') session.$panel.set(tab);
              session.$tab.set(tab);
            }}
          >
            <Icon size={18} aria-hidden />
            <span>{TAB_NAMES[tab]}</span>
            {number > 0 && <b className="figure">{number}</b>}
          </button>
        );
      })}
    </nav>
  );
}

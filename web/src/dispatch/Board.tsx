import { useEffect } from 'react';
import { useStore } from '../ui/hooks.js';
import { Mark } from '../ui/icons.js';
import { VehicleList } from './list/VehicleList.js';
import { BoardMap } from './map/BoardMap.js';
import type { BoardSession } from './session.js';
import { TEXTS } from './texts.js';
import { VehicleCard } from './vehicle/VehicleCard.js';

/** The desk: numbers above, vehicles at the left, the map, what happens and what is picked at the right, replay below. */
export function Board({ session }: { session: BoardSession }) {
  useStore(session.selection);
  useStore(session.trips);
  const connection = useStore(session.connection);
  const driverId = session.selectedDriver();
  useEffect(() => {
    const letGo = ({ key, defaultPrevented }: KeyboardEvent) => {
      const isElsewhere = document.querySelector('dialog[open]') !== null || defaultPrevented;
      if (key === 'Escape' && !isElsewhere) session.selection.set(null);
    };
    addEventListener('keydown', letGo);
    return () => removeEventListener('keydown', letGo);
  }, [session]);
  return (
    <div className="board" data-user={session.userId} data-connection={connection}>
      <header className="board-head">
        <h1>
          <Mark />
          {TEXTS.name} <span className="board-place">{TEXTS.place}</span>
        </h1>
      </header>
      <aside className="board-list" aria-label={TEXTS.list}>
        <VehicleList session={session} />
      </aside>
      <main className="board-map" aria-label={TEXTS.map}>
        <BoardMap session={session} />
      </main>
      <aside className="board-side" aria-label={TEXTS.side}>
        {driverId !== null && <VehicleCard session={session} driverId={driverId} />}
      </aside>
    </div>
  );
}

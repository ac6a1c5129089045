import { useStore } from '@nanostores/react';
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { availableActions } from '../actions/action.js';
import { TEXTS as ACTIONS } from '../actions/texts.js';
import { VEHICLE_STATES, type VehicleState } from '../fleet-store.js';
import { TEXTS as KPI } from '../kpi-bar/texts.js';
import type { Measure } from '../map/density.js';
import { HOURS, openReplay } from '../replay/replay.js';
import { TEXTS as REPLAY } from '../replay/texts.js';
import type { BoardSession } from '../session.js';
import { TEXTS as BOARD, STATE_NAMES, TRIP_STATE_NAMES } from '../texts.js';
import { Audit } from './Audit.js';
import { TEXTS } from './texts.js';

const MEASURES: Measure[] = ['supply', 'demand', 'ratio'];
/** Short enough to read without scrolling; more typing narrows it. */
const MAX_RESULTS = 8;

/** Command palette: finds drivers, trips and every action of the board by name. Opens with Ctrl+K or Cmd+K. */
export function Palette({ session }: { session: BoardSession }) {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [showsAudit, setShowsAudit] = useState(false);
  useEffect(() => {
    const toggle = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      // A modal dialog would make the palette unreachable.
      if (document.querySelector('dialog[open]') !== null) return;
      setOpen((isShown) => !isShown);
    };
    addEventListener('keydown', toggle);
    return () => removeEventListener('keydown', toggle);
  }, []);
  const run = (perform: () => void) => () => {
    setOpen(false);
    setText('');
    perform();
  };
  return (
    <>
      <button type="button" className="palette-open" onClick={() => setOpen(true)}>
        <Search size={15} aria-hidden />
        {TEXTS.open}
        <kbd>Ctrl K</kbd>
      </button>
      <Command.Dialog
        open={isOpen}
        onOpenChange={setOpen}
        label={TEXTS.title}
        overlayClassName="palette-backdrop"
        contentClassName="palette"
        shouldFilter={false}
      >
        <Command.Input value={text} onValueChange={setText} placeholder={TEXTS.hint} />
        <Command.List>
          <Command.Empty>{TEXTS.noMatch}</Command.Empty>
          <Results session={session} text={text} run={run} />
          <Commands session={session} text={text} run={run} onAudit={() => setShowsAudit(true)} />
        </Command.List>
      </Command.Dialog>
      {showsAudit && <Audit session={session} onClose={() => setShowsAudit(false)} />}
    </>
  );
}

type ListProps = { session: BoardSession; text: string; run: (perform: () => void) => () => void };

/** Drivers in view and open trips that match the text. */
function Results({ session, text, run }: ListProps) {
  const trips = useStore(session.$trips);
  const query = text.trim().toLowerCase();
  if (query === '') return null;
  const drivers = [...session.client.vehicles]
    .map(({ id }) => id)
    .filter((id) => id.toLowerCase().includes(query))
    .sort()
    .slice(0, MAX_RESULTS);
  const open = [...trips.values()]
    .filter(({ id, riderId }) => `${id} ${riderId}`.toLowerCase().includes(query))
    .slice(0, MAX_RESULTS);
  return (
    <>
      {drivers.length > 0 && (
        <Command.Group heading={TEXTS.drivers}>
          {drivers.map((id) => (
            <Command.Item
              key={id}
              value={`driver ${id}`}
              onSelect={run(() => session.$selection.set({ kind: 'driver', id }))}
            >
              {id}
            </Command.Item>
          ))}
        </Command.Group>
      )}
      {open.length > 0 && (
        <Command.Group heading={TEXTS.trips}>
          {open.map(({ id, riderId, state }) => (
            <Command.Item
              key={id}
              value={`trip ${id}`}
              onSelect={run(() => session.$selection.set({ kind: 'trip', id }))}
            >
              {`${riderId} · ${TRIP_STATE_NAMES[state]}`}
            </Command.Item>
          ))}
        </Command.Group>
      )}
    </>
  );
}

function Commands({ session, text, run, onAudit }: ListProps & { onAudit: () => void }) {
  const { fleet, $measure, $selection } = session;
  const showOnly = (states: readonly VehicleState[]) =>
    fleet.$filter.set({ ...fleet.$filter.get(), states: new Set(states) });
  const driverId = session.selectedDriver();
  const trip = session.selectedTrip();
  const commands = [
    ...availableActions({ driverId, trip }).map((action) => ({
      name: TEXTS.action(ACTIONS[action], driverId ?? trip?.riderId ?? ''),
      perform: () => session.$pendingAction.set({ action, driverId, trip }),
    })),
    { name: TEXTS.showAll, perform: () => showOnly(VEHICLE_STATES) },
    ...VEHICLE_STATES.map((state) => ({
      name: TEXTS.showOnly(STATE_NAMES[state]),
      perform: () => showOnly([state]),
    })),
    ...MEASURES.map((name) => ({
      name: TEXTS.colourBy(BOARD.measures[name]),
      perform: () => $measure.set(name),
    })),
    {
      name: REPLAY.area,
      perform: () => void openReplay(session, { kind: 'area' }, HOURS[0]!).catch(() => {}),
    },
    { name: KPI.show, perform: () => session.$showsCharts.set(true) },
    { name: TEXTS.clearSelection, perform: () => $selection.set(null) },
    { name: TEXTS.audit, perform: onAudit },
  ].filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  if (commands.length === 0) return null;
  return (
    <Command.Group heading={TEXTS.commands}>
      {commands.map(({ name, perform }) => (
        <Command.Item key={name} value={name} onSelect={run(perform)}>
          {name}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

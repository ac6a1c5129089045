import { useStore } from '@nanostores/react';
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { $showsSettings } from '../../../shared/i18n/SettingsButton.js';
import { TEXTS as UI } from '../../../shared/ui/texts.js';
import { availableActions } from '../actions/action.js';
import { TEXTS as ACTIONS } from '../actions/texts.js';
import { type VehicleState, WORKING_STATES } from '../fleet-store.js';
import { TEXTS as KPI } from '../kpi-bar/texts.js';
import { StatusMark } from '../list/StatusMark.js';
import type { Measure } from '../map/density.js';
import { HOURS, openReplay } from '../replay/replay.js';
import { TEXTS as REPLAY } from '../replay/texts.js';
import type { BoardSession } from '../session.js';
import { TEXTS as BOARD, STATE_NAMES, TRIP_STATE_NAMES } from '../texts.js';
import { $savedViews, deleteView, openView, saveView } from '../view/address.js';
import { TEXTS as VIEW } from '../view/texts.js';
import { Audit } from './Audit.js';
import { TEXTS } from './texts.js';
import { useEnterOnHit } from './use-enter-on-hit.js';
import { type Found, useFound } from './use-found.js';

const MEASURES: Measure[] = ['supply', 'demand', 'ratio'];

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
  const found = useFound(session, text);
  const list = useRef<HTMLDivElement>(null);
  const { selected, setSelected, onKeyDown } = useEnterOnHit(list, text, found);
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
        value={selected}
        onValueChange={setSelected}
        onKeyDown={onKeyDown}
      >
        <Command.Input value={text} onValueChange={setText} placeholder={TEXTS.hint} />
        <Command.List ref={list}>
          <Command.Empty>{TEXTS.noMatch}</Command.Empty>
          <Results session={session} found={found} run={run} />
          <Commands session={session} text={text} run={run} onAudit={() => setShowsAudit(true)} />
        </Command.List>
      </Command.Dialog>
      {showsAudit && <Audit session={session} onClose={() => setShowsAudit(false)} />}
    </>
  );
}

type ListProps = { session: BoardSession; run: (perform: () => void) => () => void };

/** Drivers of the whole fleet and open trips that match the text. A hit outside the view is flown to. */
function Results({ session, found, run }: ListProps & { found: Found }) {
  const { drivers, trips, total } = found;
  // They are found as they are now.
  const isPast = useStore(session.$replay) !== null;
  return (
    <>
      {drivers.length > 0 && (
        <Command.Group heading={TEXTS.drivers(drivers.length, total)}>
          {drivers.map(({ id, state }) => (
            <Command.Item
              key={id}
              value={`driver ${id}`}
              onSelect={run(() => session.$selection.set({ kind: 'driver', id }))}
            >
              <StatusMark state={isPast ? null : state} /> <span>{id}</span>{' '}
              {!isPast && <small>{STATE_NAMES[state]}</small>}
            </Command.Item>
          ))}
        </Command.Group>
      )}
      {trips.length > 0 && (
        <Command.Group heading={TEXTS.trips}>
          {trips.map(({ id, riderId, state, driverId }) => (
            <Command.Item
              key={id}
              value={`trip ${id}`}
              onSelect={run(() => session.$selection.set({ kind: 'trip', id }))}
            >
              <span>{riderId}</span>{' '}
              {!isPast && <small>{[TRIP_STATE_NAMES[state], driverId ?? ''].join(' ').trim()}</small>}
            </Command.Item>
          ))}
        </Command.Group>
      )}
    </>
  );
}

function Commands({ session, text, run, onAudit }: ListProps & { text: string; onAudit: () => void }) {
  const { fleet, $measure, $selection } = session;
  const showOnly = (states: readonly VehicleState[]) =>
    fleet.$filter.set({ ...fleet.$filter.get(), states: new Set(states) });
  const driverId = session.selectedDriver();
  const trip = session.selectedTrip();
  const views = useStore($savedViews);
  const name = text.trim();
  const commands = [
    ...availableActions({ driverId, trip }).map((action) => ({
      name: TEXTS.action(ACTIONS[action], driverId ?? trip?.riderId ?? ''),
      perform: () => session.$pendingAction.set({ action, driverId, trip }),
    })),
    { name: TEXTS.showAll, perform: () => showOnly(WORKING_STATES) },
    ...WORKING_STATES.map((state) => ({
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
    { name: TEXTS.sendAlert, perform: () => session.$composesAlert.set(true) },
    {
      name: TEXTS.zones,
      perform: () => {
        session.$panel.set('zones');
        session.$tab.set('zones');
      },
    },
    { name: TEXTS.clearSelection, perform: () => $selection.set(null) },
    { name: TEXTS.audit, perform: onAudit },
    { name: UI.settings, perform: () => $showsSettings.set(true) },
    { name: VIEW.keys, perform: () => session.$showsKeys.set(true) },
    ...views.flatMap((view) => [
      { name: VIEW.open(view.name), perform: () => openView(session, view) },
      { name: VIEW.delete(view.name), perform: () => deleteView(view.name) },
    ]),
  ].filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  if (name !== '') commands.push({ name: VIEW.save(name), perform: () => saveView(session, name) });
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

import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from '../../../shared/ui/hooks.js';
import { actsFor } from '../actions/action.js';
import { TEXTS as HANDS } from '../actions/texts.js';
import { VEHICLE_STATES, type VehicleState } from '../fleet.js';
import { TEXTS as STRIP } from '../kpi-bar/texts.js';
import type { Measure } from '../map/density.js';
import { HOURS, openReplay } from '../replay/replay.js';
import { TEXTS as REPLAY } from '../replay/texts.js';
import type { BoardSession } from '../session.js';
import { TEXTS as BOARD, STATE_NAMES } from '../texts.js';
import { Audit } from './Audit.js';
import { TEXTS } from './texts.js';

const MEASURES: Measure[] = ['supply', 'demand', 'ratio'];
/** A list that is read, not scrolled: what is typed narrows it. */
const FOUND = 8;

/** Everything that the board does, found by its name: Ctrl or Cmd and K. */
export function Palette({ session }: { session: BoardSession }) {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [audits, setAudits] = useState(false);
  useEffect(() => {
    const toggle = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      // Over a dialog that waits for an answer it could not be reached.
      if (document.querySelector('dialog[open]') !== null) return;
      setOpen((before) => !before);
    };
    addEventListener('keydown', toggle);
    return () => removeEventListener('keydown', toggle);
  }, []);
  const run = (work: () => void) => () => {
    setOpen(false);
    setText('');
    work();
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
        overlayClassName="palette-veil"
        contentClassName="palette"
        shouldFilter={false}
      >
        <Command.Input value={text} onValueChange={setText} placeholder={TEXTS.hint} />
        <Command.List>
          <Command.Empty>{TEXTS.nothing}</Command.Empty>
          <Found session={session} text={text} run={run} />
          <Commands session={session} text={text} run={run} onAudit={() => setAudits(true)} />
        </Command.List>
      </Command.Dialog>
      {audits && <Audit session={session} onClose={() => setAudits(false)} />}
    </>
  );
}

type ListProps = { session: BoardSession; text: string; run: (work: () => void) => () => void };

/** Drivers in view and open trips whose name has the text in it. */
function Found({ session, text, run }: ListProps) {
  const trips = useStore(session.trips);
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const drivers = [...session.client.vehicles]
    .map(({ id }) => id)
    .filter((id) => id.toLowerCase().includes(wanted))
    .sort()
    .slice(0, FOUND);
  const open = [...trips.values()]
    .filter(({ id, riderId }) => `${id} ${riderId}`.toLowerCase().includes(wanted))
    .slice(0, FOUND);
  return (
    <>
      {drivers.length > 0 && (
        <Command.Group heading={TEXTS.drivers}>
          {drivers.map((id) => (
            <Command.Item
              key={id}
              value={`driver ${id}`}
              onSelect={run(() => session.selection.set({ kind: 'driver', id }))}
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
              onSelect={run(() => session.selection.set({ kind: 'trip', id }))}
            >
              {riderId} · {state.replace('_', ' ')}
            </Command.Item>
          ))}
        </Command.Group>
      )}
    </>
  );
}

function Commands({ session, text, run, onAudit }: ListProps & { onAudit: () => void }) {
  const { fleet, measure, selection } = session;
  const only = (state: readonly VehicleState[]) =>
    fleet.filter.set({ ...fleet.filter.get(), states: new Set(state) });
  const driverId = session.selectedDriver();
  const trip = session.selectedTrip();
  const commands = [
    ...actsFor(driverId, trip).map((act) => ({
      name: TEXTS.byHand(HANDS[act], driverId ?? trip?.riderId ?? ''),
      work: () => session.hand.set({ act, driverId, trip }),
    })),
    { name: TEXTS.all, work: () => only(VEHICLE_STATES) },
    ...VEHICLE_STATES.map((state) => ({ name: TEXTS.only(STATE_NAMES[state]), work: () => only([state]) })),
    ...MEASURES.map((name) => ({
      name: TEXTS.colour(BOARD.measures[name]),
      work: () => measure.set(name),
    })),
    {
      name: REPLAY.area,
      work: () => void openReplay(session, { kind: 'area' }, HOURS[0]!).catch(() => {}),
    },
    { name: STRIP.show, work: () => session.charts.set(true) },
    { name: TEXTS.letGo, work: () => selection.set(null) },
    { name: TEXTS.audit, work: onAudit },
  ].filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  if (commands.length === 0) return null;
  return (
    <Command.Group heading={TEXTS.commands}>
      {commands.map(({ name, work }) => (
        <Command.Item key={name} value={name} onSelect={run(work)}>
          {name}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

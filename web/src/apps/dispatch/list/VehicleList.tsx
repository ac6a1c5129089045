import { useStore } from '@nanostores/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { age, count } from '../../../shared/ui/format.js';
import { type Order, type Row, VEHICLE_STATES, type VehicleState } from '../fleet-store.js';
import type { BoardSession } from '../session.js';
import { STATE_NAMES, TEXTS } from '../texts.js';
import { StatusMark } from './StatusMark.js';

const ROW_PX = 44;
const ORDERS: Order[] = ['id', 'state', 'age'];
const optionId = (id: string): string => `vehicle-${id}`;

/** Vehicles in view that match the filter. Only the visible rows are rendered. */
export function VehicleList({ session }: { session: BoardSession }) {
  const { rows, total } = useStore(session.fleet.$shown);
  const counts = useStore(session.fleet.$counts);
  const selection = useStore(session.$selection);
  const scroller = useRef<HTMLDivElement>(null);
  const selected = selection?.kind === 'driver' ? selection.id : null;
  const hovered = useStore(session.fleet.$hovered);
  const indexOf = (id: string | null) => (id === null ? -1 : rows.findIndex((row) => row.id === id));
  // The arrow keys continue from the hovered row, or else from the selected one.
  const at = hovered === null ? indexOf(selected) : indexOf(hovered);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  // Scroll to a vehicle selected on the map, but not each time the list is sorted again.
  useEffect(() => {
    const index = session.fleet.$shown.get().rows.findIndex(({ id }) => id === selected);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [selected, session, virtual]);
  const select = (row: Row | undefined) => {
    if (row !== undefined) session.$selection.set({ kind: 'driver', id: row.id });
  };
  const moveTo = (target: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, target));
    session.fleet.$hovered.set(rows[index]?.id ?? null);
    if (rows.length > 0) virtual.scrollToIndex(index, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX);
    const actions: Record<string, () => void> = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at - 1),
      PageDown: () => moveTo(at + page),
      PageUp: () => moveTo(at - page),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      Enter: () => select(rows[at]),
      Escape: () => {
        session.fleet.$hovered.set(null);
        session.$selection.set(null);
      },
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return (
    <div className="fleet-list">
      <Filters session={session} />
      <p className="fleet-count" role="status">
        {TEXTS.shown(count(rows.length), count(total))}
      </p>
      {rows.length === 0 && <p className="fleet-empty">{counts === null ? TEXTS.noMatch : TEXTS.tooMany}</p>}
      {rows.length > 0 && (
        <div
          ref={scroller}
          className="fleet-rows"
          role="listbox"
          aria-label={TEXTS.list}
          aria-activedescendant={at >= 0 ? optionId(rows[at]!.id) : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onPointerLeave={() => session.fleet.$hovered.set(null)}
        >
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index]!;
              return (
                <VehicleRow
                  key={row.id}
                  row={row}
                  top={start}
                  place={{ index, of: rows.length }}
                  isSelected={row.id === selected}
                  isHovered={row.id === hovered}
                  onSelect={() => select(row)}
                  onHover={() => session.fleet.$hovered.set(row.id)}
                />
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

type RowProps = {
  row: Row;
  top: number;
  place: { index: number; of: number };
  isSelected: boolean;
  isHovered: boolean;
  onSelect: () => void;
  onHover: () => void;
};

/** One row. The listbox handles the keyboard, a row only the pointer. */
const VehicleRow = ({ row, top, place, isSelected, isHovered, onSelect, onHover }: RowProps) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keyboard
  // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names the active option
  <div
    id={optionId(row.id)}
    className="fleet-row"
    role="option"
    aria-selected={isSelected}
    aria-posinset={place.index + 1}
    aria-setsize={place.of}
    data-stale={row.isStale}
    data-hovered={isHovered}
    style={{ transform: `translateY(${top}px)` }}
    onClick={onSelect}
    // Not onPointerEnter: it also fires when the keyboard scrolls a row under a resting pointer.
    onPointerMove={onHover}
  >
    <StatusMark state={row.state} />
    <span className="fleet-id">{row.id}</span>
    <span className="fleet-speed">
      {row.speedMps < 0.5 ? TEXTS.stopped : `${Math.round(row.speedMps * 3.6)} km/h`}
    </span>
    <span className="fleet-age">{age(row.ageMs).replace(/\.\d/, '')}</span>
  </div>
);

function Filters({ session: { fleet } }: { session: BoardSession }) {
  const filter = useStore(fleet.$filter);
  const order = useStore(fleet.$order);
  const { counts } = useStore(fleet.$shown);
  const toggle = (name: VehicleState) => {
    const states = new Set(filter.states);
    if (!states.delete(name)) states.add(name);
    fleet.$filter.set({ ...filter, states });
  };
  return (
    <div className="fleet-filters">
      <label className="fleet-search">
        <Search size={16} aria-hidden />
        <span className="sr-only">{TEXTS.search}</span>
        <input
          type="search"
          placeholder={TEXTS.search}
          value={filter.text}
          onChange={({ target }) => fleet.$filter.set({ ...filter, text: target.value })}
        />
      </label>
      <fieldset className="fleet-chips">
        <legend className="sr-only">{TEXTS.statuses}</legend>
        {VEHICLE_STATES.map((name) => (
          <button
            key={name}
            type="button"
            className="filter-chip"
            aria-pressed={filter.states.has(name)}
            onClick={() => toggle(name)}
          >
            <StatusMark state={name} />
            <span>{STATE_NAMES[name]}</span> <span className="figure">{count(counts[name])}</span>
          </button>
        ))}
        <button
          type="button"
          className="filter-chip"
          aria-pressed={filter.staleOnly}
          onClick={() => fleet.$filter.set({ ...filter, staleOnly: !filter.staleOnly })}
        >
          {TEXTS.stale} <span className="figure">{count(counts.stale)}</span>
        </button>
      </fieldset>
      <label className="fleet-order">
        {TEXTS.order}
        <select value={order} onChange={({ target }) => fleet.$order.set(target.value as Order)}>
          {ORDERS.map((name) => (
            <option key={name} value={name}>
              {TEXTS.orders[name]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

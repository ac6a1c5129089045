import { useStore } from '@nanostores/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { count } from '../../../shared/ui/format.js';
import type { Filter, Row, Shown } from '../fleet-store.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';
import { $columns } from './columns.js';
import { Filters } from './Filters.js';
import { PickedBar } from './PickedBar.js';
import { optionId, VehicleRow } from './VehicleRow.js';

const ROW_PX = 44;

/** Vehicles in view, or of the whole fleet, that match the filter. Only the visible rows are rendered. */
export function VehicleList({ session }: { session: BoardSession }) {
  const shown = useStore(session.fleet.$shown);
  const { rows, total } = shown;
  const filter = useStore(session.fleet.$filter);
  const selection = useStore(session.$selection);
  const scroller = useRef<HTMLDivElement>(null);
  const selected = selection?.kind === 'driver' ? selection.id : null;
  const hovered = useStore(session.fleet.$hovered);
  const indexOf = (id: string | null) => (id === null ? -1 : rows.findIndex((row) => row?.id === id));
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
    const index = session.fleet.$shown.get().rows.findIndex((row) => row?.id === selected);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [selected, session, virtual]);
  const [first, last] = [virtual.range?.startIndex ?? 0, virtual.range?.endIndex ?? 0];
  useEffect(() => session.fleet.pages.see(first, last), [session, first, last]);
  const select = (row: Row | undefined) => {
    if (row !== undefined) session.$selection.set({ kind: 'driver', id: row.id });
  };
  const picked = useStore(session.$picked);
  const columns = useStore($columns);
  const pick = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    session.$picked.set(next);
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
      ' ': () => rows[at] !== undefined && pick(rows[at].id),
      Escape: () => {
        session.fleet.$hovered.set(null);
        session.$selection.set(null);
      },
    };
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  };
  return (
    <div className="fleet-list">
      <Filters session={session} />
      <p className="fleet-count" role="status">
        {shown.problem === null && TEXTS.shown(count(rows.length), count(total))}
      </p>
      {rows.length === 0 && <p className="fleet-empty">{emptyText(shown, filter)}</p>}
      {rows.length > 0 && (
        <div
          ref={scroller}
          className="fleet-rows"
          role="listbox"
          aria-multiselectable
          aria-label={TEXTS.list}
          aria-activedescendant={rows[at] === undefined ? undefined : optionId(rows[at].id)}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onPointerLeave={() => session.fleet.$hovered.set(null)}
        >
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              // It is loaded when the scrolling pauses.
              if (row === undefined) return null;
              return (
                <VehicleRow
                  key={row.id}
                  row={row}
                  top={start}
                  place={{ index, of: rows.length }}
                  isSelected={row.id === selected}
                  columns={columns}
                  isHovered={row.id === hovered}
                  isPicked={picked.has(row.id)}
                  onPick={() => pick(row.id)}
                  onSelect={() => select(row)}
                  onHover={() => session.fleet.$hovered.set(row.id)}
                />
              );
            })}
          </div>
        </div>
      )}
      <PickedBar session={session} />
    </div>
  );
}

/** Returns why the list is empty. */
function emptyText({ problem, scope, total }: Shown, { text }: Filter): string {
  if (problem === 'many') return TEXTS.tooMany;
  if (problem === 'loading') return TEXTS.listing;
  if (problem === 'failed') return TEXTS.listFailed;
  if (total > 0 || text.trim() !== '') return TEXTS.noMatch;
  return scope === 'view' ? TEXTS.noneInView : TEXTS.noneConnected;
}

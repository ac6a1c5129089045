import { useStore } from '@nanostores/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { LockKeyhole, Search } from 'lucide-react';
import { type KeyboardEvent, Suspense, useMemo, useRef, useState } from 'react';
import { lazyWithRetry } from '../../../shared/ui/lazy-with-retry.js';
import { ListName } from '../list/ListName.js';
import type { BoardSession } from '../session.js';
import type { ListedZone } from './model.js';
import { Swatch } from './Swatch.js';
import { TEXTS } from './texts.js';
import { type ZonesStore, zonesOf } from './zones-store.js';
import './zones.css';
import { KIND_TEXTS } from './rule-texts.js';

const EditPanel = lazyWithRetry(() => import('./edit/EditPanel.js'));
const People = lazyWithRetry(() => import('./edit/People.js'));

const ROW_PX = 52;
const optionId = (key: string): string => `zone-${key.replace('/', '-')}`;

const { compare } = new Intl.Collator(undefined, { numeric: true });
const byName = (a: ListedZone, b: ListedZone) => compare(a.name, b.name) || (a.key < b.key ? -1 : 1);

const matching = (zones: readonly ListedZone[], text: string): ListedZone[] => {
  const wanted = text.trim().toLowerCase();
  return zones
    .filter(({ name, kind }) => `${name} ${KIND_TEXTS[kind].name}`.toLowerCase().includes(wanted))
    .sort(byName);
};

/** Searchable list of the zones in force, or of the draft, and the way to edit them. */
export default function ZonesPanel({ session }: { session: BoardSession }) {
  const store = zonesOf(session);
  const zones = useStore(store.$zones);
  const editing = useStore(store.$editing);
  const problem = useStore(store.$problem);
  const [text, setText] = useState('');
  const shown = useMemo(() => matching(zones, text), [zones, text]);
  return (
    <div className="zone-list">
      <div className="fleet-filters">
        <label className="fleet-search">
          <Search size={16} aria-hidden />
          <span className="sr-only">{TEXTS.search}</span>
          <input
            type="search"
            placeholder={TEXTS.search}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <RegionChoice store={store} />
      </div>
      <p className="fleet-count zone-count">
        <span role="status">{TEXTS.count(shown.length, zones.length)}</span>
        {editing !== null && <span className="chip">{TEXTS.draft}</span>}
      </p>
      {shown.length === 0 ? (
        <div className="zone-empty">
          <p>{zones.length === 0 ? TEXTS.empty : TEXTS.noMatch}</p>
          {zones.length === 0 && <p>{TEXTS.emptyHint}</p>}
        </div>
      ) : (
        <Rows store={store} zones={shown} userId={session.userId} />
      )}
      {problem !== null && (
        <p className="zone-problem" role="alert">
          {problem}
        </p>
      )}
      {editing === null ? (
        <EditButton store={store} />
      ) : (
        <Suspense>
          <EditPanel store={store} editing={editing} />
        </Suspense>
      )}
    </div>
  );
}

/** Choice of the region whose zones are edited; hidden while there is only one. */
function RegionChoice({ store }: { store: ZonesStore }) {
  const regions = useStore(store.$regions);
  const editing = useStore(store.$editing);
  if (editing === null || regions.length < 2) return null;
  const listed = regions.includes(editing.region) ? regions : [editing.region, ...regions];
  return (
    <label className="fleet-order">
      <span>{TEXTS.region}</span>
      <select value={editing.region} onChange={({ target }) => void store.edit(target.value)}>
        {listed.map((region) => (
          <option key={region} value={region}>
            {TEXTS.regionName(region, region === regions[0])}
          </option>
        ))}
      </select>
    </label>
  );
}

function EditButton({ store }: { store: ZonesStore }) {
  const [region] = useStore(store.$regions);
  const [isOpening, setOpening] = useState(false);
  const open = async () => {
    setOpening(true);
    await store.edit(region!);
    setOpening(false);
  };
  return (
    <div className="zone-foot">
      <button
        type="button"
        className="button button-primary"
        disabled={region === undefined || isOpening}
        onClick={() => void open()}
      >
        {isOpening ? TEXTS.opening : TEXTS.edit}
      </button>
    </div>
  );
}

type RowsProps = { store: ZonesStore; zones: readonly ListedZone[]; userId: string };

function Rows({ store, zones, userId }: RowsProps) {
  const selected = useStore(store.$selected);
  const editing = useStore(store.$editing);
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const indexOf = (key: string | null) => zones.findIndex((zone) => zone.key === key);
  const at = indexOf(active) >= 0 ? indexOf(active) : indexOf(selected);
  const virtual = useVirtualizer({
    count: zones.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const moveTo = (target: number) => {
    const index = Math.max(0, Math.min(zones.length - 1, target));
    setActive(zones[index]!.key);
    virtual.scrollToIndex(index, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const actions: Record<string, () => void> = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at - 1),
      Home: () => moveTo(0),
      End: () => moveTo(zones.length - 1),
      Enter: () => zones[at] !== undefined && store.select(zones[at].key),
      ' ': () => zones[at] !== undefined && store.select(zones[at].key),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return (
    <div
      ref={scroller}
      className="fleet-rows"
      role="listbox"
      aria-label={TEXTS.zones}
      aria-activedescendant={at >= 0 ? optionId(zones[at]!.key) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => setActive(null)}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const zone = zones[index]!;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keyboard
            // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names the active option
            <div
              key={zone.key}
              id={optionId(zone.key)}
              className="zone-row"
              role="option"
              aria-selected={zone.key === selected}
              aria-posinset={index + 1}
              aria-setsize={zones.length}
              data-hovered={zone.key === active}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => store.select(zone.key)}
            >
              <Swatch kind={zone.kind} />
              <ListName name={zone.name} className="zone-row-name" />
              <span className="zone-row-kind">{KIND_TEXTS[zone.kind].name}</span>
              <span className="zone-row-marks">
                {zone.lockedBy !== null && (
                  <span
                    className="zone-lock"
                    role="img"
                    aria-label={zone.lockedBy === userId ? TEXTS.lockedByYou : TEXTS.locked(zone.lockedBy)}
                    title={zone.lockedBy === userId ? TEXTS.lockedByYou : TEXTS.locked(zone.lockedBy)}
                  >
                    <LockKeyhole size={14} aria-hidden />
                  </span>
                )}
                {editing !== null && (
                  <Suspense>
                    <People editing={editing} zoneId={zone.id} />
                  </Suspense>
                )}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

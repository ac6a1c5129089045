import { speedText, wholeAge } from '../../../shared/ui/format.js';
import type { Row } from '../fleet-store.js';
import { STATE_NAMES, TEXTS } from '../texts.js';
import type { Column } from './columns.js';
import { ListName } from './ListName.js';
import { StatusMark } from './StatusMark.js';

export const optionId = (id: string): string => `vehicle-${id}`;

type RowProps = {
  row: Row;
  top: number;
  place: { index: number; of: number };
  columns: readonly Column[];
  isSelected: boolean;
  isHovered: boolean;
  isPicked: boolean;
  onSelect: () => void;
  onPick: () => void;
  onHover: () => void;
};

const CELLS: Record<Column, (row: Row) => string> = {
  speed: ({ state, speedMps }) => {
    if (state === 'offline') return STATE_NAMES.offline;
    return speedMps < 0.5 ? TEXTS.stopped : speedText(speedMps);
  },
  heading: ({ heading }) => `${Math.round(heading)}°`,
  trip: ({ tripId }) => (tripId === null ? '' : tripId.slice(0, 8)),
  age: ({ ageMs }) => wholeAge(ageMs),
};

/** One row. The listbox handles the keyboard, a row only the pointer: with Ctrl or Cmd, a click picks it. */
export const VehicleRow = ({
  row,
  top,
  place,
  columns,
  isSelected,
  isHovered,
  isPicked,
  onSelect,
  onPick,
  onHover,
}: RowProps) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keyboard
  // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names the active option
  <div
    id={optionId(row.id)}
    className="fleet-row"
    role="option"
    aria-selected={isSelected || isPicked}
    aria-posinset={place.index + 1}
    aria-setsize={place.of}
    data-stale={row.isStale}
    data-hovered={isHovered}
    data-picked={isPicked}
    style={{ transform: `translateY(${top}px)` }}
    onClick={({ ctrlKey, metaKey, target }) => {
      const isMark = target instanceof Element && target.closest('.fleet-pick') !== null;
      if (ctrlKey || metaKey || isMark) onPick();
      else onSelect();
    }}
    // Not onPointerEnter: it also fires when the keyboard scrolls a row under a resting pointer.
    onPointerMove={onHover}
  >
    <span className="fleet-pick" title={TEXTS.pick}>
      <StatusMark state={row.state} />
    </span>
    <ListName name={row.id} className="fleet-id" />
    {columns.map((column) => (
      <span key={column} className={`fleet-${column}`}>
        {CELLS[column](row)}
      </span>
    ))}
  </div>
);

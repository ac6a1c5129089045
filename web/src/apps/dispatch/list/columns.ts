import { atom } from 'nanostores';
import { storedHere, storeHere } from '../../../shared/live/storage.js';

/** Column of the list besides state and name. */
export type Column = 'speed' | 'heading' | 'trip' | 'age';

export const COLUMNS: readonly Column[] = ['speed', 'heading', 'trip', 'age'];
const USUAL: readonly Column[] = ['speed', 'age'];
const KEY = 'hexfleet-board-columns';

/** Columns that this browser shows, in the order of {@link COLUMNS}. */
export const $columns = atom<readonly Column[]>(restore());

/** Shows a column, or hides it. */
export function toggleColumn(column: Column): void {
  const shown = $columns.get();
  const next = COLUMNS.filter((each) => shown.includes(each) !== (each === column));
  $columns.set(next);
  storeHere(KEY, next.join());
}

function restore(): readonly Column[] {
  const names = storedHere(KEY)?.split(',');
  return names === undefined ? USUAL : COLUMNS.filter((column) => names.includes(column));
}

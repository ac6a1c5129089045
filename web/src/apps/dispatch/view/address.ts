import { atom, type ReadableAtom } from 'nanostores';
import { storedHere, storeHere } from '../../../shared/live/storage.js';
import { openReplay } from '../replay/replay.js';
import type { BoardSession } from '../session.js';
import { queryOf, type View, viewOf } from './view-url.js';

/** Time after which the address follows: a map that moves would change it with each frame. */
const WRITE_MS = 500;
const KEY = 'hexfleet-board-views';
const MAX_VIEWS = 50;

/** Returns what the board shows now. */
function currentView(session: BoardSession): View {
  const { fleet, $camera, $measure, $selection, $replay } = session;
  const replay = $replay.get();
  return {
    camera: $camera.get(),
    filter: fleet.$filter.get(),
    order: fleet.$order.get(),
    scope: fleet.$scope.get(),
    measure: $measure.get(),
    selection: $selection.get(),
    replay: replay === null ? null : { at: replay.at, of: replay.subject.kind, hours: replay.hours },
  };
}

/** Shows a view, apart from its replay, which needs the map. */
function applyView(session: BoardSession, { filter, order, scope, measure, selection }: View): void {
  session.fleet.$filter.set(filter);
  session.fleet.$order.set(order);
  session.fleet.$scope.set(scope);
  session.$measure.set(measure);
  session.$selection.set(selection);
}

/** Opens the replay of a view, once the map shows its area. A history that is gone is not shown. */
export function replayOf(session: BoardSession, { replay, selection }: View): void {
  if (replay === null) return;
  const driverId = selection?.kind === 'driver' ? selection.id : null;
  if (replay.of === 'driver' && driverId === null) return;
  const subject =
    replay.of === 'driver' ? { kind: 'driver' as const, driverId: driverId! } : { kind: 'area' as const };
  void openReplay(session, subject, replay.hours, replay.at).catch(() => {});
}

/**
 * Shows the view of the address, and keeps the address equal to what the board shows from then on, so that it can be shared and
 * reloaded.
 */
export function followAddress(session: BoardSession): void {
  applyView(session, session.opened);
  let isWaiting = false;
  const write = () => {
    isWaiting = false;
    const replay = session.$replay.get();
    // While it plays, the moment changes all the time.
    if (replay?.plays !== true) {
      const query = queryOf(currentView(session), location.search);
      history.replaceState(
        history.state,
        '',
        `${location.pathname}${query === '' ? '' : `?${query}`}${location.hash}`,
      );
    }
  };
  const later = () => {
    if (!isWaiting) setTimeout(write, WRITE_MS);
    isWaiting = true;
  };
  const { fleet, $camera, $measure, $selection, $replay } = session;
  for (const store of [fleet.$filter, fleet.$order, fleet.$scope, $camera, $measure, $selection, $replay])
    (store as ReadableAtom<unknown>).listen(later);
}

/** A view that this browser keeps. */
export type SavedView = { name: string; query: string };

export const $savedViews = atom<readonly SavedView[]>(restore());

/** Keeps what the board shows under a name, instead of another view with that name. */
export function saveView(session: BoardSession, name: string): void {
  const query = queryOf(currentView(session));
  const others = $savedViews.get().filter((view) => view.name !== name);
  keep([...others, { name, query }].slice(-MAX_VIEWS));
}

export const deleteView = (name: string): void =>
  keep($savedViews.get().filter((view) => view.name !== name));

/** Shows a saved view. */
export function openView(session: BoardSession, { query }: SavedView): void {
  const view = viewOf(`?${query}`);
  session.$replay.set(null);
  applyView(session, view);
  if (view.camera !== null) session.$goTo.set({ ...view.camera });
  replayOf(session, view);
}

function keep(views: readonly SavedView[]): void {
  $savedViews.set(views);
  storeHere(KEY, JSON.stringify(views));
}

function restore(): readonly SavedView[] {
  try {
    return JSON.parse(storedHere(KEY) ?? '[]');
  } catch {
    return [];
  }
}

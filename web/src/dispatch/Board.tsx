import { Mark } from '../ui/icons.js';
import type { BoardSession } from './session.js';
import { TEXTS } from './texts.js';

/** The desk: numbers above, vehicles at the left, the map, what happens and what is picked at the right, replay below. */
export const Board = ({ session }: { session: BoardSession }) => (
  <div className="board" data-user={session.userId}>
    <header className="board-head">
      <h1>
        <Mark />
        {TEXTS.name} <span className="board-place">{TEXTS.place}</span>
      </h1>
    </header>
    <aside className="board-list" aria-label={TEXTS.list} />
    <main className="board-map" aria-label={TEXTS.map} />
    <aside className="board-side" aria-label={TEXTS.side} />
    <section className="board-replay" aria-label={TEXTS.replay} />
  </div>
);

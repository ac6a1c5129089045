import { type Connection, isUp } from '../connection/connection.js';

/** A push can get lost on its way between the nodes; whoever misses the last one would wait for the next to notice. */
const LOOK_MS = 30_000;

/** Looks for what was missed on each new connection, and again while there is one. */
export function pollWhileConnected(connection: Pick<Connection, 'onState'>, look: () => void): void {
  let looking: ReturnType<typeof setInterval> | undefined;
  connection.onState((state) => {
    clearInterval(looking);
    if (!isUp(state)) return;
    look();
    looking = setInterval(look, LOOK_MS);
  });
}

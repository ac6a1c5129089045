import type { AreaAlert } from '#protocol';
import type { Connection } from '../connection/connection.js';

/** Passes each alert once until it expires: the service sends an active one again on each connection. */
export function onAreaAlert(
  connection: Connection<'/rider' | '/driver'>,
  receive: (alert: AreaAlert) => void,
): void {
  /** expiry of each alert received, by id; the service keeps at most a hundred active */
  const known = new Map<string, number>();
  connection.on('area:alert', (alert) => {
    const now = connection.clock.now();
    for (const [id, expiresAt] of known) if (expiresAt <= now) known.delete(id);
    if (known.has(alert.id) || alert.expiresAt <= now) return;
    known.set(alert.id, alert.expiresAt);
    receive(alert);
  });
}

import type { ServiceState } from '#protocol';
import type { Connection } from './connection.js';
import { isUp } from './connection-state.js';

/** Passes on each change of the service's state; a new connection begins with `ok`. */
export function trackServiceState(
  connection: Connection<'/rider'> | Connection<'/dispatch'>,
  changed: (state: ServiceState) => void,
): void {
  let current: ServiceState['state'] = 'ok';
  const set = (state: ServiceState['state']) => {
    if (state === current) return;
    current = state;
    changed({ state });
  };
  connection.onState((state) => {
    if (isUp(state)) set('ok');
  });
  // Over plain HTTP, another transport is another connection.
  connection.onChange(({ state }) => {
    if (state === 'degraded') set('ok');
  });
  (connection as Connection<'/rider'>).on('service', ({ state }) => set(state));
}

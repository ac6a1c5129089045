import { useEffect, useState } from 'react';
import type { QueueState } from '#sdk';
import { quantityText, remaining, wholeAge } from '../../../shared/ui/format.js';
import type { BoardSession } from '../session.js';
import type { ListedZone, ZonesOnBoard } from './model.js';
import { TEXTS } from './texts.js';

const QUEUE_MS = 5_000;

type Props = { session: BoardSession; store: ZonesOnBoard; zone: ListedZone };

/** Returns the drivers of each vehicle class, which has places of its own. */
function byClass({ drivers }: QueueState): Array<[vehicleClass: string, QueueState['drivers']]> {
  const names = [...new Set(drivers.map(({ vehicleClass }) => vehicleClass))];
  return names.map((name) => [name, drivers.filter(({ vehicleClass }) => vehicleClass === name)]);
}

/** The whole queue of a zone, read again every few seconds. */
export function Queue({ session, store, zone }: Props) {
  const [queue, setQueue] = useState<QueueState | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const { region, id } = zone;
  useEffect(() => {
    const abort = new AbortController();
    const read = () =>
      store.api.queue(region, id, { signal: abort.signal }).then(
        (state) => {
          setQueue(state);
          setFailed(false);
        },
        () => !abort.signal.aborted && setFailed(true),
      );
    void read();
    const timer = setInterval(() => void read(), QUEUE_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [store, region, id]);
  const { queue: texts } = TEXTS;
  const now = session.fleet.now();
  return (
    <div className="zone-queue">
      <h3>{texts.title}</h3>
      {hasFailed && queue === null && <p className="side-note">{texts.failed}</p>}
      {queue !== null && (
        <p className="side-note">
          {queue.drivers.length === 0 ? texts.empty : texts.departures(queue.departures)}
        </p>
      )}
      {queue !== null && queue.drivers.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">{texts.driver}</th>
              <th scope="col">{texts.waiting}</th>
              <th scope="col">{texts.wait}</th>
            </tr>
          </thead>
          {byClass(queue).map(([vehicleClass, drivers], _, { length }) => (
            <tbody key={vehicleClass}>
              {length > 1 && (
                <tr>
                  <th scope="rowgroup" colSpan={4}>
                    {vehicleClass}
                  </th>
                </tr>
              )}
              {drivers.map(({ driverId, place, since, waitS }) => (
                <tr key={driverId}>
                  <td>{place}</td>
                  <td>
                    <button
                      type="button"
                      className="zone-driver"
                      onClick={() => session.$selection.set({ kind: 'driver', id: driverId })}
                    >
                      {driverId}
                    </button>
                  </td>
                  <td>{wholeAge(now - since)}</td>
                  <td>{waitS === null ? texts.unknown : quantityText(remaining(waitS * 1_000))}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      )}
    </div>
  );
}

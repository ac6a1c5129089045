import { useStore } from '@nanostores/react';
import type { Zone, ZonesComparison } from '#sdk';
import { Swatch } from '../Swatch.js';
import { faultText, wordsOf } from './change-texts.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

type Props = { editing: Editing; comparison: ZonesComparison };

export const changesIn = ({ added, changed, removed }: ZonesComparison): number =>
  added.length + changed.length + removed.length;

/** A comparison in words, each line with the way to its zone on the map, and the faults that stop publishing. */
export function Comparison({ editing, comparison }: Props) {
  const map = useStore(editing.$map);
  const { added, changed, removed, problems } = comparison;
  const words = wordsOf(comparison);
  const groups = [
    { change: 'added', title: TEXTS.added, zones: added },
    { change: 'changed', title: TEXTS.changed, zones: changed.map(({ after }) => after) },
    { change: 'removed', title: TEXTS.gone, zones: removed },
  ];
  return (
    <>
      {problems.length > 0 && (
        <div className="zone-group" data-change="removed" role="alert">
          <h3>{TEXTS.fix}</h3>
          <ul>
            {problems.map(({ zoneId, name, reason, place }) => (
              <li key={`${zoneId} ${reason}`}>
                <span>{name === '' ? faultText(reason) : TEXTS.faultOf(name, faultText(reason))}</span>
                {place !== undefined && (
                  <button type="button" onClick={() => map?.showPlace(place)}>
                    {TEXTS.showFault}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {groups.map(({ change, title, zones }) =>
        zones.length === 0 ? null : (
          <div key={change} className="zone-group" data-change={change}>
            <h3>
              <span>{title}</span> <span className="figure">{zones.length}</span>
            </h3>
            <ul>
              {zones.map((zone: Zone) => (
                <li key={zone.id}>
                  <button type="button" className="zone-change" onClick={() => map?.show(zone)}>
                    <Swatch kind={zone.kind} />
                    <span>{words.get(zone.id) ?? zone.name}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ),
      )}
    </>
  );
}

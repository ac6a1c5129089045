import { useStore } from '@nanostores/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { Suspense, useCallback, useRef, useState } from 'react';
import { MapHost } from '../../../shared/map/MapHost.js';
import type { Padding } from '../../../shared/map/plane.js';
import { count } from '../../../shared/ui/format.js';
import { lazyWithRetry } from '../../../shared/ui/lazy-with-retry.js';
import { ReplayBanner, ReplayButton } from '../replay/Replay.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';
import { BoardScene } from './board-scene.js';
import type { Measure, Tally } from './density.js';

/** Loaded after the map, which shows vehicles without it. */
const MapZones = lazyWithRetry(() => import('../zones/MapZones.js'));
const AREA = { kind: 'area' } as const;
const MEASURES: Measure[] = ['supply', 'demand', 'ratio'];

/** The map with its legend, zoom buttons and connection notice. */
export function BoardMap({ session }: { session: BoardSession }) {
  const [scene, setScene] = useState<BoardScene | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const drawn = useStore(session.$drawn);
  const connection = useStore(session.$connection);
  const isDegraded = useStore(session.$isDegraded);
  const isReplaying = useStore(session.$replay) !== null;
  const isHovering = useStore(session.fleet.$hovered) !== null;
  const isCut = connection === 'offline' || connection === 'refused';
  const notice = isCut ? connection : isDegraded ? 'degraded' : null;
  const open = useCallback(
    (container: HTMLElement, padding: Padding) => BoardScene.open(container, padding, session),
    [session],
  );
  return (
    <div className="map-view" data-drawn-as={drawn} data-hovering={isHovering}>
      <MapHost open={open} stage={stage} onOpen={setScene} texts={TEXTS} />
      <div className="stage" ref={stage}>
        {notice !== null && (
          <p className="panel board-offline" role="status">
            {TEXTS[notice]}
          </p>
        )}
        <ReplayBanner session={session} />
        {drawn === 'cells' && !isReplaying && <Legend session={session} />}
        {scene && (
          <Suspense>
            <MapZones session={session} scene={scene} />
          </Suspense>
        )}
        {scene && !isReplaying && (
          <div className="board-replay">
            <ReplayButton session={session} subject={AREA} />
          </div>
        )}
        {scene && (
          <div className="controls">
            <button
              type="button"
              aria-label={TEXTS.fitAll}
              title={TEXTS.fitAll}
              onClick={() => void scene.fitAll()}
            >
              <Maximize size={18} aria-hidden />
            </button>
            <button type="button" aria-label={TEXTS.zoomIn} onClick={() => scene.camera.zoomBy(1)}>
              <Plus size={18} aria-hidden />
            </button>
            <button type="button" aria-label={TEXTS.zoomOut} onClick={() => scene.camera.zoomBy(-1)}>
              <Minus size={18} aria-hidden />
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Returns the range of the colours in numbers. */
function legendText(measure: Measure, tallies: readonly Tally[]): string {
  if (measure === 'ratio') return TEXTS.legend.ratio;
  const values = tallies.map((tally) => tally[measure]).filter((value) => value > 0);
  if (values.length === 0) return TEXTS.legend[measure];
  return TEXTS.range[measure](count(Math.min(...values)), count(Math.max(...values)));
}

/** Colour scale of the cells, and the choice of the measure that they show. */
function Legend({ session }: { session: BoardSession }) {
  const measure = useStore(session.$measure);
  const tallies = useStore(session.$tallies);
  const sum = (of: 'supply' | 'demand') =>
    [...tallies.values()].reduce((total, tally) => total + tally[of], 0);
  return (
    <fieldset className="panel legend" data-cells={tallies.size}>
      <legend className="sr-only">{TEXTS.colours}</legend>
      <div className="legend-measures">
        {MEASURES.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="measure"
              checked={name === measure}
              onChange={() => session.$measure.set(name)}
            />
            <span>
              <span>{TEXTS.measures[name]}</span>
              {name !== 'ratio' && <b>{` ${count(sum(name))}`}</b>}
            </span>
          </label>
        ))}
      </div>
      <p className={`legend-scale scale-${measure}`}>
        <span className="legend-bar" aria-hidden />
        <span>{legendText(measure, [...tallies.values()])}</span>
      </p>
    </fieldset>
  );
}

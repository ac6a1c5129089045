import { useStore } from '@nanostores/react';
import { type KeyboardEvent, useRef } from 'react';
import type { LngLat, ZoneRing } from '#sdk';
import type { RingPlace } from '../model.js';
import type { Editing } from './editing.js';

const STEP_PX = 12;
const FINE_PX = 1;
const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Part of a ring that the arrow keys move. */
export type Nudged = {
  /** the position that moves */
  from(ring: ZoneRing): LngLat;
  /** returns the ring with that position elsewhere */
  moved(ring: ZoneRing, to: LngLat): ZoneRing;
  /** writes the ring, once the key is released */
  write(base: ZoneRing, ring: ZoneRing): void;
};

/**
 * Moves a ring, or a part of it, with the arrow keys. While a key is held, the map draws the ring as it will be; it is written
 * when the key is released.
 */
export function useNudge(editing: Editing, place: RingPlace, vertices: ZoneRing) {
  const map = useStore(editing.$map);
  const held = useRef<{ base: ZoneRing; ring: ZoneRing; write: Nudged['write'] } | null>(null);
  const write = () => {
    const moved = held.current;
    held.current = null;
    if (moved === null) return;
    map?.nudge(place, null);
    moved.write(moved.base, moved.ring);
  };
  /** Takes an arrow key. @returns whether it was one */
  const press = (event: KeyboardEvent, { from, moved, write }: Nudged): boolean => {
    const arrow = ARROWS[event.key];
    if (arrow === undefined || map === null) return false;
    event.preventDefault();
    const { base, ring } = held.current ?? { base: vertices, ring: vertices };
    const px = event.shiftKey ? FINE_PX : STEP_PX;
    const to = map.shifted(from(ring), arrow[0] * px, arrow[1] * px);
    held.current = { base, ring: moved(ring, to), write };
    map.nudge(place, held.current);
    map.reveal(to);
    return true;
  };
  return { press, released: { onKeyUp: write, onBlur: write } };
}

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Found } from './use-found.js';

const ITEM = '[cmdk-item]';
const MOVES = new Set(['ArrowUp', 'ArrowDown', 'Home', 'End']);

/**
 * Lets Enter mean the hit of the typed text. Hits arrive after the commands, of which one saves the view under the text: an Enter
 * before the answer waits for it, and the first hit is selected when it arrives, unless the user has moved the selection.
 * @param list element of the results
 */
export function useEnterOnHit(
  list: RefObject<HTMLDivElement | null>,
  text: string,
  { drivers, trips, isSearching }: Found & { isSearching: boolean },
) {
  const [selected, setSelected] = useState('');
  const [isWaiting, setWaiting] = useState(false);
  const hasMoved = useRef(false);
  const first = drivers[0] !== undefined ? `driver ${drivers[0].id}` : trips[0] && `trip ${trips[0].id}`;
  useEffect(() => {
    hasMoved.current = false;
    setWaiting(false);
  }, [text]);
  useEffect(() => {
    if (first !== undefined && !hasMoved.current) setSelected(first);
  }, [first]);
  useEffect(() => {
    if (!isWaiting || isSearching) return;
    setWaiting(false);
    const hit = first === undefined ? `${ITEM}[aria-selected=true]` : ITEM;
    list.current?.querySelector<HTMLElement>(hit)?.click();
  }, [isWaiting, isSearching, first, list]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (MOVES.has(event.key)) hasMoved.current = true;
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || hasMoved.current || !isSearching) return;
    event.preventDefault();
    setWaiting(true);
  };
  return { selected, setSelected, onKeyDown };
}

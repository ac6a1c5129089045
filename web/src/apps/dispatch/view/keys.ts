import { useEffect } from 'react';
import type { BoardSession } from '../session.js';

/** Elements that take the keys themselves. */
const TYPING = 'input:not([type=range], [type=radio], [type=checkbox]), textarea, select';

/** Keys of the board that work wherever no text is typed. */
export function useKeys(session: BoardSession): void {
  useEffect(() => {
    const step = (by: number) => {
      const rows = session.fleet.$shown.get().rows;
      const selection = session.$selection.get();
      const at = rows.findIndex((row) => row !== undefined && row.id === selection?.id);
      const next = rows[Math.max(0, Math.min(rows.length - 1, at === -1 ? 0 : at + by))];
      if (next !== undefined) session.$selection.set({ kind: 'driver', id: next.id });
    };
    const keys: Record<string, () => void> = {
      '/': () => {
        session.$tab.set('vehicles');
        // The tab is drawn first.
        requestAnimationFrame(() => document.querySelector<HTMLElement>('.fleet-search input')?.focus());
      },
      '?': () => session.$showsKeys.set(true),
      j: () => step(1),
      k: () => step(-1),
    };
    const press = (event: KeyboardEvent) => {
      const { key, target, defaultPrevented } = event;
      const isTyping = target instanceof Element && target.closest(TYPING) !== null;
      const isDialog = document.querySelector('dialog[open], [role=dialog]') !== null;
      if (isTyping || isDialog || defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const action = keys[key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [session]);
}

import { SELECTS_ATTRIBUTE } from '../../../shared/live/embedding.js';
import type { BoardSession } from '../session.js';
import { viewOf } from './view-url.js';

/** Selects what the embedding page names, now and whenever that changes. */
export function followEmbedder({ $selection }: BoardSession): void {
  // To a page embedded by another origin, `frameElement` is null.
  const frame = window.frameElement;
  if (frame === null) return;
  const select = () => {
    const { selection } = viewOf(frame.getAttribute(SELECTS_ATTRIBUTE) ?? '');
    if (selection !== null) $selection.set(selection);
  };
  new MutationObserver(select).observe(frame, { attributeFilter: [SELECTS_ATTRIBUTE] });
  select();
}

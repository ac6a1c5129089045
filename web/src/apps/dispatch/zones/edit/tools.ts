import type { Tool } from '../model.js';
import type { Editing } from './editing.js';

/** Whether a tool makes sense for what is selected. */
export function isUsable(tool: Tool, editing: Editing): boolean {
  if (editing.$isReadOnly.get() || !editing.$state.get().isLoaded) return tool === 'select';
  const zone = editing.selected();
  if (tool === 'hole') return zone !== null && editing.canEdit(zone);
  if (tool === 'point') return zone?.kind === 'pickup_points' && editing.canEdit(zone);
  return true;
}

import type { Zone, ZoneKind } from '#protocol';

/** Rules of any kind. */
export type AnyRules = Zone['rules'];

/** A zone of the draft: without who changed it last, and with its lock. */
export type ZoneDraft = {
  /** unique in its region */
  id: string;
  /** name on the board, 1 to 80 characters */
  name: string;
  /** purpose of the zone */
  kind: ZoneKind;
  /** one or more polygons; each an outer ring and holes of [lng, lat], not closed */
  polygons: Zone['polygons'];
  /** rules of this kind, with units in their names */
  rules: AnyRules;
  /** user who alone may change it; null if everybody may */
  lockedBy: string | null;
};

/** Last change of a zone of the draft. */
export type ZoneEdit = {
  /** number of the update */
  version: number;
  /** user who sent it */
  by: string;
  /** epoch ms */
  at: number;
};

/** Returns a zone of the draft as it is published. */
export const zoneOf = ({ lockedBy: _, ...zone }: ZoneDraft, edit: ZoneEdit): Zone =>
  ({ ...zone, version: edit.version, updatedBy: edit.by, at: edit.at }) as Zone;

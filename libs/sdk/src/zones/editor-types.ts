import type { VersionInfo, ZoneKind, ZonePolygon } from '#protocol';
import type { AnyRules, ZoneDraft } from '#zones/draft';
import type { HexfleetError } from '../connection/errors.js';
import type { DraftStore } from './draft-store.js';
import type { ZonesEditorInfo } from './editors.js';

/** Pushes about drafts. */
export type ZonesPush =
  | 'zones:update'
  | 'zones:head'
  | 'zones:awareness'
  | 'zones:joined'
  | 'zones:published';

/** State of a draft on this device. */
export type ZonesEditorState = {
  /** whether the zones were loaded, from the service or from this device */
  isLoaded: boolean;
  /** whether the client is connected */
  isOnline: boolean;
  /** whether the service has every edit */
  isSaved: boolean;
  /** number of the newest update that is known */
  number: number;
  /** whether `undo` does something */
  canUndo: boolean;
  /** whether `redo` does something */
  canRedo: boolean;
};

/** Events of a `ZoneEditor`, by name. */
export type ZonesEditorEvents = {
  /** Emitted when zones were changed, added or removed, with their ids; by whomever. */
  zones: string[];
  /** Emitted when the state of the draft on this device changes. */
  state: ZonesEditorState;
  /** Emitted when other editors come, go, move their cursor or select a zone. */
  editors: ZonesEditorInfo[];
  /** Emitted when the service refused edits of a zone, which then is as the service has it; all of the draft if null. */
  refused: RefusedEdit;
  /** Emitted when a version of the zones of the region is published, and with the newest one when the draft is opened. */
  published: VersionInfo;
};

/** Edit that was refused. */
export type RefusedEdit = {
  /** zone that was edited; null if the draft cannot be opened */
  zoneId: string | null;
  /** cause, with the code of the service */
  error: HexfleetError;
};

/** New zone; what is missing has defaults. */
export type NewZone = {
  /** 1 to 80 characters */
  name: string;
  /** purpose of the zone */
  kind: ZoneKind;
  /** rings of [lng, lat], not closed; the outer ring first */
  polygons: ZonePolygon[];
  /** rules of the kind; those that are missing have their defaults */
  rules?: Partial<AnyRules>;
};

/** User who edits zones. */
export type ZonesUser = {
  /** user of the token */
  id: string;
  /** name that others see, 40 characters at most */
  name: string;
  /** colour that others see, `#rrggbb` */
  colour: string;
};

/** Options of a `ZoneEditor`. */
export type ZonesEditorOptions = {
  /** user of the token, and how others see the user */
  user: ZonesUser;
  /** keeps edits on the device; by default in the browser's IndexedDB, and in memory elsewhere */
  store?: DraftStore;
};

/** Changes of a zone; of the rules, those that are missing stay. */
export type ZoneChanges = Partial<Pick<ZoneDraft, 'name' | 'kind' | 'polygons'>> & {
  /** rules to change */
  rules?: Partial<AnyRules>;
};

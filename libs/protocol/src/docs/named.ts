import { z } from 'zod';
import * as alerts from '../alerts.js';
import * as chat from '../chat-schemas.js';
import * as estimate from '../estimate.js';
import * as feed from '../feed-schemas.js';
import * as fixes from '../fix-schemas.js';
import * as fleet from '../fleet.js';
import * as hello from '../hello.js';
import * as notices from '../notices.js';
import * as presence from '../presence.js';
import * as push from '../push.js';
import * as regions from '../regions.js';
import * as roles from '../roles.js';
import * as sampling from '../sampling-schema.js';
import * as schemas from '../schemas.js';
import * as tripSchemas from '../trip-schemas.js';
import * as trips from '../trips.js';
import * as zones from '../zone.js';
import * as zoneDraft from '../zone-draft.js';
import * as zoneRules from '../zone-rules.js';

/** All schemas of the protocol, keyed by the name of their export. */
export const NAMED: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  [
    alerts,
    chat,
    estimate,
    feed,
    fixes,
    fleet,
    hello,
    notices,
    presence,
    push,
    regions,
    roles,
    sampling,
    schemas,
    tripSchemas,
    trips,
    zones,
    zoneDraft,
    zoneRules,
  ].flatMap((module) =>
    Object.entries(module).filter((entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType),
  ),
);

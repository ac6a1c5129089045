import { z } from 'zod';
import { type Code } from '../../codes.js';
import { type Role } from '../../roles.js';
import { Id } from '../../schemas.js';

/** Method and path in Nest's notation, such as `GET /api/trips/:id`. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/** Description of one HTTP route. */
export type RestRoute = {
  /** heading on the documentation page */
  group: string;
  /** one-line description */
  summary: string;
  /** roles that a token must have; null for a public route */
  roles: readonly Role[] | null;
  /** further restriction of the roles, in words */
  only?: string;
  /** schemas of the path parameters, by name */
  params?: Record<string, z.ZodType>;
  /** schema of the query */
  query?: z.ZodObject;
  body?: z.ZodType;
  /** HTTP status of success; 200 by default */
  status?: number;
  /** response bodies by media type; a string describes a body that is not JSON */
  answers: Record<string, z.ZodType | string>;
  /** codes besides those of the token, the role, the body and the schemas */
  codes?: readonly Code[];
  /** request headers besides Authorization */
  headers?: ReadonlyArray<'Idempotency-Key' | 'Last-Event-ID' | 'Device-Id'>;
};

export const STAFF = ['service', 'dispatcher'] as const;
export const EVERYBODY = ['service', 'dispatcher', 'driver', 'rider'] as const;
const JSON_TYPE = 'application/json';
export const EVENTS = 'text/event-stream';

export const json = (schema: z.ZodType) => ({ [JSON_TYPE]: schema });
export const Empty = z.object({});
export const id = { id: Id };
export const LINK_CODES = ['NO_SUCH_TRIP', 'NOT_YOUR_TRIP'] as const;

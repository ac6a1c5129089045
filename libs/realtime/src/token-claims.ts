import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { Id, ProtocolError, Region, ROLES, type Role } from '#protocol';

/** Claims of a token by what they mean here. */
export type ClaimNames = Readonly<Record<'sub' | 'role' | 'fleet' | 'regions' | 'readOnly', string>>;

export const DEFAULT_CLAIMS: ClaimNames = {
  sub: 'sub',
  role: 'role',
  fleet: 'fleet',
  regions: 'regions',
  readOnly: 'readOnly',
};

/** Rights of a token. An absent limit means everything. */
export type Rights = {
  /** the only fleet, or brand, whose drivers and trips concern this user; null for all */
  fleet: string | null;
  /** the only regions, H3 cells of resolution 3, that concern this user; null for all */
  regions: readonly string[] | null;
  /** whether this user may only look */
  isReadOnly: boolean;
};

export const ALL_RIGHTS: Rights = { fleet: null, regions: null, isReadOnly: false };

/** Maximum number of regions in a token. */
const MAX_REGIONS = 100;

const Regions = z.array(Region).max(MAX_REGIONS);

/**
 * Reads user, role and rights from the claims of a token.
 * @throws {ProtocolError} BAD_CLAIMS with the name of the claim, or BAD_ID
 */
export function readClaims(payload: JWTPayload, names: ClaimNames): { userId: string; role: Role } & Rights {
  const claim = (name: keyof ClaimNames) => claimOf(payload, names[name]) ?? null;
  // Issuers such as Keycloak list all roles of a user, most of which are none of ours.
  const roles = ROLES.filter((role) => [claim('role')].flat().includes(role));
  const sub = claim('sub');
  if (roles.length !== 1) throw new ProtocolError('BAD_CLAIMS', names.role);
  if (sub === null) throw new ProtocolError('BAD_CLAIMS', names.sub);
  if (!Id.safeParse(sub).success) throw new ProtocolError('BAD_ID', names.sub);
  const fleet = claim('fleet');
  if (fleet !== null && !Id.safeParse(fleet).success) throw new ProtocolError('BAD_CLAIMS', names.fleet);
  const regions = claim('regions');
  const parsed = Regions.nullable().safeParse(regions);
  if (!parsed.success) throw new ProtocolError('BAD_CLAIMS', names.regions);
  const readOnly = claim('readOnly');
  // A limit that cannot be read must not be taken for none.
  if (readOnly !== null && typeof readOnly !== 'boolean')
    throw new ProtocolError('BAD_CLAIMS', names.readOnly);
  const role = roles[0]!;
  const isStaff = role === 'dispatcher' || role === 'service';
  return {
    userId: sub as string,
    role,
    fleet: fleet as string | null,
    // Riders and drivers see nothing but their own surroundings and trips, wherever they are.
    regions: isStaff ? parsed.data : null,
    isReadOnly: isStaff && readOnly === true,
  };
}

/** Returns a claim by its name, or by a path with dots, such as `realm_access.roles`. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      payload,
    );
}

/** Whether two tokens let their user see and do the same. */
export const hasSameRights = (a: Rights, b: Rights): boolean =>
  a.fleet === b.fleet &&
  a.isReadOnly === b.isReadOnly &&
  JSON.stringify(a.regions?.toSorted() ?? null) === JSON.stringify(b.regions?.toSorted() ?? null);

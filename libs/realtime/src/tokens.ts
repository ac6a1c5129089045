import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { DAY_MS, Id, ProtocolError, ROLES, type Role } from '#protocol';
import { clock } from '#store';

/** Identity behind a connection or a request; taken only from the token. */
export type Identity = {
  userId: string;
  role: Role;
  /** expiry of the token, epoch ms */
  expiresAt: number;
};

const ALGORITHM = 'HS256';
/** Lifetime of a token without expiry, and the maximum for any other: no connection lasts longer on one check. */
const MAX_AGE_MS = DAY_MS;
/** Seconds by which the clock of an issuer may be ahead of Redis. */
const TOLERANCE_S = 5;
/** Maximum characters of a token: verifying a longer one would take time before it can fail. */
const MAX_TOKEN_LENGTH = 8 * 1_024;

/** Verifies the tokens of this installation and, in the demo, signs them. */
export class Tokens {
  readonly #key: KeyObject;

  constructor(private readonly secret: string) {
    this.#key = createSecretKey(Buffer.from(secret));
  }

  /** Verifies a token. @throws {ProtocolError} NO_TOKEN, BAD_TOKEN, TOKEN_EXPIRED, BAD_CLAIMS or BAD_ID */
  async verify(token: unknown): Promise<Identity> {
    if (token === undefined || token === null || token === '') throw new ProtocolError('NO_TOKEN');
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new ProtocolError('BAD_TOKEN');
    const { payload } = await jwtVerify(token, this.#key, {
      algorithms: [ALGORITHM],
      currentDate: new Date(clock.now()),
      clockTolerance: TOLERANCE_S,
    }).catch((error: unknown) => {
      throw new ProtocolError(error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'BAD_TOKEN');
    });
    // The tolerance is for a token that is not valid yet; one that expired is not accepted any longer.
    if (payload.exp !== undefined && payload.exp * 1_000 <= clock.now())
      throw new ProtocolError('TOKEN_EXPIRED');
    const role = ROLES.find((known) => known === payload.role);
    if (role === undefined || payload.sub === undefined) throw new ProtocolError('BAD_CLAIMS');
    if (!Id.safeParse(payload.sub).success) throw new ProtocolError('BAD_ID', 'sub');
    const latest = clock.now() + MAX_AGE_MS;
    const expiresAt = payload.exp === undefined ? latest : Math.min(payload.exp * 1_000, latest);
    return { userId: payload.sub, role, expiresAt };
  }

  sign(userId: string, role: Role, lifetime = '12h'): Promise<string> {
    return new SignJWT({ role })
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(userId)
      .setExpirationTime(lifetime)
      .sign(this.#key);
  }

  /** Derives a key for another purpose, which does not reveal the secret. */
  derive(purpose: string): Buffer {
    return createHmac('sha256', this.secret).update(purpose).digest();
  }
}

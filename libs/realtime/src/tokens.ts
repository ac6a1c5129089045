import { createHash } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type Code, DAY_MS, ProtocolError, type Role } from '#protocol';
import { clock } from '#store';
import { type ClaimNames, DEFAULT_CLAIMS, type Rights, readClaims } from './token-claims.js';
import { ASYMMETRIC, SecretKeys, SYMMETRIC, type TokenKeys, type VerificationKey } from './token-keys.js';

/** Identity behind a connection or a request; taken only from the token. */
export type Identity = {
  userId: string;
  role: Role;
  /** expiry of the token, epoch ms */
  expiresAt: number;
  /** digest of the token: requests with one token belong to one session */
  session: string;
} & Rights;

/** Maximum lifetime of a connection on one check of its token. */
const MAX_CONNECTION_MS = DAY_MS;
/** Maximum characters of a token: verifying a longer one would take time before it can fail. */
const MAX_TOKEN_LENGTH = 8 * 1_024;

/** Which tokens are accepted. */
export type TokenPolicy = {
  /** sources of keys; a token is accepted if a key of any of them has signed it */
  keys: TokenKeys[];
  /** accepted `iss`; any if empty */
  issuers?: string[];
  /** accepted `aud`; any if empty */
  audiences?: string[];
  /** seconds by which the clock of an issuer may be ahead of Redis */
  toleranceS?: number;
  /** seconds after `iat` after which a token counts as expired; then `iat` is required */
  maxAgeS?: number | undefined;
  claims?: ClaimNames;
  /** called for each token that is refused */
  onRefused?: (code: Code) => void;
};

/** Returns the policy of an installation that signs its tokens with one secret. */
export const policyOf = (secret: string): TokenPolicy => ({ keys: [new SecretKeys([secret])] });

/** Verifies tokens, https://www.rfc-editor.org/rfc/rfc8725. */
export class Tokens {
  constructor(private readonly policy: TokenPolicy) {}

  /** Verifies a token. @throws {ProtocolError} NO_TOKEN, BAD_TOKEN, TOKEN_EXPIRED, BAD_CLAIMS, BAD_ID or UNAVAILABLE */
  async verify(token: unknown): Promise<Identity> {
    try {
      return await this.#identityOf(token);
    } catch (error) {
      if (error instanceof ProtocolError) this.policy.onRefused?.(error.code);
      throw error;
    }
  }

  async #identityOf(token: unknown): Promise<Identity> {
    if (token === undefined || token === null || token === '') throw new ProtocolError('NO_TOKEN');
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new ProtocolError('BAD_TOKEN');
    const payload = await this.#payloadOf(token);
    const now = clock.now();
    const expiresAt = payload.exp! * 1_000;
    // The tolerance is for a token that is not valid yet; one that expired is not accepted any longer.
    if (expiresAt <= now) throw new ProtocolError('TOKEN_EXPIRED');
    const claims = readClaims(payload, this.policy.claims ?? DEFAULT_CLAIMS);
    return { ...claims, expiresAt: Math.min(expiresAt, now + MAX_CONNECTION_MS), session: digestOf(token) };
  }

  async #payloadOf(token: string): Promise<JWTPayload> {
    const header = headerOf(token);
    for (const keys of this.policy.keys)
      for (const key of await keys.candidates(header)) {
        const payload = await this.#verifiedBy(key, token);
        if (payload !== null) return payload;
      }
    throw new ProtocolError('BAD_TOKEN');
  }

  /** Returns the payload, or null if another key has signed the token. */
  async #verifiedBy(key: VerificationKey, token: string): Promise<JWTPayload | null> {
    const { issuers = [], audiences = [], toleranceS = 5, maxAgeS } = this.policy;
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [SYMMETRIC, ...ASYMMETRIC],
        currentDate: new Date(clock.now()),
        clockTolerance: toleranceS,
        requiredClaims: ['exp'],
        ...(issuers.length > 0 ? { issuer: issuers } : {}),
        ...(audiences.length > 0 ? { audience: audiences } : {}),
        ...(maxAgeS === undefined ? {} : { maxTokenAge: maxAgeS }),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) return null;
      throw refusalOf(error);
    }
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

function headerOf(token: string) {
  try {
    const header = decodeProtectedHeader(token);
    return { ...header, alg: String(header.alg) };
  } catch {
    throw new ProtocolError('BAD_TOKEN');
  }
}

function refusalOf(error: unknown): ProtocolError {
  if (error instanceof errors.JWTExpired) return new ProtocolError('TOKEN_EXPIRED');
  // A token that is not valid yet is as useless as a wrong one; any other claim is one that the issuer must change.
  if (error instanceof errors.JWTClaimValidationFailed && error.claim !== 'nbf')
    return new ProtocolError('BAD_CLAIMS', error.claim);
  return new ProtocolError('BAD_TOKEN');
}

/** Signs the tokens of the demo and of tests. */
export class TokenSigner {
  readonly #key: Uint8Array;

  constructor(secret: string) {
    this.#key = Buffer.from(secret);
  }

  /** @param claims further claims, such as `fleet` and `regions` */
  sign(userId: string, role: Role, lifetime = '12h', claims: object = {}): Promise<string> {
    return new SignJWT({ ...claims, role })
      .setProtectedHeader({ alg: SYMMETRIC })
      .setSubject(userId)
      .setIssuedAt(Math.floor(clock.now() / 1_000))
      .setExpirationTime(lifetime)
      .sign(this.#key);
  }
}

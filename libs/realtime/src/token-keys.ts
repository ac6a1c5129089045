import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type CryptoKey, createRemoteJWKSet, errors, type JWTHeaderParameters } from 'jose';
import { ProtocolError } from '#protocol';

/** Interval at which the key set is fetched again, so that a key that its issuer has withdrawn is not accepted for long. */
const REFRESH_MS = 600_000;
/** The same while the last attempt has failed. */
const RETRY_MS = 5_000;
const FETCH_TIMEOUT_MS = 5_000;
/** Minimum time between two fetches because of tokens with an unknown `kid`, which anybody can send. */
const UNKNOWN_KID_MS = 30_000;

export const SYMMETRIC = 'HS256';
/** Algorithms by the type of a public key, RFC 7518 and RFC 8037. */
const OF_KEY_TYPE: Readonly<Record<string, readonly string[]>> = {
  rsa: ['RS256'],
  ec: ['ES256'],
  ed25519: ['EdDSA'],
};
export const ASYMMETRIC: readonly string[] = Object.values(OF_KEY_TYPE).flat();

export type VerificationKey = KeyObject | CryptoKey | Uint8Array;

/** Keys that may have signed a token with this header. */
export interface TokenKeys {
  /** @throws {ProtocolError} UNAVAILABLE while no key set could be fetched yet */
  candidates(header: JWTHeaderParameters): Promise<VerificationKey[]>;
}

/** Shared secrets for HS256: the one that signs, and others that are accepted while it is being replaced. */
export class SecretKeys implements TokenKeys {
  readonly #keys: KeyObject[];

  constructor(secrets: string[]) {
    this.#keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  }

  async candidates({ alg }: JWTHeaderParameters): Promise<KeyObject[]> {
    return alg === SYMMETRIC ? this.#keys : [];
  }
}

/** Public keys from a PEM file. */
export class PublicKeys implements TokenKeys {
  readonly #keys: Array<{ key: KeyObject; algorithms: readonly string[] }>;

  /** @throws {Error} if the text has no public key, or one of a type that no accepted algorithm uses */
  constructor(pem: string) {
    const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
    this.#keys = blocks.map((block) => {
      // A private key must stay with those who sign; its public half could be derived, but the file should not be here.
      if (/PRIVATE/.test(block)) throw new Error('it holds a private key; use the public one');
      const key = createPublicKey(block);
      const algorithms = OF_KEY_TYPE[key.asymmetricKeyType ?? ''];
      if (algorithms === undefined)
        throw new Error(`a key of type ${key.asymmetricKeyType} is not supported`);
      return { key, algorithms };
    });
    if (blocks.length === 0) throw new Error('it holds no public key in PEM');
  }

  async candidates({ alg }: JWTHeaderParameters): Promise<KeyObject[]> {
    return this.#keys.flatMap(({ key, algorithms }) => (algorithms.includes(alg) ? [key] : []));
  }
}

/** Reports `null` when the keys were fetched, or why not. */
export type FetchListener = (problem: string | null) => void;

/**
 * The key set of an issuer, RFC 7517. It is fetched every ten minutes, and when a token names an unknown key. While it cannot
 * be fetched, the last keys remain valid; before the first success, tokens are refused with `UNAVAILABLE`.
 */
export class RemoteKeys implements TokenKeys {
  readonly #set: ReturnType<typeof createRemoteJWKSet>;
  readonly #host: string;
  #timer: NodeJS.Timeout | null = null;
  #hasKeys = false;
  #isClosed = false;
  #pending: Promise<void> | null = null;

  constructor(
    url: string,
    private readonly onFetch: FetchListener = () => {},
  ) {
    this.#host = new URL(url).host;
    this.#set = createRemoteJWKSet(new URL(url), {
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: UNKNOWN_KID_MS,
      timeoutDuration: FETCH_TIMEOUT_MS,
    });
  }

  /** Fetches the keys now and from then on at intervals. Resolves after the first attempt, whatever its result. */
  start(): Promise<void> {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async candidates(header: JWTHeaderParameters): Promise<VerificationKey[]> {
    if (!ASYMMETRIC.includes(header.alg)) return [];
    // A first fetch may be running. A failed one is repeated at intervals and not for each token.
    if (!this.#hasKeys) await this.#pending;
    if (!this.#hasKeys) throw new ProtocolError('UNAVAILABLE', 'the keys of tokens could not be fetched yet');
    try {
      return [await this.#set(header)];
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) {
        const keys: VerificationKey[] = [];
        for await (const key of error) keys.push(key);
        return keys;
      }
      // The key is unknown, or the set, which was fetched again because of it, cannot be fetched now.
      return [];
    }
  }

  async #fetch(): Promise<void> {
    const isFetched = await this.#set.reload().then(
      () => true,
      (error: Error) => {
        // The URL may contain credentials.
        this.onFetch(`the keys of tokens cannot be fetched from ${this.#host}: ${error.message}`);
        return false;
      },
    );
    if (isFetched) {
      this.#hasKeys = true;
      this.onFetch(null);
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#fetch(), isFetched ? REFRESH_MS : RETRY_MS);
    this.#timer.unref();
  }
}

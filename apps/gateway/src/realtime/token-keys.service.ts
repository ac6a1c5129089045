import { readFileSync } from 'node:fs';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics, Readiness } from '#ops';
import type { Code } from '#protocol';
import { PublicKeys, RemoteKeys, SecretKeys, type TokenPolicy } from '#realtime';

/** Keys with which this installation verifies tokens. A gateway is not ready before it has those of a JWKS URL. */
@Injectable()
export class TokenKeysService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly policy: TokenPolicy;
  readonly #logger = new Logger('tokens');
  readonly #remote: RemoteKeys | null;
  readonly #refused: Array<(code: Code) => void> = [];
  #problem: string | null = null;
  #hasKeys = false;

  constructor(
    @Inject(CONFIG) config: Config,
    metrics: Metrics,
    private readonly readiness: Readiness,
  ) {
    const { jwtSecret, jwtOtherSecrets, jwtKeysFile, jwksUrl } = config;
    const secrets = [...(jwtSecret === undefined ? [] : [jwtSecret]), ...jwtOtherSecrets];
    this.#remote =
      jwksUrl === undefined ? null : new RemoteKeys(jwksUrl, (problem) => this.#fetched(problem));
    this.policy = {
      keys: [
        ...(secrets.length > 0 ? [new SecretKeys(secrets)] : []),
        ...(jwtKeysFile === undefined ? [] : [publicKeysIn(jwtKeysFile)]),
        ...(this.#remote === null ? [] : [this.#remote]),
      ],
      issuers: config.jwtIssuers,
      audiences: config.jwtAudiences,
      toleranceS: config.jwtToleranceS,
      maxAgeS: config.jwtMaxAgeS,
      claims: config.jwtClaims,
      onRefused: (code) => {
        metrics.tokensRefused.inc({ code });
        for (const listener of this.#refused) listener(code);
      },
    };
  }

  /** Calls the listener for each token that is refused, which may be thousands a second. */
  onRefused(listener: (code: Code) => void): void {
    this.#refused.push(listener);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#remote?.start();
  }

  onApplicationShutdown(): void {
    this.#remote?.close();
  }

  /** Logs the first failure of several in a row. */
  #fetched(problem: string | null): void {
    this.#hasKeys ||= problem === null;
    if (problem !== null && this.#problem === null) this.#logger.warn(problem);
    if (problem === null && this.#problem !== null) this.#logger.warn('the keys of tokens are fetched again');
    this.#problem = problem;
    // Without keys, every token would be refused; with earlier ones, only those of a new key are.
    this.readiness.set('tokens', this.#hasKeys ? null : problem);
    this.readiness.warn('tokens', problem);
  }
}

function publicKeysIn(path: string): PublicKeys {
  try {
    return new PublicKeys(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`HEXFLEET_JWT_KEYS_FILE=${path}: ${(error as Error).message}`);
  }
}

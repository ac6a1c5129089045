import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_CLAIMS } from './token-claims.js';
import { PublicKeys, RemoteKeys, SecretKeys } from './token-keys.js';
import { type TokenPolicy, Tokens } from './tokens.js';

const SECRET = 'a secret of the tests, at least 32 characters';
const OTHER = 'the next secret of the tests, at least 32 characters';
const RIDER = { sub: 'r', role: 'rider' };

type Signing = { alg?: string; kid?: string; key?: Parameters<SignJWT['sign']>[0]; exp?: string | null };

function sign(claims: object, { alg = 'HS256', kid, key = Buffer.from(SECRET), exp = '1h' }: Signing = {}) {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg, ...(kid && { kid }) });
  return (exp === null ? token : token.setExpirationTime(exp)).sign(key);
}
const secrets = new SecretKeys([SECRET]);
const verify = (token: string, policy: Partial<TokenPolicy> = {}) =>
  new Tokens({ keys: [secrets], ...policy }).verify(token);
const codeOf = (token: string, policy: Partial<TokenPolicy> = {}) =>
  verify(token, policy).then(
    () => 'accepted',
    ({ code }) => code,
  );

describe('shared secrets', () => {
  test('can be replaced without a pause: the earlier and the next one are accepted, too', async () => {
    const next = await sign(RIDER, { key: Buffer.from(OTHER) });
    expect(await codeOf(next)).toBe('BAD_TOKEN');
    const both = { keys: [new SecretKeys([SECRET, OTHER])] };
    expect(await codeOf(next, both)).toBe('accepted');
    expect(await codeOf(await sign(RIDER), both)).toBe('accepted');
  });

  test('sign nothing but HS256, and a public key is no secret', async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const pem = await exportSPKI(publicKey);
    const forged = await sign(RIDER, { key: Buffer.from(pem) });
    expect(await codeOf(forged, { keys: [secrets, new PublicKeys(pem)] })).toBe('BAD_TOKEN');
    const [, payload] = (await sign(RIDER)).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(await codeOf(`${none}.${payload}.`)).toBe('BAD_TOKEN');
    expect(await codeOf(await sign(RIDER, { alg: 'HS512' }))).toBe('BAD_TOKEN');
  });
});

test.each(['RS256', 'ES256', 'EdDSA'])('a public key in PEM verifies %s', async (alg) => {
  const [own, other] = [await generateKeyPair(alg), await generateKeyPair(alg)];
  const pem = (await Promise.all([other, own].map(({ publicKey }) => exportSPKI(publicKey)))).join('\n');
  const token = await sign(RIDER, { alg, key: own.privateKey });
  expect(await codeOf(token, { keys: [new PublicKeys(pem)] })).toBe('accepted');
  expect(await codeOf(token, { keys: [new PublicKeys(await exportSPKI(other.publicKey))] })).toBe(
    'BAD_TOKEN',
  );
  expect(await codeOf(token)).toBe('BAD_TOKEN');
});

test('a file without a usable public key is refused at the start', () => {
  expect(() => new PublicKeys('nothing')).toThrow('no public key');
  expect(() => new PublicKeys('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----')).toThrow(
    'private',
  );
});

describe('the claims of a token', () => {
  test('say when it is valid: it must expire, and may have a maximum age', async () => {
    const now = Math.floor(Date.now() / 1_000);
    expect(await codeOf(await sign(RIDER, { exp: null }))).toBe('BAD_CLAIMS');
    expect(await codeOf(await sign(RIDER, { exp: '-1s' }))).toBe('TOKEN_EXPIRED');
    expect(await codeOf(await sign({ ...RIDER, nbf: now + 60 }))).toBe('BAD_TOKEN');
    expect(await codeOf(await sign({ ...RIDER, nbf: now + 60 }), { toleranceS: 120 })).toBe('accepted');
    expect(await codeOf(await sign(RIDER), { maxAgeS: 600 })).toBe('BAD_CLAIMS');
    expect(await codeOf(await sign({ ...RIDER, iat: now - 60 }), { maxAgeS: 600 })).toBe('accepted');
    expect(await codeOf(await sign({ ...RIDER, iat: now - 900 }), { maxAgeS: 600 })).toBe('TOKEN_EXPIRED');
    const { expiresAt } = await verify(await sign(RIDER, { exp: '30d' }));
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 86_400_000);
  });

  test('say who issued it, for whom', async () => {
    const policy = { issuers: ['https://id.example'], audiences: ['fleet'] };
    const right = { ...RIDER, iss: 'https://id.example', aud: ['fleet', 'other'] };
    expect(await codeOf(await sign(right), policy)).toBe('accepted');
    expect(await codeOf(await sign({ ...right, iss: 'https://evil.example' }), policy)).toBe('BAD_CLAIMS');
    expect(await codeOf(await sign({ ...right, aud: 'other' }), policy)).toBe('BAD_CLAIMS');
    expect(await codeOf(await sign(RIDER), policy)).toBe('BAD_CLAIMS');
  });

  test('may have other names, also nested ones, and list other roles', async () => {
    const claims = {
      ...DEFAULT_CLAIMS,
      sub: 'https://id.example/id',
      role: 'realm_access.roles',
      fleet: 'org',
    };
    const token = {
      sub: 'ignored',
      'https://id.example/id': 'u-1',
      realm_access: { roles: ['offline', 'driver'] },
    };
    expect(await verify(await sign({ ...token, org: 'blue' }), { claims })).toMatchObject({
      userId: 'u-1',
      role: 'driver',
      fleet: 'blue',
    });
    const two = { ...token, realm_access: { roles: ['driver', 'dispatcher'] } };
    expect(await codeOf(await sign(two), { claims })).toBe('BAD_CLAIMS');
  });

  test('limit what its user may see and do; without them, nothing is limited', async () => {
    const region = '83754efffffffff';
    expect(await verify(await sign(RIDER))).toMatchObject({ fleet: null, regions: null, isReadOnly: false });
    const limits = { fleet: 'blue', regions: [region], readOnly: true };
    expect(await verify(await sign({ ...RIDER, role: 'dispatcher', ...limits }))).toMatchObject({
      fleet: 'blue',
      regions: [region],
      isReadOnly: true,
    });
    for (const wrong of [{ fleet: 7 }, { regions: 'all' }, { regions: ['x'] }, { readOnly: 'yes' }])
      expect(await codeOf(await sign({ ...RIDER, ...wrong })), JSON.stringify(wrong)).toBe('BAD_CLAIMS');
  });

  test('are counted by code when they are refused', async () => {
    const codes: string[] = [];
    const onRefused = (code: string) => codes.push(code);
    await codeOf('nonsense', { onRefused });
    await codeOf(await sign({ sub: 'x' }), { onRefused });
    await codeOf(await sign(RIDER), { onRefused });
    expect(codes).toEqual(['BAD_TOKEN', 'BAD_CLAIMS']);
  });
});

describe('a key set at a URL', () => {
  let issuer: Server;
  let keys: object[] = [];
  let isDown = false;
  let fetches = 0;
  let remote: RemoteKeys;
  const problems: Array<string | null> = [];

  beforeEach(async () => {
    issuer = createServer((_, response) => {
      fetches += 1;
      if (isDown) response.writeHead(503).end();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    [keys, isDown, fetches] = [[], false, 0];
    problems.splice(0);
    const { port } = issuer.address() as AddressInfo;
    remote = new RemoteKeys(`http://127.0.0.1:${port}/jwks.json`, (problem) => problems.push(problem));
  });
  afterEach(() => {
    remote.close();
    issuer.close();
  });

  async function issue(kid: string) {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' });
    return () => sign(RIDER, { alg: 'ES256', kid, key: privateKey });
  }
  const check = async (token: string) => codeOf(token, { keys: [remote] });

  test('is fetched once for many tokens', async () => {
    const first = await issue('1');
    await remote.start();
    for (let i = 0; i < 20; i += 1) expect(await check(await first())).toBe('accepted');
    expect(fetches).toBe(1);
    expect(problems).toEqual([null]);
  });

  test('is not fetched again for each token with an unknown kid', async () => {
    await issue('1');
    await remote.start();
    const unknown = await (await issue('2'))();
    for (let i = 0; i < 20; i += 1) expect(await check(unknown)).toBe('BAD_TOKEN');
    expect(fetches).toBe(1);
  });

  test('that cannot be fetched at the start makes tokens unavailable, and no token fetches it', async () => {
    const first = await issue('1');
    isDown = true;
    await remote.start();
    for (let i = 0; i < 20; i += 1) expect(await check(await first())).toBe('UNAVAILABLE');
    expect(fetches).toBe(1);
    expect(problems[0]).toMatch(/cannot be fetched from 127\.0\.0\.1:\d+: /);
    isDown = false;
    await remote.start();
    expect(await check(await first())).toBe('accepted');
  });

  test('keeps its keys while it cannot be fetched, and drops one that was withdrawn', async () => {
    const first = await issue('1');
    await remote.start();
    isDown = true;
    await remote.start();
    expect(await check(await first())).toBe('accepted');
    isDown = false;
    keys = [];
    const second = await issue('2');
    await remote.start();
    expect(await check(await second())).toBe('accepted');
    expect(await check(await first())).toBe('BAD_TOKEN');
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '#config';
import { checkRedis, connect, type RedisClient } from '#store';
import { freePort } from '../fixtures/ports.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';

const dir = mkdtempSync(join(tmpdir(), 'hexfleet-tls-'));
const file = (name: string) => join(dir, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });

/** Creates a certificate that is signed by `ca`, for the name `redis.internal`. */
function certificate(name: string): void {
  const subject = ['-nodes', '-newkey', 'rsa:2048', '-subj', '/CN=redis.internal'];
  openssl('req', ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  writeFileSync(file(`${name}.ext`), 'subjectAltName=DNS:redis.internal');
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
}

let redis: TestRedis;
let tlsPort: number;
const clients: RedisClient[] = [];

beforeAll(async () => {
  openssl(
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'rsa:2048',
    '-subj',
    '/CN=a CA',
    '-days',
    '2',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  certificate('server');
  certificate('client');
  tlsPort = await freePort();
  redis = await startRedis('no', [
    ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'yes', '--tls-ca-cert-file', file('ca.crt')],
    ...['--tls-cert-file', file('server.crt'), '--tls-key-file', file('server.key')],
    ...['--unixsocket', file('redis.sock')],
  ]);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  // The settings are those of the process.
  await checkRedis(redis.url, {});
});
afterAll(async () => {
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function ping(url: string, env: Record<string, string> = {}): Promise<string> {
  const config = loadConfig({ HEXFLEET_REDIS_URL: url, ...env });
  const client = connect(await checkRedis(url, config), 'waiting', () => {});
  clients.push(client);
  return client.ping();
}

test('rediss:// takes a certificate authority, a client certificate and the name in the certificate', async () => {
  const url = `rediss://127.0.0.1:${tlsPort}`;
  const env = {
    HEXFLEET_REDIS_CA_FILE: file('ca.crt'),
    HEXFLEET_REDIS_CERT_FILE: file('client.crt'),
    HEXFLEET_REDIS_KEY_FILE: file('client.key'),
    HEXFLEET_REDIS_SERVER_NAME: 'redis.internal',
  };
  expect(await ping(url, env)).toBe('PONG');
  await expect(ping(url, { ...env, HEXFLEET_REDIS_SERVER_NAME: 'elsewhere' })).rejects.toThrow(/altnames/);
  await expect(ping(url, { ...env, HEXFLEET_REDIS_CA_FILE: '' })).rejects.toThrow(/cannot reach Redis/);
  const { HEXFLEET_REDIS_CERT_FILE: _, HEXFLEET_REDIS_KEY_FILE: __, ...anonymous } = env;
  await expect(ping(url, anonymous)).rejects.toThrow(/cannot reach Redis/);
  await expect(ping(url, { ...anonymous, HEXFLEET_REDIS_KEY_FILE: file('client.key') })).rejects.toThrow(
    'HEXFLEET_REDIS_CERT_FILE and HEXFLEET_REDIS_KEY_FILE: set both or none',
  );
  await expect(ping(url, { ...env, HEXFLEET_REDIS_CA_FILE: '/nowhere' })).rejects.toThrow(
    'HEXFLEET_REDIS_CA_FILE: cannot read /nowhere: ENOENT',
  );
});

test('unix:// reaches a socket of this machine, with its database', async () => {
  expect(await ping(`unix://${file('redis.sock')}`)).toBe('PONG');
  const client = connect(await checkRedis(`unix://${file('redis.sock')}?db=2`), 'waiting', () => {});
  clients.push(client);
  await client.set('in-two', '1');
  await redis.client.select(2);
  expect(await redis.client.get('in-two')).toBe('1');
  await redis.client.select(0);
});

test('a NAT map leads to the nodes of a cluster that names addresses out of reach', async () => {
  const cluster = await startRedisCluster();
  try {
    const ports = cluster.url.split(',').map((url) => Number(new URL(url).port));
    for (const [i, master] of cluster.clients.entries()) {
      await master.config('SET', 'cluster-announce-hostname', `node-${i}.invalid`);
      await master.config('SET', 'cluster-preferred-endpoint-type', 'hostname');
    }
    const named = async () => {
      const slots = await Promise.all(cluster.clients.map((master) => master.cluster('SLOTS')));
      return slots.every((each) => [0, 1, 2].every((i) => String(each).includes(`node-${i}.invalid`)));
    };
    await expect.poll(named, { timeout: 20_000 }).toBe(true);
    const map = ports.map((port, i) => `node-${i}.invalid:${port}=127.0.0.1:${port}`).join();
    const url = await checkRedis(cluster.url.split(',')[0]!, loadConfig({ HEXFLEET_REDIS_NAT_MAP: map }));
    const client = connect(url, 'waiting', () => {});
    clients.push(client);
    for (let i = 0; i < 20; i += 1) await client.set(`key-${i}`, String(i));
    const counts = await Promise.all(cluster.clients.map((master) => master.dbsize()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
  } finally {
    await cluster.stop();
  }
});

import { readFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Api, DriverClient } from '#sdk';
import { type Balancer, type BalancerName, startBalancer } from '../fixtures/balancer.js';
import { connectStock, drive, type StockClient } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import { hasProgram } from '../fixtures/programs.js';
import { type Service, type System, startSystem, stopService } from '../fixtures/system.js';

const BALANCERS: BalancerName[] = [];
if (await hasProgram('nginx', 'nginx-light')) BALANCERS.push('nginx');
if (await hasProgram('haproxy')) BALANCERS.push('haproxy');

/** Settings of a gateway behind a balancer, as they are shipped. */
const SHIPPED = Object.fromEntries(
  readFileSync('deploy/systemd/hexfleet.env', 'utf8')
    .split('\n')
    .filter((line) => /^HEXFLEET_(TRUST_PROXY|DRAIN_MS)=/.test(line))
    .map((line) => line.split('=')),
);

/** Requests during a rolling restart, of which none may fail. */
const REQUESTS = 2_000;
const SENDERS = 8;

describe.skipIf(BALANCERS.length === 0).each(BALANCERS)('%s in front of two gateways', (name) => {
  let system: System;
  let balancer: Balancer;
  let ports: [number, number];
  const gateways: Service[] = [];
  const clients: StockClient[] = [];

  const startGateway = async (i: 0 | 1) => {
    const env = { PORT: String(ports[i]), ...SHIPPED };
    gateways[i] = await system.startGateway(`gateway-${i + 1}`, env);
  };
  const status = (path: string, init: RequestInit = {}, url = balancer.url) =>
    fetch(`${url}${path}`, { redirect: 'manual', ...init }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      (error: Error) => String(error.cause ?? error),
    );
  const bearer = async (role: 'service' | 'rider' | 'driver', sub: string) => ({
    authorization: `Bearer ${await system.token(role, sub)}`,
    'content-type': 'application/json',
  });

  beforeAll(async () => {
    // Its certificate is signed by nobody.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    system = await startSystem({ gateways: 1, env: { HEXFLEET_NODE: 'front' } });
    ports = [await freePort(), await freePort()];
    await Promise.all([startGateway(0), startGateway(1)]);
    balancer = await startBalancer(name, ports);
    await eventually(async () => (await status('/api/map')) === 200);
  });
  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.disconnect();
  });
  afterAll(async () => {
    await balancer?.stop();
    await system.stop();
    vi.unstubAllEnvs();
  });

  test('takes TLS 1.3 only, hides what is for operators, and has the limits of the service', async () => {
    expect(await status('/rider', {}, balancer.plainUrl)).toBe(301);
    for (const path of ['/metrics', '/readyz', '/healthz']) expect(await status(path)).toBe(404);
    const old = await new Promise((resolve) => {
      const { port } = new URL(balancer.url);
      const socket = connectTls({ port: Number(port), host: '127.0.0.1', maxVersion: 'TLSv1.2' });
      socket.once('secureConnect', () => resolve('connected'));
      socket.once('error', () => resolve('refused'));
    });
    expect(old).toBe('refused');
    const headers = await bearer('service', 'balancer-service');
    const body = JSON.stringify({ type: 'FeatureCollection', features: [], pad: 'x'.repeat(200_000) });
    expect(await status('/api/trips', { method: 'POST', headers, body })).toBe(413);
    expect(await status('/api/zones/832a10fffffffff/draft', { method: 'POST', headers, body })).not.toBe(413);
  });

  test('has handshakes limited by the address that it sees, not by the one that a client claims', async () => {
    const refused = async (url: string) => {
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      const handshakes = Array.from({ length: 300 }, () =>
        status('/socket.io/?EIO=4&transport=polling', { headers }, url),
      );
      return (await Promise.all(handshakes)).filter((code) => code === 403).length;
    };
    // Clients of this machine have no limit, and the balancer says that this is one.
    expect(await refused(balancer.url)).toBe(0);
    // As the balancer would forward those of one client elsewhere.
    expect(await refused(gateways[0]!.ready.url)).toBeGreaterThan(0);
  });

  test('keeps each polling session on its gateway, upgrades sockets, and lets events through at once', async () => {
    const nodes = new Set<string>();
    for (let i = 0; i < 6; i += 1) {
      const transports = [i % 2 === 0 ? 'polling' : 'websocket'];
      const client = await connectStock(
        balancer.url,
        '/rider',
        await system.token('rider', `balancer-${i}`),
        {
          transports,
          rejectUnauthorized: false,
        },
      );
      clients.push(client);
      nodes.add(client.hello.node);
    }
    expect([...nodes].sort()).toEqual(['gateway-1', 'gateway-2']);
    const token = await system.token('rider', 'balancer-0');
    const path = '/api/stream/nearby?lat=40.7&lng=-74&radiusM=500';
    const stream = await openEventStream(`${balancer.url}${path}`, { token });
    // A balancer that gathers what it sends would hold so little back.
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    stream.close();
  });

  test(`a rolling restart fails none of ${REQUESTS} requests at the first attempt, and loses no fix`, async () => {
    const driver = new DriverClient({ url: balancer.url, token: await system.token('driver', 'balancer-d') });
    await driver.connect();
    const headers = await bearer('service', 'balancer-service');
    const failures: unknown[] = [];
    let sent = 0;
    let isOver = false;
    const send = async (i: number) => {
      const change = {
        method: 'POST',
        headers,
        body: JSON.stringify({ role: 'rider', text: `notice ${i}` }),
      };
      const isChange = i % 10 === 0;
      const answer = isChange
        ? await status(`/api/users/balancer-u${i}/notices`, change)
        : await status('/api/trips', { headers });
      if (answer !== 200) failures.push(`${isChange ? 'POST' : 'GET'} ${i}: ${answer}`);
    };
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!isOver || sent < REQUESTS) await send(sent++);
    });
    const api = new Api({ url: system.url, token: await system.token('service', 'balancer-service') });
    const fixes = drive(40);
    const begun = Date.now();
    for (const i of [0, 1] as const) {
      driver.push(...fixes.splice(0, 20));
      await stopService(gateways[i]!);
      await startGateway(i);
      await expect.poll(() => status('/readyz', {}, gateways[i]!.ready.url)).toBe(200);
      // The balancer has to see it before the other one stops.
      const before = sent;
      await expect.poll(() => sent - before).toBeGreaterThan(300);
    }
    isOver = true;
    const tookMs = Date.now() - begun;
    await Promise.all(senders);
    await driver.drained();
    driver.close();
    console.log(
      `${name}: rolling restart of two gateways in ${tookMs} ms, ${sent} requests, ${failures.length} failed at the first attempt`,
    );
    expect(failures).toEqual([]);
    await expect.poll(async () => (await api.track('balancer-d')).properties.times.length).toBe(40);
  }, 180_000);
});

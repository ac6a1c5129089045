import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DriverClient } from '#sdk';
import { DASHBOARDS, dashboardOf } from '../../scripts/lib/dashboards.mjs';
import { drive } from '../fixtures/clients.js';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import { hasProgram } from '../fixtures/programs.js';
import { type System, startSystem } from '../fixtures/system.js';

const DIR = 'deploy/prometheus';
/** Metrics of programs that this test does not run. */
const OF_OTHERS = /^(redis_|haproxy_|up$)/;

const isInstalled = await hasProgram('prometheus');
const promtool = (...args: string[]) => execFileSync('promtool', args, { encoding: 'utf8' });

type Rule = { alert: string; expr: string };
const rules: Rule[] = parse(readFileSync(`${DIR}/alerts.yml`, 'utf8')).groups.flatMap(
  ({ rules: own }: { rules: Rule[] }) => own,
);

describe.skipIf(!isInstalled)('Prometheus', () => {
  test('accepts the configuration and the rules; each alert fires when it should, and none in a healthy city', () => {
    expect(promtool('check', 'config', `${DIR}/prometheus.yml`)).toContain(`${rules.length} rules found`);
    expect(promtool('test', 'rules', `${DIR}/alerts.test.yml`)).toContain('SUCCESS');
    const tests = parse(readFileSync(`${DIR}/alerts.test.yml`, 'utf8')).tests as Array<{ name: string }>;
    expect(tests.map(({ name }) => name)).toEqual([...rules.map(({ alert }) => alert), 'a healthy city']);
  });

  describe('a running installation', () => {
    let system: System;
    let dir: string;
    let url: string;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      system = await startSystem({ gateways: 1, env: { HEXFLEET_NODE: 'front' } });
      const gateway = await system.startGateway('gateway-1');
      const others = [system.gateways[0]!, system.processors[0]!.ready];
      const targets = [gateway.ready, ...others].map(({ metricsUrl }) => new URL(metricsUrl).host);
      dir = mkdtempSync(join(tmpdir(), 'hexfleet-prometheus-'));
      cpSync(`${DIR}/alerts.yml`, join(dir, 'alerts.yml'));
      const config = readFileSync(`${DIR}/prometheus.yml`, 'utf8')
        .replace("'gateway-1:9464', 'gateway-2:9464'", `'${targets[0]}', '${targets[1]}'`)
        .replace("'processor-1:9464', 'processor-2:9464'", `'${targets[2]}'`)
        .replaceAll('5s', '1s');
      writeFileSync(join(dir, 'prometheus.yml'), config);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const child = spawn(
        'prometheus',
        [
          `--config.file=${dir}/prometheus.yml`,
          `--storage.tsdb.path=${dir}/data`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => child.once('exit', resolve));
      stop = async () => {
        child.kill('SIGTERM');
        await ended;
      };
      const driver = new DriverClient({
        url: gateway.ready.url,
        token: await system.token('driver', 'scraped'),
      });
      await driver.connect();
      driver.push(...drive(3));
      await driver.drained();
      driver.close();
    });
    afterAll(async () => {
      await stop();
      await system.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    const get = async (path: string): Promise<any> =>
      (await fetch(`${url}/api/v1/${path}`)
        .then(
          (response) => response.json(),
          () => ({ data: null }),
        )
        .then((body) => (body as { data: unknown }).data)) as any;
    const query = async (
      expr: string,
    ): Promise<Array<{ metric: Record<string, string>; value: [number, string] }>> =>
      (await get(`query?query=${encodeURIComponent(expr)}`))?.result ?? [];

    test('exports every metric that an alert or a dashboard reads, figures of the installation once', async () => {
      await expect
        .poll(async () => Number((await query('sum(hexfleet_fixes_decided_total)'))[0]?.value[1]))
        .toBe(3);
      const exprs = [
        ...rules.map(({ expr }) => expr),
        ...Object.keys(DASHBOARDS).flatMap((name) =>
          dashboardOf(name).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
        ),
      ];
      const read = exprs.flatMap((expr) =>
        (
          expr.replaceAll(/"[^"]*"/g, '').match(/\b(hexfleet|nodejs|process|redis|haproxy|up)[a-z0-9_]*/g) ??
          []
        ).map((name) => name.replace(/_(bucket|count)$/, '')),
      );
      // Each process is asked at a time of its own.
      const missing = async () => {
        const known = new Set(Object.keys(await get('metadata')));
        return [...new Set(read)].filter(
          (name) => !known.has(name) && !OF_OTHERS.test(name) && name !== 'hexfleet',
        );
      };
      await expect.poll(missing).toEqual([]);
      for (const expr of exprs)
        expect(await get(`query?query=${encodeURIComponent(expr)}`), expr).toBeTruthy();
      for (const name of ['hexfleet_reporter', 'hexfleet_stream_backlog_entries', 'hexfleet_open_trips'])
        expect(await query(`count by (state) (${name}) != 1`), name).toEqual([]);
      expect(Number((await query('sum(hexfleet_nodes)'))[0]!.value[1])).toBe(3);
    });

    test('no alert fires while all is well; without Redis the right ones do', async () => {
      const firing = async () =>
        ((await get('alerts'))?.alerts ?? [])
          .filter(({ state }: { state: string }) => state === 'firing')
          .map(({ labels }: { labels: { alertname: string } }) => labels.alertname);
      await eventually(async () =>
        (await get('rules')).groups[0].rules.every(({ health }: any) => health === 'ok'),
      );
      expect(await firing()).toEqual([]);
      await system.redis.kill();
      await expect.poll(firing, { timeout: 40_000 }).toContain('HexfleetRedisAway');
      await expect.poll(firing, { timeout: 60_000 }).toContain('HexfleetNobodyReports');
      await system.redis.restart();
      await expect.poll(firing, { timeout: 40_000 }).not.toContain('HexfleetRedisAway');
    }, 180_000);
  });
});

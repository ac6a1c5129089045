import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARDS, dashboardOf } from '../scripts/lib/dashboards.mjs';

test('every alert has a section in the runbook, and no other section claims to be one', () => {
  const { groups } = parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8'));
  const rules = groups[0].rules as Array<{ alert: string; annotations: { runbook: string } }>;
  const page = readFileSync('docs/operations.md', 'utf8');
  const sections = [...page.matchAll(/^### (Hexfleet\w+)$/gm)].map(([, name]) => name!);
  expect(sections).toEqual(rules.map(({ alert }) => alert));
  for (const { alert, annotations } of rules)
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
});

test('a gateway is full at the connections that a plan gives it, and the autoscaler adds one before', () => {
  const rules = parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8')).groups[0].rules;
  const { expr } = rules.find(({ alert }: { alert: string }) => alert === 'HexfleetGatewayFull');
  const full = Number(/> (\d+)$/.exec(expr)![1]);
  expect(readFileSync('docs/operations.md', 'utf8')).toContain(`${full.toLocaleString('en')} connections`);
  const { gateway } = parse(readFileSync('deploy/helm/values.yaml', 'utf8'));
  expect(gateway.connections).toBeLessThan(full);

  // A crowd that does little: only its connections count.
  const load = ['--drivers', '1', '--riders', String(10 * full - 2), '--looking', '0.000001', '--json'];
  const [plan] = JSON.parse(
    execFileSync(process.execPath, ['scripts/plan.mjs', ...load], { encoding: 'utf8' }),
  );
  expect(plan.gateways).toBe(10);
});

test.each(Object.keys(DASHBOARDS))(
  'the dashboard %s is the one that npm run docs:dashboards writes',
  (name) => {
    const written = JSON.parse(readFileSync(`deploy/grafana/dashboards/${name}.json`, 'utf8'));
    expect(written).toEqual(dashboardOf(name));
  },
);

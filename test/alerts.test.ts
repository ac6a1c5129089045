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

test.each(Object.keys(DASHBOARDS))(
  'the dashboard %s is the one that npm run docs:dashboards writes',
  (name) => {
    const written = JSON.parse(readFileSync(`deploy/grafana/dashboards/${name}.json`, 'utf8'));
    expect(written).toEqual(dashboardOf(name));
  },
);

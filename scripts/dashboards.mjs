// npm run docs:dashboards: writes the Grafana dashboards of deploy/grafana.
import { writeFileSync } from 'node:fs';
import { DASHBOARDS, dashboardOf } from './lib/dashboards.mjs';
import { inRoot } from './lib/root.mjs';

for (const name of Object.keys(DASHBOARDS))
  writeFileSync(
    inRoot(`deploy/grafana/dashboards/${name}.json`),
    `${JSON.stringify(dashboardOf(name), null, 2)}\n`,
  );

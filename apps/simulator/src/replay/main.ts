import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { loadConfig, urlOf } from '#config';
import { orExit } from '#ops/process';
import { type ReplayResult, replay } from './replay.js';
import { parseTrace } from './trace.js';

const USAGE =
  'Usage: npm run replay -- FILE [--speed N (1 or more)] [--url http://localhost:3000]   FILE: .ndjson or .gpx';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { speed: { type: 'string', default: '1' }, url: { type: 'string' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  const speed = Number(values.speed);
  if (file === undefined || !(speed >= 1)) throw new Error(USAGE);
  const config = loadConfig(process.env);
  const url = values.url ?? config.url ?? urlOf(config.host, config.port);
  const { points, notes } = parseTrace(file, await readFile(file));
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value}/{total} fixes | {eta_formatted} left',
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    barsize: 30,
  });
  process.stdout.write(`${basename(file)} at ${speed}x speed, to ${url}\n`);
  for (const note of notes) process.stdout.write(`${basename(file)}: ${note}\n`);
  bar.start(points.length, 0);
  try {
    const result = await replay(points, { url, speed, onProgress: (sent) => bar.update(sent) });
    bar.stop();
    process.stdout.write(tableOf(result));
  } finally {
    bar.stop();
  }
}

function tableOf(result: ReplayResult): string {
  const { delaysMs, drivers, acrossNodes } = result;
  const at = (quantile: number) => delaysMs[Math.ceil(quantile * delaysMs.length) - 1];
  const ms = (delay: number | undefined) => (delay === undefined ? '-' : `${delay.toFixed(1)} ms`);
  const rows: Array<[string, string | number]> = [
    ['drivers', `${drivers}, ${acrossNodes} with the rider on another node`],
    ['sent', result.sent],
    ['accepted', result.accepted],
    ['late', result.late],
    ['repeated', result.repeated],
    ['implausible', result.implausible],
    ...Object.entries(result.refused).map(([code, count]): [string, number] => [`refused ${code}`, count]),
    ['received by riders', result.seen],
    ['driver to rider latency', `p50 ${ms(at(0.5))}, p99 ${ms(at(0.99))}`],
  ];
  return `\n${rows.map(([title, value]) => `  ${title.padEnd(34)}${value}\n`).join('')}`;
}

await orExit(main().then(() => process.exit(0)));

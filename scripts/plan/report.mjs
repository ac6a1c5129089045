const UNITS = ['', 'k', 'M', 'G', 'T', 'P'];

/** Formats a number with three digits and a unit. */
export function short(value) {
  const step = value < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1_000 ** step;
  return `${scaled >= 100 || Number.isInteger(scaled) ? Math.round(scaled) : scaled.toFixed(1)}${step === 0 ? '' : ` ${UNITS[step]}`}`;
}

const ROWS = [
  ['fixes a second', ({ fixesPerS }) => short(fixesPerS)],
  ['deliveries a second', ({ deliveriesPerS }) => short(deliveriesPerS)],
  ['connections', ({ connections }) => short(connections)],
  ['gateways', ({ gateways, cores }) => `${gateways} (${cores.gateways.toFixed(1)} cores busy)`],
  ['processors', ({ processors, cores }) => `${processors} (${cores.processors.toFixed(1)} cores busy)`],
  [
    'Redis masters, each with a replica',
    ({ masters, cores }) => `${masters} (${cores.redis.toFixed(1)} cores busy)`,
  ],
  ['vCPUs at half load', ({ vcpus }) => short(vcpus)],
  ['memory of the gateways', ({ gatewayMemory }) => `${short(gatewayMemory)}B`],
  ['memory of Redis, without replicas', ({ redisMemory }) => `${short(redisMemory)}B`],
  ['network in', ({ bytesInPerS }) => `${short(bytesInPerS * 8)}bit/s`],
  ['network out', ({ bytesOutPerS }) => `${short(bytesOutPerS * 8)}bit/s`],
  ['breaks first', ({ limits: [first] }) => limitText(first)],
  ['remedy', ({ limits: [first] }) => first.remedy],
  ['breaks next', ({ limits: [, next] }) => limitText(next)],
];

const limitText = ({ what, times }) => `${what} (${times.toFixed(times < 0.095 ? 2 : 1)} ×)`;

/** Formats plans side by side, as Markdown. */
export function tableOf(plans) {
  const head = ['', ...plans.map(({ load }) => `${short(load.drivers)} drivers`)];
  const lines = ROWS.map(([name, value]) => [name, ...plans.map(value)]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const WIDTH = 760;
const HEIGHT = 420;
const MARGIN = { left: 70, right: 150, top: 30, bottom: 50 };
const PARTS = [
  ['gateways', 'var(--a)'],
  ['processors', 'var(--b)'],
  ['redis', 'var(--c)'],
];

/** Draws busy cores by drivers, both logarithmic. @param plans by growing numbers of drivers */
export function plotOf(plans) {
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const drivers = plans.map(({ load }) => load.drivers);
  const values = plans.flatMap(({ cores }) => Object.values(cores));
  const scale = (from, to, size) => (value) =>
    ((Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))) * size;
  const [low, high] = [
    10 ** Math.floor(Math.log10(Math.min(...values))),
    10 ** Math.ceil(Math.log10(Math.max(...values))),
  ];
  const across = scale(drivers[0], drivers.at(-1), inner.width);
  const up = scale(low, high, inner.height);
  const x = (value) => (MARGIN.left + across(value)).toFixed(1);
  const y = (value) => (HEIGHT - MARGIN.bottom - up(value)).toFixed(1);
  const powers = (from, to) => {
    const found = [];
    for (let value = 10 ** Math.ceil(Math.log10(from)); value <= to * 1.001; value *= 10) found.push(value);
    return found;
  };
  const grid = [
    ...powers(low, high).map(
      (value) =>
        `<path class="grid" d="M${MARGIN.left} ${y(value)}H${WIDTH - MARGIN.right}"/><text class="end" x="${MARGIN.left - 8}" y="${y(value)}">${value < 1 ? value.toPrecision(1) : short(value)}</text>`,
    ),
    ...powers(drivers[0], drivers.at(-1)).map(
      (value) =>
        `<path class="grid" d="M${x(value)} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}"/><text x="${x(value)}" y="${HEIGHT - MARGIN.bottom + 18}">${short(value)}</text>`,
    ),
  ];
  const lines = PARTS.map(([part, colour]) => {
    const points = plans.map(({ load, cores }) => `${x(load.drivers)} ${y(cores[part])}`);
    const [lastX, lastY] = points.at(-1).split(' ');
    return `<path class="line" style="stroke:${colour}" d="M${points.join('L')}"/><text class="name" x="${Number(lastX) + 8}" y="${lastY}">${part === 'redis' ? 'Redis' : part}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="Busy cores by drivers">
<title>Busy cores by drivers</title>
<style>
  svg { font: 12px system-ui, sans-serif; --a: #3b6fb5; --b: #b5593b; --c: #3b8f5a; }
  .ground { fill: #f7f8fa; } .grid { stroke: #d5dae1; } .line { fill: none; stroke-width: 2.5; }
  text { fill: #3c4552; text-anchor: middle; dominant-baseline: central; } .end { text-anchor: end; } .name { text-anchor: start; font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    svg { --a: #7aa7e6; --b: #e69a7a; --c: #7acb98; }
    .ground { fill: #161b22; } .grid { stroke: #333c48; } text { fill: #b9c3d0; }
  }
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="10"/>
${[...grid, ...lines].join('\n')}
<text x="${MARGIN.left + inner.width / 2}" y="${HEIGHT - 14}">drivers</text><text class="name" x="12" y="16">busy cores</text>
</svg>
`;
}

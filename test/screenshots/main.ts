import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { manhattan } from '#city';
import { distanceM } from '#geo';
import { orExit } from '#ops/process';
import type { Role } from '#protocol';
import { Api } from '#sdk';
import { launchBrowser, signIn } from '../fixtures/browser.js';
import { eventually } from '../fixtures/eventually.js';
import { type Service, type System, startService, startSystem, stopService } from '../fixtures/system.js';
import { coEditor, publishEvening } from './zones.js';

const USAGE = `Usage: npm run screenshots [-- [--to DIRECTORY] [trip] [front] [zones]]
Starts Hexfleet with a simulated fleet, plays one trip, and takes a picture of each page: light and dark, phone and
desktop. They go to docs/images by default. 'trip' takes those of rider, driver, dispatch and share, 'front' those
of the front page, 'zones' those of the zones on the board; all when none is said.`;

const SCREENS = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
};
const SCHEMES = ['light', 'dark'] as const;
const PATIENT = { timeout: 120_000 };
/** Pause for tiles and animations that have no end event. */
const SETTLE_MS = 4_000;
const [RIDER, DRIVER] = ['ada', 'grace'];

/** Takes screenshots of one page after another, each in a window that is closed afterwards. */
class Studio {
  constructor(
    private readonly browser: Browser,
    private readonly origin: string,
    private readonly directory: string,
  ) {}

  /** @param user signed-in user; without one the page has a demo visitor or needs no user */
  async open(
    path: string,
    screen: keyof typeof SCREENS,
    user?: { role: Role; token: string },
  ): Promise<Page> {
    const context = await this.browser.newContext({ viewport: SCREENS[screen], colorScheme: 'light' });
    const page = await context.newPage();
    if (user !== undefined) await signIn(page, user.role, user.token);
    await page.goto(this.origin + path);
    return page;
  }

  /** Captures a page on each screen size and in both colour schemes. */
  async take(
    page: Page,
    name: string,
    screens = Object.keys(SCREENS) as (keyof typeof SCREENS)[],
    isReady = async () => {},
  ) {
    for (const screen of screens)
      for (const scheme of SCHEMES) {
        await page.setViewportSize(SCREENS[screen]);
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForTimeout(SETTLE_MS);
        await isReady();
        // A page that renders without a GPU may have been too busy for its heartbeats.
        await eventually(
          async () => (await page.locator('[data-connection]:not([data-connection="online"])').count()) === 0,
        );
        const file = `${name}-${screen}-${scheme}.jpg`;
        await page.screenshot({
          path: `${this.directory}/${file}`,
          type: 'jpeg',
          quality: 82,
          scale: 'css',
          ...PATIENT,
        });
        process.stdout.write(`${file}\n`);
      }
  }
}

const inState = (page: Page, ...states: string[]) =>
  page
    .locator(states.map((state) => `[data-state="${state}"]`).join(', '))
    .first()
    .waitFor(PATIENT);

const atStep = (page: Page, step: string) => page.locator(`[data-step="${step}"]`).waitFor(PATIENT);

/** A corner in the middle of the city where the driver starts, and a destination. */
function places() {
  const { center, nodes } = manhattan();
  const plain = ({ lat, lng }: { lat: number; lng: number }) => ({ lat, lng });
  const near = (metres: number) =>
    plain(
      nodes.reduce((best, node) =>
        Math.abs(distanceM(node, center) - metres) < Math.abs(distanceM(best, center) - metres) ? node : best,
      ),
    );
  return { start: near(420), dropoff: near(1_900) };
}

async function takeTrip(studio: Studio, system: System): Promise<void> {
  const { start, dropoff } = places();
  const riderApi = new Api({ url: system.url, token: await system.token('rider', RIDER) });
  const service = new Api({ url: system.url, token: await system.token('service', 'screenshots') });

  const as = async (role: Role, sub: string) => ({ role, token: await system.token(role, sub) });

  const rider = await studio.open('/rider', 'phone', await as('rider', RIDER));
  const atStart = `/driver?at=${start.lat},${start.lng}`;
  const driver = await studio.open(atStart, 'phone', await as('driver', DRIVER));
  await driver.getByRole('button', { name: 'Go online' }).click();
  await eventually(async () => (await service.driver(DRIVER).catch(() => null))?.status === 'available');
  await atStep(rider, 'choosing');
  // Cars are shown once they have driven some way.
  await eventually(async () => Number(await rider.locator('.phone').getAttribute('data-cars')) >= 4);
  await studio.take(rider, 'rider-cars');
  const city = await studio.open('/dispatch', 'desktop', await as('dispatcher', 'lin'));
  await city.locator('.fleet-row').first().waitFor(PATIENT);
  for (let step = 0; step < 2; step += 1) {
    await city.getByRole('button', { name: 'Zoom out' }).click();
    await city.waitForTimeout(SETTLE_MS);
  }
  await studio.take(city, 'dispatch-city');
  await city.getByRole('button', { name: 'Show charts' }).click();
  // One fix a second.
  const samples = async () =>
    Number(await city.locator('.chart').first().getAttribute('data-points', PATIENT));
  await eventually(async () => (await samples()) >= 60, PATIENT.timeout);
  await studio.take(city, 'dispatch-charts', ['desktop']);
  await city.keyboard.press('Escape');
  await city.getByRole('button', { name: 'Replay this area' }).click();
  await city.locator('.replay').waitFor(PATIENT);
  await studio.take(city, 'dispatch-past', ['desktop']);
  // Each page draws a map, and a machine without a GPU can draw only one at a time.
  await city.context().close();

  // At the position of the driver, so that this driver gets the offer first.
  const { lat, lng } = (await service.driver(DRIVER)).position!;
  const trip = await riderApi.requestTrip({ pickup: { lat, lng }, dropoff });
  await inState(driver, 'offered');
  await studio.take(driver, 'driver-offer', ['phone']);
  await driver.getByRole('button', { name: 'Accept' }).click();
  await atStep(rider, 'approach');
  await studio.take(rider, 'rider-approach');
  await studio.take(driver, 'driver-approach');
  const link = await service.shareTrip(trip.id);
  const share = await studio.open(link.url, 'phone');
  await share.locator('.map[data-drawn=true]').waitFor(PATIENT);
  await studio.take(share, 'share');
  for (const page of [share, rider]) await page.context().close();
  const board = await studio.open(`/dispatch?driver=${DRIVER}`, 'desktop', await as('dispatcher', 'lin'));
  await board.locator('.card-fixes tbody tr').first().waitFor(PATIENT);
  await studio.take(board, 'dispatch-vehicle');
  await service.cancelTrip(trip.id);
  for (const page of [board, driver]) await page.context().close();
}

async function takeFront(studio: Studio): Promise<void> {
  const front = await studio.open('/', 'desktop');
  // The desktop first: on a phone two of the three are hidden, and repaint when shown.
  await studio.take(front, 'front', ['desktop', 'phone'], () =>
    inState(front, 'arriving', 'arrived', 'on_trip'),
  );
}

/** Zones on the board: in force, while they are edited, and before they are published. */
async function takeZones(studio: Studio, system: System): Promise<void> {
  await publishEvening(system);
  const token = await system.token('dispatcher', 'lin');
  const board = await studio.open('/dispatch', 'desktop', { role: 'dispatcher', token });
  await board.getByRole('button', { name: 'Zones', exact: true }).click(PATIENT);
  await board.locator('.zone-legend > summary').click(PATIENT);
  await board.locator('.zone-row', { hasText: 'Penn Station' }).click(PATIENT);
  await studio.take(board, 'zones-board', ['desktop']);
  await board.getByRole('button', { name: 'Edit zones' }).click();
  await board.locator('.zone-cursors').waitFor({ ...PATIENT, state: 'attached' });
  await board.locator('.zone-legend > summary').click(PATIENT);
  const leave = await coEditor(system);
  await board.locator('.zone-row', { hasText: 'Theatre district' }).click(PATIENT);
  await studio.take(board, 'zones-edit', ['desktop', 'phone']);
  await board.setViewportSize(SCREENS.desktop);
  await board.getByRole('button', { name: 'Publish…' }).click();
  await board.locator('.zone-group').first().waitFor(PATIENT);
  await board.getByLabel(/^Why/).fill('New Year’s Eve');
  await board.locator('.zone-change').first().click();
  await studio.take(board, 'zones-publish', ['desktop']);
  await leave();
  await board.context().close();
}

const SERIES: Record<string, (studio: Studio, system: System) => Promise<void>> = {
  trip: takeTrip,
  front: takeFront,
  zones: takeZones,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { to: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const wanted = positionals.length > 0 ? positionals : Object.keys(SERIES);
  const unknown = wanted.find((name) => SERIES[name] === undefined);
  if (unknown !== undefined) throw new Error(`There are no pictures called '${unknown}'.\n${USAGE}`);
  const directory = values.to ?? 'docs/images';
  await mkdir(directory, { recursive: true });
  const system = await startSystem();
  let simulator: Service | null = null;
  let browser: Browser | null = null;
  try {
    simulator = await startService('apps/simulator/src/main.js', { HEXFLEET_URL: system.url });
    browser = await launchBrowser();
    const studio = new Studio(browser, system.url, directory);
    for (const name of wanted) await SERIES[name]!(studio, system);
  } finally {
    await browser?.close();
    if (simulator !== null) await stopService(simulator);
    await system.stop();
  }
}

await orExit(main());

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { distanceM } from '#geo';
import type { DriverPosition, Position } from '#protocol';
import { Api, DriverApi } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn, takeStep, withoutMap } from '../fixtures/browser.js';
import { locateColour } from '../fixtures/colours.js';
import { Apps, clearDrivers, expireOffer, north } from '../fixtures/journey.js';
import { formatCost, measureCost } from '../fixtures/page-cost.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const START = { lat: 40.75415, lng: -73.98464 };
/** Replaces the wake lock, which a headless browser does not have. */
const COUNT_LOCKS = `
  window.locks = 0;
  Object.defineProperty(navigator, 'wakeLock', { value: {
    request: async () => {
      window.locks += 1;
      window.lock = Object.assign(new EventTarget(), { release: async () => { window.locks -= 1; } });
      return window.lock;
    },
  } });`;
/** Counts the tones and vibrations of the page, which a machine without a speaker and a motor has not. */
const COUNT_ALARMS = `
  window.tones = 0;
  window.vibrations = 0;
  OscillatorNode.prototype.start = () => { window.tones += 1; };
  Object.defineProperty(navigator, 'vibrate', { value: () => { window.vibrations += 1; return true; } });`;
/** Records every heading that the page shows. */
const KEEP_HEADINGS = `
  window.headings = [];
  new MutationObserver(() => {
    const title = document.querySelector('h1')?.textContent;
    if (title !== undefined && title !== window.headings.at(-1)) window.headings.push(title);
  }).observe(document, { subtree: true, childList: true, characterData: true });`;
const TAKE_LOCK = `window.locks -= 1; window.lock.dispatchEvent(new Event('release'));`;
const SHOW_AGAIN = `document.dispatchEvent(new Event('visibilitychange'));`;
/** Faster than any car of the demo city. */
const FAST_MPS = 30;
/** Most of it is the map library. */
const MAX_SCRIPT_BYTES = 420_000;
/** Libraries that only the server and the dispatch board need: zod, h3-js. */
const NOT_HERE = /_zod|latLngToCell/;

const attribute = (page: Page, name: string) => page.locator('.phone').getAttribute(`data-${name}`);
const inState = (page: Page, ...states: string[]) =>
  page.locator(states.map((state) => `.phone[data-state=${state}]`).join(', ')).waitFor(PATIENT);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** Nothing overflows the screen, and there are no accessibility violations, in light and dark mode. */
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
    // Retry, because elements that fade in have low contrast at first.
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);
  }
}

describe.skipIf(browserPath === '')('the driver app in a real browser', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let service: Api;
  test.beforeAll(async ({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
    apps = new Apps(system);
    service = new Api({ url: system.url, token: await system.token('service', 's') });
  });
  beforeEach(() => clearDrivers(system, START));
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  const origin = () => system.gateways[0]!.url;

  async function opened(
    context: BrowserContext,
    driverId: string,
    { query = '', hasMap = true } = {},
  ): Promise<Page> {
    if (!hasMap) await withoutMap(context);
    const page = await context.newPage();
    await page.addInitScript(COUNT_LOCKS);
    const costOf = measureCost(page);
    const externalRequests: string[] = [];
    page.on('response', async (response) => {
      if (response.request().resourceType() !== 'script' || response.url().startsWith('blob:')) return;
      if (NOT_HERE.test(await response.text())) externalRequests.push(response.url());
    });
    const openedAt = performance.now();
    await signIn(page, 'driver', await system.token('driver', driverId));
    await page.goto(`${origin()}/driver${query}`);
    if (hasMap) await page.locator('.map[data-drawn=true]').waitFor(PATIENT);
    else await inState(page, 'offline', 'arriving');
    const cost = await costOf();
    console.log(formatCost('the driver app', cost, performance.now() - openedAt));
    expect(cost.scriptBytesGzip).toBeLessThan(MAX_SCRIPT_BYTES);
    expect(externalRequests).toEqual([]);
    return page;
  }

  const statusOf = async (driverId: string) => (await service.driver(driverId).catch(() => null))?.status;
  /** A rider on the other gateway requests a trip `awayM` metres from the driver, who gets the offer. */
  async function requested(riderId: string, driverId: string, awayM = 0) {
    const at = (await service.driver(driverId)).position!;
    const rider = await apps.rider(riderId, { url: system.gateways[1]!.url });
    const positions: DriverPosition[] = [];
    rider.on('position', (position) => positions.push(position));
    const pickup = north(at, awayM);
    const trip = await rider.requestTrip({ pickup, dropoff: north(pickup, 1_500) });
    return { rider, trip, positions };
  }

  test('completes a shift with the demo drive: one offer declined, one missed, one trip completed', async () => {
    const context = await browser.newContext({ ...CALM, viewport: PHONE });
    const page = await opened(context, 'page-p-driver', {
      query: `?at=${START.lat},${START.lng}&online`,
    });
    const pageErrors = pageErrorsOf(page, origin());
    // A link puts only a visitor of the demo online.
    await inState(page, 'offline');
    await expectAccessible(page);
    await button(page, 'Go online').click();
    await inState(page, 'available');
    await expect.poll(() => statusOf('page-p-driver'), PATIENT).toBe('available');
    expect(await page.evaluate('window.locks')).toBe(1);
    // Technical details are behind a tap.
    expect(await page.getByText('Stays on').isVisible()).toBe(false);
    await page.getByText('Connection details').click();
    await page.getByText('Stays on').waitFor(PATIENT);
    await page.evaluate(TAKE_LOCK);
    await page.getByText('May turn off').waitFor(PATIENT);
    await page.evaluate(SHOW_AGAIN);
    await page.getByText('Stays on').waitFor(PATIENT);
    expect(await page.evaluate('window.locks')).toBe(1);
    await page
      .locator('.shift-facts')
      .getByText(/^\d+(\.\d+)? s$/)
      .waitFor(PATIENT);
    await expectAccessible(page);

    const declined = await requested('page-p-rider-1', 'page-p-driver');
    await inState(page, 'offered');
    await expectAccessible(page);
    await button(page, 'Decline').click();
    await inState(page, 'available');
    await declined.rider.cancelTrip(declined.trip.id);

    const missed = await requested('page-p-rider-2', 'page-p-driver');
    await inState(page, 'offered');
    await expireOffer(system, missed.trip.id);
    await inState(page, 'available');
    await page.getByText('You missed a trip').waitFor(PATIENT);
    await expectAccessible(page);
    await missed.rider.cancelTrip(missed.trip.id);

    const { rider, trip, positions } = await requested('page-p-rider-3', 'page-p-driver');
    await inState(page, 'offered');
    await button(page, 'Accept').click();
    await inState(page, 'arriving');
    await page.getByText('Navigate', { exact: true }).click();
    for (const [name, start] of [
      ['Phone’s maps', 'geo:'],
      ['Google Maps', 'https://www.google.com/maps/dir/'],
      ['Waze', 'https://waze.com/'],
    ] as const) {
      const address = await page.getByRole('link', { name }).getAttribute('href');
      expect(address?.startsWith(start) && address.includes(String(trip.pickup.lat)), name).toBe(true);
    }
    await page.getByText('Navigate', { exact: true }).click();
    await expect.poll(() => positions.length, PATIENT).toBeGreaterThan(1);
    await expectAccessible(page);

    await rider.chat(trip.id).send('I am at the corner');
    await button(page, /Chat.*1 unread message/s).click();
    await page.getByText('I am at the corner').waitFor(PATIENT);
    await page.getByRole('textbox').fill('Be there in a minute');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await rider.chat(trip.id).history()).map(({ text }) => text), PATIENT)
      .toEqual(['I am at the corner', 'Be there in a minute']);
    await page.keyboard.press('Escape');

    await takeStep(page, 'Slide to arrive');
    await inState(page, 'arrived');
    await page.getByText(/^Waiting for \d:\d\d$/).waitFor(PATIENT);
    await page.getByText(/^You can report a no-show in \d:\d\d$/).waitFor(PATIENT);
    await page.reload();
    await inState(page, 'arrived');
    await takeStep(page, 'Slide to start trip');
    await inState(page, 'on_trip');
    const slider = page.getByRole('slider', { name: 'Slide to complete trip' });
    const { width, height } = (await slider.boundingBox())!;
    // Neither a tap where the slider would end nor half a slide completes a trip.
    await slider.click({ position: { x: width - 8, y: height / 2 } });
    await slider.dragTo(slider, {
      sourcePosition: { x: 20, y: height / 2 },
      targetPosition: { x: width / 2, y: height / 2 },
    });
    await inState(page, 'on_trip');
    await slider.dragTo(slider, {
      sourcePosition: { x: 20, y: height / 2 },
      targetPosition: { x: width - 8, y: height / 2 },
    });
    // The destination is 1.5 km away.
    await page.getByText(/^You’re 1\.\d km from the destination\.$/).waitFor(PATIENT);
    await expectAccessible(page);
    await button(page, 'Not yet').click();
    await inState(page, 'on_trip');
    await takeStep(page, 'Slide to complete trip');
    await inState(page, 'completed');
    await expect.poll(async () => (await service.trip(trip.id)).state).toBe('completed');
    await expect.poll(() => page.locator('.summary').innerText(), PATIENT).toMatch(/Waiting/);
    await page.setViewportSize(DESKTOP);
    await expectAccessible(page);
    await button(page, 'Next trip').click();
    await button(page, 'Go offline').click();
    await inState(page, 'offline');
    await expect.poll(() => statusOf('page-p-driver'), PATIENT).toBe('offline');
    expect(await page.evaluate('window.locks')).toBe(0);
    expect(pageErrors).toEqual([]);
  }, 240_000);

  test('sounds and vibrates while an offer waits, unless the sound is off, and suggests a break after three missed offers', async () => {
    const context = await browser.newContext({ ...CALM, viewport: PHONE });
    await context.addInitScript(COUNT_ALARMS);
    const page = await opened(context, 'page-a-driver', { hasMap: false });
    const counted = (what: 'tones' | 'vibrations') => page.evaluate<number>(`window.${what}`);
    const missOffer = async (riderId: string) => {
      await page.evaluate('window.tones = 0, window.vibrations = 0');
      const { rider, trip } = await requested(riderId, 'page-a-driver');
      await inState(page, 'offered');
      await expect.poll(() => counted('vibrations'), PATIENT).toBeGreaterThan(0);
      const tones = await counted('tones');
      await expireOffer(system, trip.id);
      await inState(page, 'available');
      await rider.cancelTrip(trip.id);
      return tones;
    };
    await button(page, 'Go online').click();
    await expect.poll(() => statusOf('page-a-driver'), PATIENT).toBe('available');
    /** Each screen has its details behind a tap. */
    const soundSwitch = async () => {
      const sound = page.getByRole('checkbox', { name: 'Sound for new trips' });
      if (!(await sound.isVisible())) await page.getByText('Connection details').click();
      await sound.waitFor(PATIENT);
      return sound;
    };
    expect(await (await soundSwitch()).isChecked()).toBe(true);
    expect(await missOffer('page-a-rider-1')).toBeGreaterThan(0);
    await page.getByText('You missed a trip').waitFor(PATIENT);

    await (await soundSwitch()).uncheck();
    expect(await missOffer('page-a-rider-2')).toBe(0);
    const advice = page.getByText('Go offline to take a break');
    expect(await advice.count()).toBe(0);
    expect(await missOffer('page-a-rider-3')).toBe(0);
    await page.getByText('You missed 3 trips in a row').waitFor(PATIENT);
    await advice.waitFor(PATIENT);
    await expectAccessible(page);
    await button(page, 'Dismiss').click();
    await expect.poll(() => advice.count()).toBe(0);

    // This browser keeps the choice.
    await page.reload();
    await inState(page, 'available');
    expect(await (await soundSwitch()).isChecked()).toBe(false);
  }, 180_000);

  test('reports a rider who did not come once the waiting time is over, after a question', async () => {
    const impatient = await system.startGateway('impatient', { HEXFLEET_NO_SHOW_MS: '1000' });
    try {
      const page = await browser.newPage({ ...CALM, viewport: PHONE });
      await withoutMap(page.context());
      await signIn(page, 'driver', await system.token('driver', 'page-n-driver'));
      await page.goto(`${impatient.ready.url}/driver`);
      await button(page, 'Go online').click(PATIENT);
      await expect.poll(() => statusOf('page-n-driver'), PATIENT).toBe('available');
      const { trip } = await requested('page-n-rider', 'page-n-driver');
      await inState(page, 'offered');
      await button(page, 'Accept').click();
      await inState(page, 'arriving');
      expect(await button(page, 'Rider didn’t show up').count()).toBe(0);
      await takeStep(page, 'Slide to arrive');
      await button(page, 'Rider didn’t show up').click(PATIENT);
      await page.getByText('Cancel this trip because your rider didn’t show up?').waitFor(PATIENT);
      await expectAccessible(page);
      await button(page, 'Keep trip').click();
      await inState(page, 'arrived');
      await button(page, 'Rider didn’t show up').click();
      await button(page, 'Cancel trip').click();
      await inState(page, 'cancelled');
      expect((await service.trip(trip.id)).cancelled).toMatchObject({ by: 'driver', reason: 'no_show' });
    } finally {
      impatient.process.kill();
    }
  }, 120_000);

  test('queues and counts fixes while offline, and delivers all of them later', async () => {
    const context = await browser.newContext({ ...CALM, viewport: PHONE });
    const page = await opened(context, 'page-w-driver', {
      query: `?at=${START.lat},${START.lng}`,
      hasMap: false,
    });
    await button(page, 'Go online').click();
    await expect.poll(() => statusOf('page-w-driver'), PATIENT).toBe('available');
    const stored = async () => (await service.track('page-w-driver')).properties.times.length;
    const { trip } = await requested('page-w-rider', 'page-w-driver');
    await inState(page, 'offered');
    await button(page, 'Accept').click();
    await inState(page, 'arriving');
    await context.setOffline(true);
    await page.getByText(/No connection · ([2-9]|\d{2,}) updates waiting/).waitFor(PATIENT);
    expect(await attribute(page, 'stale')).toBe('true');
    const waiting = Number(await attribute(page, 'waiting'));
    const before = await stored();
    await context.setOffline(false);
    await expect.poll(() => attribute(page, 'stale'), PATIENT).toBe('false');
    await expect.poll(stored, PATIENT).toBeGreaterThanOrEqual(before + waiting);
    await expect.poll(async () => Number(await attribute(page, 'waiting')), PATIENT).toBeLessThan(2);
    await service.cancelTrip(trip.id);
    await inState(page, 'cancelled');
  }, 120_000);

  test('continues the trip from the position of the car after a reload, and sends the fixes that a closed page had queued', async () => {
    const context = await browser.newContext({ ...CALM, viewport: PHONE });
    const page = await opened(context, 'page-k-driver', { hasMap: false });
    await button(page, 'Go online').click();
    await expect.poll(() => statusOf('page-k-driver'), PATIENT).toBe('available');
    const { trip } = await requested('page-k-rider', 'page-k-driver');
    await inState(page, 'offered');
    const token = await system.token('driver', 'page-k-driver');
    await new DriverApi({ url: system.gateways[1]!.url, token }).acceptOffer(trip.id);
    await inState(page, 'arriving');

    const positionOf = async () => (await service.driver('page-k-driver')).position!;
    const before = await positionOf();
    await page.reload();
    await inState(page, 'arriving');
    const loadedAt = Date.now();
    await expect.poll(async () => (await positionOf()).t, PATIENT).toBeGreaterThan(loadedAt);
    const after = await positionOf();
    expect(distanceM(before, after)).toBeLessThan((FAST_MPS * (after.t - before.t)) / 1_000);

    const stored = async () => (await service.track('page-k-driver')).properties.times.length;
    await context.setOffline(true);
    await expect.poll(async () => Number(await attribute(page, 'waiting')), PATIENT).toBeGreaterThan(2);
    const waiting = Number(await attribute(page, 'waiting'));
    const sent = await stored();
    await page.close();
    await context.setOffline(false);
    const next = await opened(context, 'page-k-driver', { hasMap: false });
    await inState(next, 'arriving');
    await expect.poll(stored, PATIENT).toBeGreaterThanOrEqual(sent + waiting);
    await service.cancelTrip(trip.id);
    await inState(next, 'cancelled');
  }, 120_000);

  test('keeps the car, the pick-up and the destination in view, and draws the path driven so far after a reload', async () => {
    const at = (place: Position) => ({ latitude: place.lat, longitude: place.lng, accuracy: 5 });
    const context = await browser.newContext({
      ...CALM,
      viewport: PHONE,
      colorScheme: 'light',
      permissions: ['geolocation'],
      geolocation: at(START),
    });
    const page = await opened(context, 'page-o-driver');
    await page.getByRole('radio', { name: 'This device' }).check();
    await button(page, 'Go online').click();
    await expect.poll(() => statusOf('page-o-driver'), PATIENT).toBe('available');
    const { trip } = await requested('page-o-rider', 'page-o-driver', 700);
    await inState(page, 'offered');
    /** Whether both pins are in view, and neither the sheet nor a button covers them. */
    const arePinsSeen = async () => {
      const boxes = await Promise.all(
        ['.pin-pickup', '.pin-dropoff', '.phone-sheet', '.controls'].map((name) =>
          page.locator(name).boundingBox(),
        ),
      );
      const [pickup, dropoff, sheet, buttons] = boxes;
      const isFree = (pin: (typeof boxes)[number]) =>
        pin !== null &&
        pin!.y > 0 &&
        pin!.y + pin!.height < sheet!.y &&
        (pin!.x + pin!.width < buttons!.x || pin!.y + pin!.height < buttons!.y);
      return isFree(pickup!) && isFree(dropoff!);
    };
    await expect.poll(arePinsSeen, PATIENT).toBe(true);
    expect(await button(page, 'Re-centre').count()).toBe(0);
    await button(page, 'Accept').click();
    await inState(page, 'arriving');
    await expect.poll(arePinsSeen, PATIENT).toBe(true);
    expect(await button(page, 'Re-centre').count()).toBe(0);

    let metres = 0;
    const driven = async () => {
      metres += 12;
      await context.setGeolocation(at(north(START, metres)));
      return (await service.track('page-o-driver', { tripId: trip.id })).properties.times.length;
    };
    await expect.poll(driven, { ...PATIENT, interval: 1_000 }).toBeGreaterThan(4);
    await page.addInitScript(KEEP_HEADINGS);
    await page.reload();
    // The car stands still, so the visible path was driven before the reload.
    await inState(page, 'arriving');
    await expect.poll(() => locateColour(page, 'approach'), PATIENT).not.toBeNull();
    const headings = await page.evaluate('window.headings');
    expect(headings).toContain('Loading');
    expect(headings).not.toContain('Waiting for a trip');
    await service.cancelTrip(trip.id);
    await inState(page, 'cancelled');
  }, 120_000);

  test('streams the device position, and explains what to do without permission', async () => {
    const allowed = await browser.newContext({
      ...CALM,
      viewport: PHONE,
      permissions: ['geolocation'],
      geolocation: { latitude: START.lat, longitude: START.lng, accuracy: 10 },
    });
    const page = await opened(allowed, 'page-g-driver', { hasMap: false });
    await page.getByRole('radio', { name: 'This device' }).check();
    await button(page, 'Go online').click();
    await expect.poll(() => statusOf('page-g-driver'), PATIENT).toBe('available');
    expect((await service.driver('page-g-driver')).position).toMatchObject(START);
    await service.sendNotice('page-g-driver', { role: 'driver', text: 'The bridge is closed' });
    await page.getByText('The bridge is closed').waitFor(PATIENT);
    await service.forceOffline('page-g-driver');
    await inState(page, 'offline');
    await page.getByText('Dispatch took you offline.').waitFor(PATIENT);
    await expectAccessible(page);

    const denied = await browser.newContext({ ...CALM, viewport: PHONE });
    const other = await opened(denied, 'page-d-driver', { hasMap: false });
    await other.getByRole('radio', { name: 'This device' }).check();
    await button(other, 'Go online').click();
    await other.getByText(/Location access is off/).waitFor(PATIENT);
    await inState(other, 'offline');
  }, 120_000);
});

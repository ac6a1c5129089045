import '../styles/tokens.css';
import '../styles/map.css';
import { manhattan } from '#city';
import { type MapView, openMapView } from '../shared/map/map-view.js';
import { NO_PADDING } from '../shared/map/plane.js';

/** A second's updates come in so many parts, as frames of cells do. */
const PARTS = 20;
const STEP_M = 9;
const STEPS = 20;
const SPREAD_M = 2_400;

export type Measured = { frames: number; longestTaskMs: number; ms: number };

/** Each begins something and is there when it goes on evenly; `measured` counts its frames, `end` ends it. */
type Bench = {
  /** the map alone, which repaints all the time */
  mapAlone(): Promise<void>;
  /** draws vehicles that move all the time */
  fleet(vehicles: number): Promise<void>;
  /** the same vehicles, all standing */
  standing(): Promise<void>;
  measured(ms: number): Promise<Measured>;
  end(): void;
};

declare global {
  interface Window {
    bench: Promise<Bench>;
  }
}

window.bench = openMapView({
  container: document.getElementById('map')!,
  padding: NO_PADDING,
  label: 'Map',
}).then((ground) => {
  let renders = 0;
  ground.map.onRender(() => {
    renders += 1;
  });
  const draws = countDraws(ground);
  let frames = draws;
  let end = () => {};
  return {
    async mapAlone() {
      let goes = true;
      const turn = () => {
        // To where it is: the map repaints, and nothing else happens.
        ground.map.jumpTo(ground.map.view().center);
        if (goes) requestAnimationFrame(turn);
      };
      turn();
      frames = () => renders;
      end = () => {
        goes = false;
      };
    },
    async fleet(vehicles) {
      frames = draws;
      end = drive(ground, vehicles);
      // Every vehicle has its second position by then.
      await pause(2_500);
    },
    async standing() {
      frames = draws;
      end = () => {};
      // Longer than the last move lasts.
      await pause(6_000);
    },
    async measured(ms) {
      let longestTaskMs = 0;
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
      });
      observer.observe({ type: 'longtask' });
      const [from, before] = [performance.now(), frames()];
      await pause(ms);
      observer.disconnect();
      return { frames: frames() - before, longestTaskMs, ms: performance.now() - from };
    },
    end: () => end(),
  };
});

function countDraws({ overlay }: MapView): () => number {
  let draws = 0;
  const draw = overlay.draw.bind(overlay);
  overlay.draw = () => {
    draws += 1;
    draw();
  };
  return () => draws;
}

/** Each vehicle drives a straight way and back; a twentieth of them reports every twentieth of a second. */
function drive({ overlay, plane }: MapView, count: number): () => void {
  const { x, y } = plane.from(manhattan().center);
  const ids = Array.from({ length: count }, (_, i) => `v${i}`);
  const somewhere = (middle: number) => middle + (Math.random() * 2 - 1) * SPREAD_M;
  const xs = Float64Array.from(ids, () => somewhere(x));
  const ys = Float64Array.from(ids, () => somewhere(y));
  const headings = Float64Array.from(ids, () => Math.random() * 360);
  const stepsX = headings.map((heading) => Math.sin((heading * Math.PI) / 180) * STEP_M);
  const stepsY = headings.map((heading) => -Math.cos((heading * Math.PI) / 180) * STEP_M);
  // One for all, as what reads frames has it: what drives must not cost more than what is measured.
  const vehicle = { x: 0, y: 0, heading: 0, status: 0 };
  let part = 0;
  let round = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const t = Date.now();
    const direction = Math.floor(round / STEPS) % 2 === 0 ? 1 : -1;
    for (let i = part; i < count; i += PARTS) {
      vehicle.heading = direction > 0 ? headings[i]! : (headings[i]! + 180) % 360;
      vehicle.x = xs[i]! += stepsX[i]! * direction;
      vehicle.y = ys[i]! += stepsY[i]! * direction;
      vehicle.status = i % 3 === 0 ? 1 : 0;
      overlay.fleet.put(ids[i]!, vehicle, t, now);
    }
    part = (part + 1) % PARTS;
    if (part === 0) round += 1;
    overlay.invalidate();
  }, 1_000 / PARTS);
  return () => clearInterval(timer);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

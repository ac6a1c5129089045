import '../styles/tokens.css';
import '../styles/map.css';
import { manhattan } from '#city';
import { type Ground, openGround } from '../map/ground.js';
import { NO_PADDING } from '../map/plane.js';

/** A second's updates come in so many parts, as frames of cells do. */
const PARTS = 20;
const STEP_M = 9;
const STEPS = 20;
const SPREAD_M = 2_400;

export type Measured = { frames: number; longestTaskMs: number; ms: number };

type Bench = {
  /** frames of the map alone, which repaints all the time */
  mapAlone(ms: number): Promise<Measured>;
  /** frames of so many vehicles, all of which move all the time */
  fleet(vehicles: number, ms: number): Promise<Measured>;
  /** frames that are drawn once everything stands */
  standing(ms: number): Promise<Measured>;
};

declare global {
  interface Window {
    bench: Promise<Bench>;
  }
}

window.bench = openGround({
  container: document.getElementById('map')!,
  padding: NO_PADDING,
  label: 'Map',
}).then((ground) => {
  let frames = 0;
  ground.map.onRender(() => {
    frames += 1;
  });
  const measured = async (ms: number, count: () => number): Promise<Measured> => {
    let longestTaskMs = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
    });
    observer.observe({ type: 'longtask' });
    const [from, before] = [performance.now(), count()];
    await pause(ms);
    observer.disconnect();
    return { frames: count() - before, longestTaskMs, ms: performance.now() - from };
  };
  return {
    async mapAlone(ms) {
      let goes = true;
      const turn = () => {
        // To where it is: the map repaints, and nothing else happens.
        ground.map.jumpTo(ground.map.view().center);
        if (goes) requestAnimationFrame(turn);
      };
      turn();
      const result = await measured(ms, () => frames);
      goes = false;
      return result;
    },
    async fleet(vehicles, ms) {
      const drawn = countDraws(ground);
      const stop = drive(ground, vehicles);
      // Every vehicle has its second position by then.
      await pause(2_500);
      const result = await measured(ms, drawn);
      stop();
      return result;
    },
    async standing(ms) {
      const drawn = countDraws(ground);
      // Longer than the last move lasts.
      await pause(6_000);
      return measured(ms, drawn);
    },
  };
});

function countDraws({ overlay }: Ground): () => number {
  let draws = 0;
  const draw = overlay.draw.bind(overlay);
  overlay.draw = () => {
    draws += 1;
    draw();
  };
  return () => draws;
}

/** Each vehicle drives a straight way and back; a twentieth of them reports every twentieth of a second. */
function drive({ overlay, plane }: Ground, count: number): () => void {
  const { x, y } = plane.from(manhattan().center);
  const vehicles = Array.from({ length: count }, (_, i) => {
    const heading = Math.random() * 360;
    const radians = (heading * Math.PI) / 180;
    return {
      id: `v${i}`,
      status: i % 3 === 0 ? 1 : 0,
      x: x + (Math.random() * 2 - 1) * SPREAD_M,
      y: y + (Math.random() * 2 - 1) * SPREAD_M,
      heading,
      stepX: Math.sin(radians) * STEP_M,
      stepY: -Math.cos(radians) * STEP_M,
      steps: 0,
    };
  });
  let part = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const t = Date.now();
    for (let i = part; i < count; i += PARTS) {
      const vehicle = vehicles[i]!;
      vehicle.steps += 1;
      if (vehicle.steps === STEPS) {
        vehicle.steps = 0;
        vehicle.heading = (vehicle.heading + 180) % 360;
        vehicle.stepX *= -1;
        vehicle.stepY *= -1;
      }
      vehicle.x += vehicle.stepX;
      vehicle.y += vehicle.stepY;
      overlay.fleet.put(vehicle.id, vehicle, t, now);
    }
    part = (part + 1) % PARTS;
    overlay.invalidate();
  }, 1_000 / PARTS);
  return () => clearInterval(timer);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

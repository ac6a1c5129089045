import type { Point } from '#geo';
import type { Contender } from '../contender.js';
import type { Trial } from '../trial.js';

const LIMIT = 10;
const AT_ONCE = 16;

export const nearestIn200kWithin3Km = nearest('nearest-200k-3km', 200_000, 3_000, { atLeast: 15, aim: 30 });
export const nearestIn20kWithin3Km = nearest('nearest-20k-3km', 20_000, 3_000, { atLeast: 1.8, aim: 3 });
export const nearestIn20kWithin1Km = nearest('nearest-20k-1km', 20_000, 1_000, { atLeast: 0.75, aim: 1 });

function nearest(
  name: string,
  drivers: number,
  maxM: number,
  { atLeast, aim }: { atLeast: number; aim: number },
): Trial {
  const question = `ten nearest, ${maxM / 1_000} km, ${AT_ONCE} at once, queries/s`;
  return {
    name,
    drivers,
    figures: [{ question, boundOn: 'ratio', bound: { atLeast }, aim }],
    prepare: (city, { questions, queryForMs }) => {
      const points = city.questions(questions);
      return async (contender) => [await questionsPerS(contender, points, maxM, queryForMs)];
    },
  };
}

/** Closed loop. Always complete passes over the points, because queries in dense areas are more expensive. */
async function questionsPerS(
  contender: Contender,
  points: Point[],
  maxM: number,
  queryForMs: number,
): Promise<number> {
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  let queries = 0;
  let over = false;
  const query = async () => {
    for (;;) {
      over ||= queries > 0 && queries % points.length === 0 && elapsedMs() >= queryForMs;
      if (over) return;
      await contender.nearest(LIMIT, points[queries++ % points.length]!, maxM);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, query));
  return (queries * 1_000) / elapsedMs();
}

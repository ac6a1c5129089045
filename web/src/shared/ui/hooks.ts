import { useEffect, useState } from 'react';

export { useStore } from '@nanostores/react';

/** Returns performance.now() and renders again at this interval, for texts that show an age. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
